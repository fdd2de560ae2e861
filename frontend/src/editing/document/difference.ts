// What differs between two texts, by words: the part in the middle that is another one, with a little of what is around.

/** Words of the unchanged text that are shown on either side. */
const AROUND = 5;

export interface Difference {
  before: string;
  removed: string;
  added: string;
  after: string;
}

export function difference(old: string, next: string): Difference {
  const [a, b] = [wordsOf(old), wordsOf(next)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [leading, trailing] = [a.slice(0, start), end === 0 ? [] : a.slice(-end)];
  return {
    before: leading.length > AROUND ? `… ${leading.slice(-AROUND).join("")}` : leading.join(""),
    removed: a.slice(start, a.length - end).join(""),
    added: b.slice(start, b.length - end).join(""),
    after: trailing.length > AROUND ? `${trailing.slice(0, AROUND).join("")}…` : trailing.join(""),
  };
}

/** Each with the blank behind it. */
function wordsOf(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? [];
}
