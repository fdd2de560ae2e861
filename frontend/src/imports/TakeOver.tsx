// Before anything changes: what will be made and changed, in numbers.

import { answer, client } from "../api/client";
import { useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Button, Dialog, Notice } from "../ui/parts";
import { countsOf } from "./numbers";
import { type Import, IMPORTS, type Report } from "./queries";
import { useThings } from "./things";

interface TakeOverProps {
  import_: Import;
  report: Report;
  siteName: string | null;
  onClose: () => void;
}

export function TakeOver({ import_: one, report, siteName, onClose }: TakeOverProps) {
  const say = useSpeaker();
  const things = useThings();
  const take = useWrite({
    write: () => answer(client.POST("/api/v1/imports/{id}/apply/", { params: { path: { id: one.id } } })),
    refresh: [IMPORTS],
    done: onClose,
  });
  const rows = countsOf(report);
  const inWords = (which: "created" | "changed") => say.list(rows.filter((row) => row[which] > 0).map((row) => things.counted(row.name, row[which])));
  const [made, changed] = [inWords("created"), inWords("changed")];
  return (
    <Dialog title={siteName === null ? say("imports.takeOverTitle") : say("imports.takeOverTitleSite", { name: siteName })} closeLabel={say("action.close")} onClose={onClose}>
      <ul className="bulleted">
        {made !== "" && <li>{say("imports.willBeMade", { things: made })}</li>}
        {changed !== "" && <li>{say("imports.willBeChanged", { things: changed })}</li>}
        <li>{say(consequenceOf(one))}</li>
        <li>{say("imports.noWayBack")}</li>
      </ul>
      {take.error !== null && <Notice kind="error">{take.error}</Notice>}
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="primary" data-first isBusy={take.isBusy} onClick={() => take.run(undefined)}>
          {say("imports.takeOver")}
        </Button>
      </div>
    </Dialog>
  );
}

/** What guests see of it at once. */
function consequenceOf({ wish }: Import) {
  if (wish.source !== "alpinebits") return `imports.consequence.${wish.source}` as const;
  return wish.publish === true ? "imports.consequence.published" : "imports.consequence.drafts";
}
