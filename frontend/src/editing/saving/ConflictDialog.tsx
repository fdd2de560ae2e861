// Two people changed the same field: both versions side by side, and a choice for each.

import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Button, Dialog } from "../../ui/parts";
import { useEditing, useWork } from "../context";
import { placeInWords } from "../document/declared";
import type { Collision } from "../document/merge";
import { toPointer } from "../document/paths";
import { inWords } from "../words";

export function ConflictDialog() {
  const say = useSpeaker();
  const { session, type, sections } = useEditing();
  const conflict = useWork((work) => work.conflict);
  const [theirs, setTheirs] = useState<readonly string[]>([]);
  const [isOpen, setIsOpen] = useState(true);
  if (conflict === null) return null;
  const { collisions, document, taken } = conflict.merged;
  const all = collisions.map((collision) => toPointer(collision.path));
  if (!isOpen) {
    return (
      <div className="conflict-bar" role="alert">
        <span className="grow">{say("conflict.waiting")}</span>
        <Button kind="primary" isSmall onClick={() => setIsOpen(true)}>
          {say("conflict.open")}
        </Button>
      </div>
    );
  }
  const resolve = () => {
    session.resolve(collisions.filter((collision) => theirs.includes(toPointer(collision.path))));
    setTheirs([]);
  };
  return (
    <Dialog title={say("conflict.title")} closeLabel={say("action.close")} size="wide" onClose={() => setIsOpen(false)}>
      <p>{say.count("conflict.about", collisions.length)}</p>
      {conflict.by !== null && <p className="soft">{say("conflict.by", { name: conflict.by.name, when: say.moment(conflict.by.at) })}</p>}
      {taken.length > 0 && <p className="soft">{say.count("conflict.joined", taken.length)}</p>}
      <div className="row">
        <Button isSmall onClick={() => setTheirs([])}>
          {say("conflict.allMine")}
        </Button>
        <Button isSmall onClick={() => setTheirs(all)}>
          {say("conflict.allTheirs")}
        </Button>
      </div>
      {collisions.map((collision) => {
        const pointer = toPointer(collision.path);
        const isTheirs = theirs.includes(pointer);
        const pick = (wantsTheirs: boolean) => setTheirs(wantsTheirs ? [...theirs, pointer] : theirs.filter((each) => each !== pointer));
        return (
          <fieldset key={pointer} className="stack stack-narrow">
            <legend className="field-label">{placeInWords(type.fields, sections, document, collision.path, say)}</legend>
            <div className="versions">
              <Version name={pointer} title={say("conflict.mine")} value={collision.mine} isChosen={!isTheirs} onChoose={() => pick(false)} />
              <Version name={pointer} title={say("conflict.theirs")} value={collision.theirs} isChosen={isTheirs} onChoose={() => pick(true)} />
            </div>
          </fieldset>
        );
      })}
      <div className="dialog-foot">
        <Button kind="primary" onClick={resolve}>
          {say("conflict.save")}
        </Button>
      </div>
    </Dialog>
  );
}

function Version({ name, title, value, isChosen, onChoose }: { name: string; title: string; value: Collision["mine"]; isChosen: boolean; onChoose: () => void }) {
  const say = useSpeaker();
  const words = inWords(value, say);
  return (
    <label className="choice">
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      <span className="strong">{title}</span>
      <span className="version-text" dir="auto">
        {words === "" ? <span className="soft">{say("conflict.empty")}</span> : words}
      </span>
    </label>
  );
}
