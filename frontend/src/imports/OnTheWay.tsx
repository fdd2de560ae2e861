// Files on their way: how far each is, and what came between.

import { explain } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button, Notice } from "../ui/parts";
import { type Bringing, bringOn, stopBringing } from "./bringing";

export function OnTheWay({ bringing: { files, refusal } }: { bringing: Bringing }) {
  const say = useSpeaker();
  const inWords = ({ sent, isThere, file }: Bringing["files"][number]) => {
    if (isThere) return say("imports.isThere");
    if (refusal !== null) return say.bytes(file.size);
    if (sent === 0) return say("upload.waiting");
    return sent >= 1 ? say("imports.arriving") : say("upload.sent", { percent: say.number(Math.floor(sent * 100)), size: say.bytes(file.size) });
  };
  return (
    <section className="card stack" aria-label={say("imports.onTheWay")}>
      <div className="row row-apart">
        <h2 role="status">{say(refusal === null ? "imports.onTheWay" : "imports.heldUp")}</h2>
        <Button onClick={stopBringing}>{say("imports.stop")}</Button>
      </div>
      {refusal === null && <p className="soft">{say("imports.onTheWayAbout")}</p>}
      <ul className="uploads">
        {files.map((each) => (
          <li key={each.file.name} className="upload" data-state={each.isThere ? "done" : "sending"}>
            <Icon name={each.isThere ? "check" : "page"} size={16} />
            <div className="grow stack stack-tight">
              <span className="upload-name">{each.file.name}</span>
              <span className="small upload-words">{inWords(each)}</span>
              {!each.isThere && refusal === null && <progress className="progress" aria-label={say("upload.of", { name: each.file.name })} max={1} value={each.sent} />}
            </div>
          </li>
        ))}
      </ul>
      {refusal !== null && (
        <Notice kind="error" action={<Button onClick={bringOn}>{say("action.retry")}</Button>}>
          <p>{explain(refusal, say)}</p>
        </Notice>
      )}
    </section>
  );
}
