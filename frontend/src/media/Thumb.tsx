// A small picture of a thing in the library: cropped around its focal point, or a drawing where there is nothing to show yet.

import { useEffect, useRef } from "react";

import { addressOf } from "../api/client";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import type { MediaItem } from "./queries";

export interface Focal {
  x: number;
  y: number;
}

/** Crops an element's picture around the focal point. Set through the element: the page's policy allows no style in markup. */
export function useFocal<E extends HTMLElement>(focal: Focal | null | undefined) {
  const element = useRef<E>(null);
  const x = focal?.x ?? 0.5;
  const y = focal?.y ?? 0.5;
  useEffect(() => {
    element.current?.style.setProperty("--focal-x", `${x * 100}%`);
    element.current?.style.setProperty("--focal-y", `${y * 100}%`);
  }, [x, y]);
  return element;
}

export function Thumb({ item, isWhole = false }: { item: MediaItem; isWhole?: boolean }) {
  const say = useSpeaker();
  const frame = useFocal<HTMLDivElement>(item.focal);
  const source = item.kind !== "image" || item.state === "failed" ? null : item.state === "ready" ? (item.thumbnail_url ?? item.url) : item.url;
  return (
    <div className={`thumb${isWhole ? " thumb-whole" : ""}`} ref={frame}>
      {source === null ? (
        <span className="thumb-none">
          <Icon name={item.kind === "image" ? "warning" : "page"} />
          <span className="small">{item.kind === "image" ? say("media.failed") : (item.name.split(".").pop() ?? "").toUpperCase()}</span>
        </span>
      ) : (
        <img src={addressOf(source)} alt="" loading="lazy" />
      )}
      {item.state === "pending" && item.kind === "image" && <span className="thumb-note">{say("media.pending")}</span>}
    </div>
  );
}
