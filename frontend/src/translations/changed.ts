// Which words of a text are others than before: every change, in place, for somebody who translates it once more.

import { difference } from "../editing/document/difference";

export interface Part {
  kind: "same" | "removed" | "added";
  text: string;
}

/** Comparing costs the product of both lengths; above this only the middle that differs is marked. */
const MOST_COMPARED = 400_000;

/** The newer text with what went and what came. Words carry the blank behind them. */
export function changedWords(old: string, next: string): Part[] {
  const [a, b] = [wordsOf(old), wordsOf(next)];
  if (a.length * b.length > MOST_COMPARED) {
    const { before, removed, added, after } = difference(old, next);
    return joined([
      { kind: "same", text: before },
      { kind: "removed", text: removed },
      { kind: "added", text: added },
      { kind: "same", text: after },
    ]);
  }
  const parts: Part[] = [];
  const common = commonLengths(a, b);
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [gone, come] = [a[i], b[j]];
    if (gone !== undefined && come !== undefined && bare(gone) === bare(come)) {
      parts.push({ kind: "same", text: come });
      i += 1;
      j += 1;
    } else if (gone !== undefined && (come === undefined || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      parts.push({ kind: "removed", text: gone });
      i += 1;
    } else if (come !== undefined) {
      parts.push({ kind: "added", text: come });
      j += 1;
    }
  }
  return joined(parts);
}

function wordsOf(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}

/** Another blank behind a word is not another word. */
const bare = (word: string) => word.trimEnd();

/** How many words the rests of both texts have in common, from each place on. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] = bare(a[i] ?? "") === bare(b[j] ?? "") ? (lengths[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

/** Neighbours of one kind as one, what went before what came in its place. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  let removed = "";
  let added = "";
  const close = () => {
    if (removed !== "") result.push({ kind: "removed", text: removed });
    if (added !== "") result.push({ kind: "added", text: added });
    removed = added = "";
  };
  for (const { kind, text } of parts) {
    if (kind === "removed") removed += text;
    else if (kind === "added") added += text;
    else if (text !== "") {
      close();
      const last = result.at(-1);
      if (last?.kind === "same") last.text += text;
      else result.push({ kind, text });
    }
  }
  close();
  return result;
}
