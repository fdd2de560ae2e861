// Moving items of a list: by pointer on a handle, by Alt and an arrow key. No library: one item moves past the others.

import { type KeyboardEvent, type PointerEvent, useState } from "react";

interface Reorder {
  handle: (index: number) => {
    onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    onPointerCancel: () => void;
  };
  keys: (index: number) => (event: KeyboardEvent) => void;
  /** What an item shows of the move: `data-drag`. */
  mark: (index: number) => "moving" | "before" | "after" | undefined;
}

/** The items are the siblings that carry `data-item`, in order; each has its handle inside. */
export function useReorder(count: number, move: (from: number, to: number) => void): Reorder {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const nearest = (handle: HTMLElement, x: number, y: number): number => {
    const list = handle.closest("[data-item]")?.parentElement;
    const items = [...(list?.children ?? [])].filter((child) => child.hasAttribute("data-item"));
    const distances = items.map((item) => {
      const box = item.getBoundingClientRect();
      return Math.hypot(x - (box.left + box.width / 2), y - (box.top + box.height / 2));
    });
    return distances.indexOf(Math.min(...distances));
  };
  return {
    handle: (index) => ({
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        setDrag({ from: index, to: index });
      },
      onPointerMove: (event) => {
        if (drag === null) return;
        const to = nearest(event.currentTarget, event.clientX, event.clientY);
        if (to >= 0 && to !== drag.to) setDrag({ ...drag, to });
      },
      onPointerUp: () => {
        if (drag !== null && drag.from !== drag.to) move(drag.from, drag.to);
        setDrag(null);
      },
      onPointerCancel: () => setDrag(null),
    }),
    keys: (index) => (event) => {
      if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
      const to = index + (event.key === "ArrowUp" ? -1 : 1);
      event.preventDefault();
      event.stopPropagation();
      if (to >= 0 && to < count) move(index, to);
    },
    mark: (index) => {
      if (drag === null) return undefined;
      if (index === drag.from) return "moving";
      if (index !== drag.to) return undefined;
      return drag.to < drag.from ? "before" : "after";
    },
  };
}
