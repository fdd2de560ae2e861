// An address from a name, as the server would make it: it is shown before it is asked for.

const SPELLED: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss", æ: "ae", ø: "o", å: "a", œ: "oe", ł: "l", đ: "d", þ: "th", "&": " and " };
/** The server's limit. */
const LENGTH = 100;

export function slugOf(name: string): string {
  const spelled = Array.from(name.toLowerCase(), (letter) => SPELLED[letter] ?? letter).join("");
  const plain = spelled.normalize("NFKD").replaceAll(/[\u0300-\u036f'’]/g, "");
  return plain
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, LENGTH)
    .replace(/-$/, "");
}
