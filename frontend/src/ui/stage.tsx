// A page of a website in a frame of a desktop's or a phone's width, drawn smaller where there is less room.

import { type ComponentProps, type RefObject, useLayoutEffect, useRef } from "react";

import { Icon } from "./icons";

const WIDTHS = { desktop: 1280, phone: 390 } as const;
export type StageWidth = keyof typeof WIDTHS;

interface StageProps extends ComponentProps<"iframe"> {
  width: StageWidth;
  title: string;
  frame?: RefObject<HTMLIFrameElement | null>;
}

export function Stage({ width, frame, title, ...rest }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  // A page of a desktop's width in a pane of less: drawn smaller, not narrower. Before it is painted, so that it never jumps.
  useLayoutEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const fit = () => element.style.setProperty("--preview-scale", String(Math.min(1, element.clientWidth / WIDTHS[width])));
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    fit();
    return () => observer.disconnect();
  }, [width]);
  return (
    <div className="preview-stage" data-width={width} ref={stage}>
      <iframe ref={frame} className="preview-frame" title={title} {...rest} />
    </div>
  );
}

interface StageWidthsProps {
  label: string;
  words: Record<StageWidth, string>;
  width: StageWidth;
  onChange: (width: StageWidth) => void;
}

export function StageWidths({ label, words, width, onChange }: StageWidthsProps) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {(["desktop", "phone"] as const).map((each) => (
        <button type="button" key={each} className="segment" aria-pressed={each === width} aria-label={words[each]} title={words[each]} onClick={() => onChange(each)}>
          <Icon name={each} size={16} />
        </button>
      ))}
    </div>
  );
}
