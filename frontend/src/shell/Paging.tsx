// Below a list that has more than one page.

import { useSpeaker } from "../state/interface";
import { Button } from "../ui/parts";

interface PagingProps {
  page: number;
  size: number;
  count: number;
  onTurn: (page: number) => void;
}

export function Paging({ page, size, count, onTurn }: PagingProps) {
  const say = useSpeaker();
  if (count <= size && page === 1) return null;
  return (
    <nav className="row row-apart" aria-label={say("list.pages")}>
      <span className="soft numbers">
        {say("list.range", { from: say.number(Math.min(count, (page - 1) * size + 1)), to: say.number(Math.min(page * size, count)), of: say.number(count) })}
      </span>
      <div className="row">
        <Button isSmall disabled={page <= 1} onClick={() => onTurn(page - 1)}>
          {say("list.previous")}
        </Button>
        <Button isSmall disabled={page * size >= count} onClick={() => onTurn(page + 1)}>
          {say("list.next")}
        </Button>
      </div>
    </nav>
  );
}
