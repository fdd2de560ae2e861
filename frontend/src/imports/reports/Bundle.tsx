// What becomes of an archive of ours.

import { useSpeaker } from "../../state/interface";
import { countsOf } from "../numbers";
import type { Report } from "../queries";
import { CountsTable, Figures, Sentences } from "./parts";

export function BundleInWords({ report }: { report: Extract<Report, { source: "bundle" }> }) {
  const say = useSpeaker();
  const rows = countsOf(report);
  const entries = Object.values(report.entries);
  const isNew = (which: "created" | "changed" | "unchanged") => say.number(entries.reduce((all, counts) => all + counts[which], 0));
  const notes = [...(report.has_new_ids ? [say("imports.bundle.newIds")] : []), ...report.notes];
  return (
    <>
      <section className="card stack">
        <h2>{say("imports.bundle.title")}</h2>
        <Figures figures={(["created", "changed", "unchanged"] as const).map((outcome) => [say(`imports.outcome.${outcome}`), isNew(outcome)] as const)} />
      </section>
      <Sentences title={say("imports.remarks")} sentences={notes} />
      <CountsTable rows={rows} />
    </>
  );
}
