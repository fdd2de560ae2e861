// Things of the library side by side: to open, to choose, to mark several.

import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { lacksAlt, type MediaItem } from "./queries";
import { Thumb } from "./Thumb";

interface MediaGridProps {
  items: readonly MediaItem[];
  /** The thing that is open. */
  open?: string | undefined;
  /** The things that are marked; left out, none can be. */
  marked?: readonly string[];
  onOpen: (item: MediaItem) => void;
  onMark?: (item: MediaItem, isMarked: boolean) => void;
}

export function MediaGrid({ items, open, marked, onOpen, onMark }: MediaGridProps) {
  const say = useSpeaker();
  return (
    <ul className="media-grid" data-marking={(marked?.length ?? 0) > 0}>
      {items.map((item) => (
        <li key={item.id} className="media-tile" data-open={item.id === open} data-marked={marked?.includes(item.id) === true}>
          <button type="button" className="media-open" aria-pressed={open === undefined && onMark === undefined ? undefined : item.id === open} onClick={() => onOpen(item)}>
            <Thumb item={item} />
            <span className="media-name">{item.name}</span>
            {lacksAlt(item) && (
              <span className="media-flag" title={say("media.withoutAlt")}>
                <Icon name="warning" size={16} />
                <span className="hidden-visually">{say("media.withoutAlt")}</span>
              </span>
            )}
          </button>
          {marked !== undefined && onMark !== undefined && (
            <label className="media-mark">
              <input type="checkbox" checked={marked.includes(item.id)} onChange={(event) => onMark(item, event.target.checked)} />
              <span className="hidden-visually">{say("media.mark", { name: item.name })}</span>
            </label>
          )}
        </li>
      ))}
    </ul>
  );
}
