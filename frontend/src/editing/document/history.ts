// Undo and redo of a form. Typing in one field is one step, until the writer pauses or goes elsewhere.

const PAUSE_MS = 1000;
/** Enough for an hour of work; documents share what did not change. */
const MOST_STEPS = 200;

export interface History<T> {
  past: readonly T[];
  future: readonly T[];
  /** Where and when the last step was made: the next one there is part of it. */
  last: { place: string; at: number } | null;
}

export const EMPTY: History<never> = { past: [], future: [], last: null };

export function record<T>(history: History<T>, before: T, place: string, at: number): History<T> {
  const isSameStep = history.last !== null && history.last.place === place && place !== "" && at - history.last.at < PAUSE_MS;
  return {
    past: isSameStep && history.past.length > 0 ? history.past : [...history.past, before].slice(-MOST_STEPS),
    future: [],
    last: { place, at },
  };
}

export function undo<T>(history: History<T>, now: T): { history: History<T>; value: T } | null {
  const value = history.past.at(-1);
  if (value === undefined) return null;
  return { value, history: { past: history.past.slice(0, -1), future: [now, ...history.future], last: null } };
}

export function redo<T>(history: History<T>, now: T): { history: History<T>; value: T } | null {
  const [value, ...future] = history.future;
  if (value === undefined) return null;
  return { value, history: { past: [...history.past, now], future, last: null } };
}
