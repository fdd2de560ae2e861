// What every report is put together from: figures, counts by kind, lists of sentences, and what narrows a long table.

import { type ReactNode, useId } from "react";

import { useSpeaker } from "../../state/interface";
import { type Column, Table } from "../../ui/table";
import type { Counted } from "../numbers";
import { useThings } from "../things";

/** Nobody reads further down; the file of the report has all. */
const MOST_SHOWN = 100;

export function Figures({ figures }: { figures: readonly (readonly [label: string, value: string])[] }) {
  return (
    <dl className="figures">
      {figures.map(([label, value]) => (
        <div key={label} className="figure">
          <dt className="soft small">{label}</dt>
          <dd className="figure-number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const OUTCOMES = ["created", "changed", "unchanged", "skipped"] as const;

/** How many of which kind are what. A column of nothing but zeros is left out. */
export function CountsTable({ rows }: { rows: readonly Counted[] }) {
  const say = useSpeaker();
  const things = useThings();
  if (rows.length === 0) return null;
  const shown = OUTCOMES.filter((outcome) => rows.some((row) => row[outcome] > 0));
  return (
    <section className="card card-flush">
      <h2 className="card-head">{say("imports.byKind")}</h2>
      <Table
        caption={say("imports.byKind")}
        items={rows}
        keyOf={({ name }) => name}
        columns={[
          { label: say("imports.kind"), role: "name", cell: ({ name }) => <span className="strong">{things.plural(name)}</span> },
          ...shown.map((outcome): Column<Counted> => ({ label: say(`imports.outcome.${outcome}`), align: "end", cell: (row) => <span className={row[outcome] === 0 ? "soft" : "strong"}>{say.number(row[outcome])}</span> })),
        ]}
      />
    </section>
  );
}

interface SentencesProps {
  title: string;
  about?: string;
  sentences: readonly (string | readonly [what: string, why: string])[];
}

/** A list of sentences, folded when it is long. */
export function Sentences({ title, about, sentences }: SentencesProps) {
  const say = useSpeaker();
  if (sentences.length === 0) return null;
  const shown = sentences.slice(0, MOST_SHOWN);
  return (
    <section className="card">
      <details className="report-fold" open={sentences.length <= 8}>
        <summary>
          <h2>{title}</h2> <span className="soft numbers">{say.number(sentences.length)}</span>
        </summary>
        <div className="stack stack-narrow">
          {about !== undefined && <p className="soft">{about}</p>}
          <ul className="bulleted break">
            {shown.map((sentence, place) => (
              <li key={place}>
                {typeof sentence === "string" ? (
                  sentence
                ) : (
                  <>
                    <code>{sentence[0]}</code>
                    {sentence[1] === "" ? "" : `: ${sentence[1]}`}
                  </>
                )}
              </li>
            ))}
          </ul>
          <More count={sentences.length - shown.length} />
        </div>
      </details>
    </section>
  );
}

export function More({ count }: { count: number }) {
  const say = useSpeaker();
  return count > 0 ? <p className="soft small">{say.count("imports.more", count)}</p> : null;
}

interface LongTableProps<T, F extends string> {
  title: string;
  filters: readonly { name: F; label: string; count: number }[];
  filter: F;
  onFilter: (filter: F) => void;
  items: readonly T[];
  keyOf: (item: T, place: number) => string | number;
  columns: readonly Column<T>[];
}

/** A table that is narrowed to what is to be read. */
export function LongTable<T, F extends string>({ title, filters, filter, onFilter, items, keyOf, columns }: LongTableProps<T, F>) {
  const say = useSpeaker();
  const heading = useId();
  const shown = items.slice(0, MOST_SHOWN).map((item, place) => ({ item, key: keyOf(item, place) }));
  const offered = filters.filter(({ name, count }) => count > 0 || name === filter);
  return (
    <section className="card card-flush" aria-labelledby={heading}>
      <div className="card-head row row-apart">
        <h2 id={heading}>{title}</h2>
        {offered.length > 1 && (
          <div className="segments" role="group" aria-label={say("imports.show")}>
            {offered.map(({ name, label, count }) => (
              <button type="button" key={name} className="segment segment-small" aria-pressed={name === filter} onClick={() => onFilter(name)}>
                {label} <span className="soft numbers">{say.number(count)}</span>
              </button>
            ))}
          </div>
        )}
      </div>
      <Table caption={title} items={shown} keyOf={({ key }) => key} columns={columns.map((column) => ({ ...column, cell: ({ item }: (typeof shown)[number]) => column.cell(item) }))} />
      {items.length > shown.length && (
        <div className="card-head">
          <More count={items.length - shown.length} />
        </div>
      )}
    </section>
  );
}

export function Title({ title, below }: { title: string; below: ReactNode }) {
  return (
    <div className="stack stack-tight">
      <span className="strong break">{title}</span>
      <span className="soft small break">{below}</span>
    </div>
  );
}
