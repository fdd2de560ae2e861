// The hour that comes twice, when clocks are set back: which of the two is meant, and the way to the other.

import type { Schemas } from "../api/client";
import { useSpeaker } from "../state/interface";
import { Button } from "../ui/parts";

interface TwiceProps {
  /** Which one is meant; null where the time comes once. */
  turn: Schemas["Repeated"] | null;
  isBusy: boolean;
  /** Left out where nothing can be changed. */
  onTurn?: (turn: Schemas["Repeated"]) => void;
}

export function Twice({ turn, isBusy, onTurn }: TwiceProps) {
  const say = useSpeaker();
  if (turn === null) return null;
  const other = turn === "earlier" ? "later" : "earlier";
  return (
    <span className="row">
      <span className="soft small">{say(`schedule.twice.${turn}`)}</span>
      {onTurn !== undefined && (
        <Button isSmall kind="quiet" isBusy={isBusy} onClick={() => onTurn(other)}>
          {say(`schedule.mean.${other}`)}
        </Button>
      )}
    </span>
  );
}
