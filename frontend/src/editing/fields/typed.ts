// Values with a form of their own: an address, an amount. What is half typed stays in the field until it makes sense or
// the writer leaves; so nothing unfinished is saved, and nothing unfinished is refused while it is written.

import { useState } from "react";

import { useValue } from "../context";
import { type Path, same } from "../document/paths";

interface Typed {
  value: string;
  onChange: (event: { target: { value: string } }) => void;
  onBlur: () => void;
}

/** `read` gives the value of a text, or undefined for an unfinished one; on leaving, the text itself is handed on. */
export function useTyped(path: Path, write: (value: unknown) => string, read: (text: string) => unknown): Typed {
  const [value, setValue] = useValue(path);
  // With the value that it gave: when that changes from elsewhere, by undoing for one, the typed text is outdated.
  const [typed, setTyped] = useState<{ text: string; gave: unknown } | null>(null);
  const open = typed !== null && same(typed.gave, value) ? typed : null;
  return {
    value: open?.text ?? write(value),
    onChange: ({ target }) => {
      const text = target.value.trim();
      const found = text === "" ? undefined : read(text);
      const isFinished = found !== undefined || text === "";
      if (isFinished) setValue(found);
      setTyped({ text: target.value, gave: isFinished ? found : value });
    },
    onBlur: () => {
      if (open === null) return;
      const text = open.text.trim();
      setValue(text === "" ? undefined : (read(text) ?? text));
      setTyped(null);
    },
  };
}

/** A stored text or number as it is typed. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
