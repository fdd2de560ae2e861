// What becomes of an export of WordPress: every item has a row, and what was left out is read first.

import { useState } from "react";

import type { Schemas } from "../../api/client";
import { useSpeaker } from "../../state/interface";
import { Badge } from "../../ui/parts";
import { countsOf, filteredRows, firstFilter, type WordpressFilter } from "../numbers";
import type { Report } from "../queries";
import { useThings } from "../things";
import { CountsTable, Figures, LongTable, Sentences, Title } from "./parts";

type WordpressReport = Extract<Report, { source: "wordpress" }>;
type Row = Schemas["WordpressRow"];

/** As WordPress names them in its own menus; other kinds keep the name that their plug-in gave. */
const KINDS = ["page", "post", "attachment", "nav_menu_item", "wp_block", "revision"] as const;
const OUTCOMES = ["created", "updated", "unchanged", "merged", "referenced", "skipped"] as const;
const BADGES = { created: "good", updated: "good", unchanged: undefined, merged: undefined, referenced: undefined, skipped: "waiting" } as const;
/** More stand behind a fold. */
const NOTES_SHOWN = 3;

export function WordpressInWords({ report }: { report: WordpressReport }) {
  const say = useSpeaker();
  const figures = OUTCOMES.flatMap((outcome) => {
    const count = report.outcomes[outcome] ?? 0;
    return count === 0 ? [] : [[say(`imports.wordpress.${outcome}`), say.number(count)] as const];
  });
  const remarks = [...report.remarks, ...(report.comments > 0 ? [say.count("imports.wordpress.comments", report.comments)] : [])];
  return (
    <>
      <section className="card stack">
        <h2>{say.count(report.is_dry_run ? "imports.wordpress.wouldBecome" : "imports.wordpress.became", report.items)}</h2>
        <Figures figures={figures} />
      </section>
      <CountsTable rows={countsOf(report)} />
      <Rows rows={report.rows} />
      <Sentences title={say("imports.remarks")} sentences={remarks} />
      <Sentences title={say("imports.wordpress.addresses")} about={say("imports.wordpress.addressesAbout")} sentences={report.addresses.map(({ address, reason }) => [address, reason] as const)} />
      <Sentences title={say("imports.wordpress.kept")} about={say("imports.wordpress.keptAbout")} sentences={report.kept.map(({ what, why }) => [what, why] as const)} />
    </>
  );
}

function Rows({ rows }: { rows: readonly Row[] }) {
  const say = useSpeaker();
  const things = useThings();
  const counts = (["skipped", "noted", "all"] as const).map((name) => [name, filteredRows(rows, name).length] as const);
  const [filter, setFilter] = useState<WordpressFilter>(() => firstFilter(counts, "all"));
  const kindOf = (row: Row) => {
    const kind = KINDS.find((each) => each === row.kind);
    return kind === undefined ? row.kind : say(`imports.wordpress.kind.${kind}`);
  };
  return (
    <LongTable
      title={say("imports.wordpress.rows")}
      filters={counts.map(([name, count]) => ({ name, count, label: say(`imports.wordpress.filter.${name}`) }))}
      filter={filter}
      onFilter={setFilter}
      items={filteredRows(rows, filter)}
      // Some plug-ins give an id twice.
      keyOf={(row, place) => `${row.line} ${place}`}
      columns={[
        {
          label: say("field.name"),
          role: "name",
          cell: (row) => (
            <div className="stack stack-narrow">
              <Title title={row.title} below={say("imports.wordpress.at", { kind: kindOf(row), line: say.number(row.line) })} />
              {row.reason !== "" && <p className="small break">{row.reason}</p>}
              <Notes notes={row.notes} />
            </div>
          ),
        },
        { label: say("imports.becomes"), cell: (row) => <span className="break small">{row.became === "" || row.outcome === "skipped" ? "–" : things.became(row.became)}</span> },
        {
          label: say("field.state"),
          cell: (row) => {
            const kind = BADGES[row.outcome];
            return <Badge {...(kind === undefined ? {} : { kind })}>{say(`imports.wordpress.${row.outcome}`)}</Badge>;
          },
        },
      ]}
    />
  );
}

function Notes({ notes }: { notes: Row["notes"] }) {
  const say = useSpeaker();
  if (notes.length === 0) return null;
  const line = ({ what, why }: Row["notes"][number], place: number) => (
    <li key={place}>
      <span className="strong">{what}</span>: {why}
    </li>
  );
  const more = notes.slice(NOTES_SHOWN);
  return (
    <>
      <ul className="bulleted small break">{notes.slice(0, NOTES_SHOWN).map(line)}</ul>
      {more.length > 0 && (
        <details className="small">
          <summary>{say.count("imports.moreRemarks", more.length)}</summary>
          <ul className="bulleted break">{more.map(line)}</ul>
        </details>
      )}
    </>
  );
}
