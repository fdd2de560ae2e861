// How the addresses of the old website are answered by the new one: what would lead nowhere is read first.

import { useState } from "react";

import type { Schemas } from "../../api/client";
import { useSpeaker } from "../../state/interface";
import { Badge, Notice } from "../../ui/parts";
import { COVERAGE_ANSWERS, type CoverageAnswer, firstFilter, percentThen } from "../numbers";
import type { Report } from "../queries";
import { Figures, LongTable } from "./parts";

const BADGES = { missing: "danger", refused: "danger", proposed: "waiting", redirected: "good", covered: "good" } as const;

export function SitemapInWords({ report }: { report: Extract<Report, { source: "sitemap" }> }) {
  const say = useSpeaker();
  const open = report.missing + report.refused;
  const answered = say.number(report.percent);
  return (
    <>
      <section className="card stack">
        <h2>{say.count("imports.sitemap.title", report.addresses)}</h2>
        <div className="stack stack-narrow">
          <div className="row">
            <span className="figure-number">{say("imports.sitemap.percent", { percent: answered })}</span>
            {report.is_dry_run && report.proposed > 0 && <span className="soft">{say("imports.sitemap.then", { percent: say.number(percentThen(report)) })}</span>}
          </div>
          <progress className="progress" aria-label={say("imports.sitemap.percent", { percent: answered })} max={100} value={report.percent} />
        </div>
        <Figures figures={[...COVERAGE_ANSWERS].reverse().map((name) => [say(`imports.sitemap.${name}`), say.number(report[name])] as const)} />
        {open > 0 ? (
          <Notice kind="waiting">
            <p>{say.count("imports.sitemap.open", open)}</p>
          </Notice>
        ) : (
          <Notice kind="good">
            <p>{say(report.is_complete ? "imports.sitemap.complete" : "imports.sitemap.completeThen")}</p>
          </Notice>
        )}
      </section>
      <Rows rows={report.rows} />
    </>
  );
}

/** Addresses run from left to right among words that do not. */
function Address({ address }: { address: string }) {
  return (
    <span>
      <code dir="ltr">{address}</code>
    </span>
  );
}

function Rows({ rows }: { rows: readonly Schemas["CoverageRow"][] }) {
  const say = useSpeaker();
  const withAnswer = (name: CoverageAnswer) => rows.filter((row) => row.answer === name);
  const counts = [...COVERAGE_ANSWERS.map((name) => [name, withAnswer(name).length] as const), ["all", rows.length] as const];
  const [filter, setFilter] = useState<CoverageAnswer | "all">(() => firstFilter(counts, "all"));
  return (
    <LongTable
      title={say("imports.sitemap.rows")}
      filters={counts.map(([name, count]) => ({ name, count, label: say(name === "all" ? "imports.all" : `imports.sitemap.${name}`) }))}
      filter={filter}
      onFilter={setFilter}
      items={filter === "all" ? rows : withAnswer(filter)}
      keyOf={(row) => row.old}
      columns={[
        { label: say("imports.sitemap.old"), role: "name", cell: ({ old }) => <Address address={old} /> },
        {
          label: say("imports.sitemap.new"),
          cell: (row) => (
            <div className="stack stack-tight">
              {row.new !== "" && <Address address={row.new} />}
              {row.reason !== "" && <span className="soft small break">{row.reason}</span>}
            </div>
          ),
        },
        { label: say("field.state"), cell: (row) => <Badge kind={BADGES[row.answer]}>{say(`imports.sitemap.${row.answer}`)}</Badge> },
      ]}
    />
  );
}
