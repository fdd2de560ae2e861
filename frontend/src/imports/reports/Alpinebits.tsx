// What becomes of a message of AlpineBits.

import { useSpeaker } from "../../state/interface";
import { countsOf } from "../numbers";
import type { Report } from "../queries";
import { CountsTable, Figures, Sentences } from "./parts";

export function AlpinebitsInWords({ report }: { report: Extract<Report, { source: "alpinebits" }> }) {
  const say = useSpeaker();
  const rows = countsOf(report);
  const sum = (which: "created" | "changed" | "unchanged") => say.number(rows.reduce((all, row) => all + row[which], 0));
  return (
    <>
      <section className="card stack">
        <h2>{say(`imports.alpinebits.${report.message}`)}</h2>
        <p className="break">{say("imports.alpinebits.hotels", { codes: say.list(report.hotels) })}</p>
        <Figures figures={(["created", "changed", "unchanged"] as const).map((outcome) => [say(`imports.outcome.${outcome}`), sum(outcome)] as const)} />
      </section>
      <CountsTable rows={rows} />
      <Sentences title={say("imports.remarks")} sentences={report.remarks} />
      <Sentences title={say("imports.alpinebits.changed")} about={say("imports.alpinebits.changedAbout")} sentences={report.changed} />
      <Sentences title={say("imports.alpinebits.kept")} about={say("imports.alpinebits.keptAbout")} sentences={Object.entries(report.kept).map(([name, count]) => [name, say.count("imports.times", count)] as const)} />
    </>
  );
}
