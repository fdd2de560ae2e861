// The point of a picture that stays in sight however it is cropped: set by a click or by the arrow keys, with what comes
// out of it beside it.

import { type KeyboardEvent, type MouseEvent, useRef } from "react";

import { useAnnouncement, useSpeaker } from "../state/interface";
import { Button } from "../ui/parts";
import { type Focal, useFocal } from "./Thumb";

/** A key press moves it by so much of the width or height; with Shift by five times as much. */
const STEP = 0.02;
const LARGE_STEP = 5;
const KEYS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The shapes that themes crop to. */
const CROPS = ["wide", "landscape", "portrait", "square"] as const;

interface FocalProps {
  url: string;
  focal: Focal | null;
  isReadOnly: boolean;
  onChange: (focal: Focal | null) => void;
}

const within = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

export function FocalPoint({ url, focal, isReadOnly, onChange }: FocalProps) {
  const say = useSpeaker();
  const announce = useAnnouncement((state) => state.announce);
  const surface = useFocal<HTMLButtonElement>(focal);
  const picture = useRef<HTMLImageElement>(null);
  const at = focal ?? { x: 0.5, y: 0.5 };
  const place = (x: number, y: number) => onChange({ x: within(x), y: within(y) });

  const click = (event: MouseEvent) => {
    const box = picture.current?.getBoundingClientRect();
    // A press of Enter clicks too, but nowhere.
    if (box === undefined || event.detail === 0 || box.width === 0) return;
    place((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const press = (event: KeyboardEvent) => {
    const direction = KEYS[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = STEP * (event.shiftKey ? LARGE_STEP : 1);
    const [x, y] = [within(at.x + direction[0] * step), within(at.y + direction[1] * step)];
    onChange({ x, y });
    announce(words(x, y));
  };
  const words = (x: number, y: number) => say("focal.at", { x: say.number(Math.round(x * 100)), y: say.number(Math.round(y * 100)) });

  if (isReadOnly) {
    return (
      <div className="focal-frame">
        <img src={url} alt="" />
      </div>
    );
  }
  return (
    <div className="stack stack-narrow">
      <button ref={surface} type="button" className="focal-frame focal-surface" aria-label={`${say("focal.title")}: ${words(at.x, at.y)}`} aria-describedby="focal-help" onClick={click} onKeyDown={press}>
        <img ref={picture} src={url} alt="" draggable={false} />
        <span className="focal-mark" data-set={focal !== null} />
      </button>
      <div className="row row-apart">
        <p className="small soft grow" id="focal-help">
          {say("focal.help")}
        </p>
        {focal !== null && (
          <Button kind="quiet" isSmall onClick={() => onChange(null)}>
            {say("focal.reset")}
          </Button>
        )}
      </div>
      <Crops url={url} focal={focal} />
    </div>
  );
}

function Crops({ url, focal }: { url: string; focal: Focal | null }) {
  const say = useSpeaker();
  const crops = useFocal<HTMLUListElement>(focal);
  return (
    <ul className="crops" ref={crops} aria-label={say("focal.crops")}>
      {CROPS.map((crop) => (
        <li key={crop} className="crop" data-crop={crop}>
          <img src={url} alt="" />
          <span className="small soft">{say(`focal.${crop}`)}</span>
        </li>
      ))}
    </ul>
  );
}
