// A value as people read it, with the words of its declaration: for lists in which no form has room.

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { type Field, type FieldKind, partsOf } from "../editing/document/declared";
import { at, isAbsent, isObject } from "../editing/document/paths";
import { inWords } from "../editing/words";
import { dictionary } from "../shell/queries";
import { useSpeaker } from "../state/interface";

/** The value of a field, each language for itself. */
export function Value({ field, value }: { field: Field; value: unknown }) {
  const say = useSpeaker();
  if (isAbsent(value)) return <span className="soft">{say("conflict.empty")}</span>;
  if (!field.localized || !isObject(value)) return <OfKind kind={field} value={value} />;
  return (
    <dl className="value-languages">
      {Object.entries(value).map(([locale, text]) => (
        <div key={locale}>
          <dt className="field-language">{locale.toUpperCase()}</dt>
          <dd lang={locale} dir="auto">
            <OfKind kind={field} value={text} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function OfKind({ kind, value }: { kind: FieldKind; value: unknown }): ReactNode {
  const say = useSpeaker();
  if (kind.kind === "hours" && Array.isArray(value)) return (value as unknown[]).map((span) => `${inWords(at(span, ["from"]), say)}–${inWords(at(span, ["to"]), say)}`).join(", ");
  if (kind.kind === "enum") return say.of(kind.options.find((option) => option.value === value)?.label) || inWords(value, say);
  if (kind.kind === "choices" && Array.isArray(value)) return (value as unknown[]).map((each) => say.of(kind.options.find((option) => option.value === each)?.label) || inWords(each, say)).join(", ");
  if (kind.kind === "date" && typeof value === "string") return say.day(value);
  if (kind.kind === "code" || kind.kind === "codes") return <Codes dictionaryName={kind.dictionary} value={value} />;
  if (kind.kind === "list" && Array.isArray(value)) {
    return (
      <ul className="value-list">
        {(value as unknown[]).map((item, index) => (
          <li key={index}>
            <OfKind kind={kind.item} value={item} />
          </li>
        ))}
      </ul>
    );
  }
  const parts = partsOf(kind);
  if (parts === null) return <span className="lines">{inWords(value, say)}</span>;
  const filled = parts.filter((part) => !isAbsent(at(value, [part.name])));
  return (
    <ul className="value-list">
      {filled.map((part) => (
        <li key={part.name}>
          <span className="soft">{say.of(part.label)}:</span> <Value field={part} value={at(value, [part.name])} />
        </li>
      ))}
    </ul>
  );
}

/** Codes of a dictionary by their words; what is said to be lacking is left out. */
function Codes({ dictionaryName, value }: { dictionaryName: string; value: unknown }) {
  const say = useSpeaker();
  const known = useQuery(dictionary(dictionaryName)).data;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const words = items.flatMap((item) => {
    const code = isObject(item) ? item["code"] : item;
    if (typeof code !== "string" || at(item, ["status"]) === "no") return [];
    const label = known?.terms.find((term) => term.code === code)?.label as Record<string, string> | undefined;
    return [label?.[say.language] ?? label?.["en"] ?? code];
  });
  return words.join(", ");
}
