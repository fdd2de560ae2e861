// Where the work stands, always in sight: saved and when, on its way, kept on this device, refused.

import { useEffect, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { useEditing, useWork } from "../context";

const TICK_MS = 5000;

export function SaveState() {
  const say = useSpeaker();
  const { session, isReadOnly } = useEditing();
  const state = useWork((work) => work.state);
  const savedAt = useWork((work) => work.savedAt);
  const problems = useWork((work) => work.problems.length);
  if (isReadOnly) return <span className="save-state">{say("save.readOnly")}</span>;
  if (state === "saved") {
    return (
      <span className="save-state">
        <Icon name="check" size={16} />
        <span role="status">{say(savedAt === null ? "save.unchanged" : "save.saved")}</span> {savedAt !== null && <Ago at={savedAt} />}
      </span>
    );
  }
  if (state === "waiting" || state === "saving") {
    return (
      <span className="save-state">
        <span className="save-dot" />
        <span role="status">{say("save.saving")}</span>
      </span>
    );
  }
  return (
    <span className={`save-state ${state === "offline" ? "save-waiting" : "save-refused"}`}>
      <Icon name="warning" size={16} />
      <span role="status">{state === "offline" ? say("save.offline") : state === "conflict" ? say("save.conflict") : state === "gone" ? say("save.gone") : problems > 0 ? say.count("save.problems", problems) : say("save.refused")}</span>
      {(state === "offline" || state === "refused") && (
        <Button isSmall onClick={() => void session.flush(true)}>
          {say("action.retry")}
        </Button>
      )}
    </span>
  );
}

function Ago({ at }: { at: number }) {
  const say = useSpeaker();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <span title={say.moment(new Date(at).toISOString())}>{say.ago(Math.max(0, now - at))}</span>;
}
