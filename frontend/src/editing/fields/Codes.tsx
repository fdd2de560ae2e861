// What a house has of a dictionary: a list to search in, part by part, with yes, no or unknown for each, and what more
// there is to say of those that are chosen.

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";

import type { Schemas } from "../../api/client";
import { dictionary } from "../../shell/queries";
import { useSpeaker } from "../../state/interface";
import { found } from "../../ui/choose";
import { Button } from "../../ui/parts";
import { useEditing, useProblem, useValue } from "../context";
import { at, isObject, type JsonObject, type Path } from "../document/paths";
import { FieldFor } from "./FieldFor";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

type Term = Schemas["Term"];
type Labels = Record<string, string>;

const STATES = ["yes", "no", "unknown"] as const;
const NO_TERMS: readonly Term[] = [];

function labelOf(labels: Labels, language: string): string {
  return labels[language] ?? labels["en"] ?? "";
}

/** One entry of a dictionary. */
export function CodeField(props: KindProps<"code">) {
  const say = useSpeaker();
  const known = useQuery(dictionary(props.kind.dictionary)).data;
  const [value, setValue] = useValue(props.path);
  const chosen = typeof value === "string" ? value : "";
  return (
    <Frame of={props}>
      {(control) => (
        <select className="control" {...control} value={chosen} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)}>
          <option value="">–</option>
          {chosen !== "" && known?.terms.some((term) => term.code === chosen) !== true && <option value={chosen}>{chosen}</option>}
          {known?.groups.map((group) => (
            <optgroup key={group.code} label={labelOf(group.label, say.language)}>
              {known.terms
                .filter((term) => term.group === group.code)
                .map((term) => (
                  <option key={term.code} value={term.code}>
                    {labelOf(term.label, say.language)}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      )}
    </Frame>
  );
}

export function CodesField(props: KindProps<"codes">) {
  const say = useSpeaker();
  const known = useQuery(dictionary(props.kind.dictionary)).data;
  const [value, setValue] = useValue(props.path);
  const [typed, setTyped] = useState("");
  const items = useMemo(() => (Array.isArray(value) ? value.filter(isObject) : []), [value]);
  const terms = known?.terms ?? NO_TERMS;
  // Every language's name is searched in: whoever writes in German may think of the English one.
  const wanted = useMemo(() => {
    const options = terms.map((term) => ({ id: term.code, label: labelOf(term.label, say.language), words: Object.values(term.label).join(" ") }));
    return new Set(found(options, typed).map((option) => option.id));
  }, [terms, typed, say.language]);
  const tell = (code: string, status: string | null) => {
    const rest = items.filter((item) => item["code"] !== code);
    const before = items.find((item) => item["code"] === code);
    const next: JsonObject[] = status === null ? rest : [...rest, { ...(before ?? { code }), status }];
    // In the dictionary's order, as the server keeps them.
    const place = (item: JsonObject) => terms.findIndex((term) => term.code === item["code"]);
    setValue(next.length === 0 ? undefined : next.toSorted((a, b) => place(a) - place(b)));
  };
  return (
    <Frame of={props} isGroup isDeep aside={<span className="small soft numbers">{say.count("codes.chosen", items.length)}</span>}>
      {(control) => (
        <div className="stack stack-narrow" id={control.id} tabIndex={-1}>
          <input className="control" type="search" autoComplete="off" aria-label={say("codes.search", { name: props.label })} value={typed} onChange={(event) => setTyped(event.target.value)} />
          {known?.groups.map((group) => {
            const own = terms.filter((term) => term.group === group.code);
            const shown = own.filter((term) => wanted.has(term.code));
            if (shown.length === 0) return null;
            const count = items.filter((item) => own.some((term) => term.code === item["code"])).length;
            return (
              <Part key={group.code} title={labelOf(group.label, say.language)} count={count} isSearching={typed.trim() !== ""}>
                {shown.map((term) => {
                  const index = items.findIndex((item) => item["code"] === term.code);
                  return <Row key={term.code} label={labelOf(term.label, say.language)} item={items[index]} path={[...props.path, index]} fields={props.kind.fields} onSay={(status) => tell(term.code, status)} />;
                })}
              </Part>
            );
          })}
          {known !== undefined && wanted.size === 0 && <p className="soft small">{say("codes.nothing", { typed })}</p>}
        </div>
      )}
    </Frame>
  );
}

/** A part of the dictionary, folded until somebody wants it: most houses have a tenth of it. */
function Part({ title, count, isSearching, children }: { title: string; count: number; isSearching: boolean; children: ReactNode }) {
  const say = useSpeaker();
  const [isOpen, setIsOpen] = useState(false);
  const isShown = isOpen || isSearching;
  return (
    <details className="codes-part" open={isShown}>
      <summary
        onClick={(event) => {
          event.preventDefault();
          setIsOpen(!isShown);
        }}
      >
        <span>{title}</span>
        {count > 0 && <span className="small soft numbers">{say.number(count)}</span>}
      </summary>
      {isShown && <ul className="rows codes-rows">{children}</ul>}
    </details>
  );
}

interface RowProps {
  label: string;
  item: JsonObject | undefined;
  path: Path;
  fields: KindProps<"codes">["kind"]["fields"];
  onSay: (status: string | null) => void;
}

function Row({ label, item, path, fields, onSay }: RowProps) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const isWrong = useProblem(path, true) !== undefined;
  const [isOpen, setIsOpen] = useState(false);
  const status = at(item, ["status"]) ?? (item === undefined ? null : "yes");
  const more = fields.filter((field) => field.name !== "status");
  const isShown = item !== undefined && (isOpen || isWrong);
  return (
    <li className="codes-row">
      <div className="row row-apart row-fixed">
        <span className={item === undefined ? "" : "codes-chosen"}>{label}</span>
        <span className="row row-fixed">
          {item !== undefined && (
            <Button kind="quiet" isSmall icon={isShown ? "fold" : "unfold"} aria-expanded={isShown} aria-label={say("codes.more", { name: label })} onClick={() => setIsOpen(!isShown)} />
          )}
          <span className="segments" role="group" aria-label={label}>
            {STATES.map((each) => (
              <button key={each} type="button" className="segment segment-small" aria-pressed={status === each} disabled={isReadOnly} onClick={() => onSay(status === each ? null : each)}>
                {say(`codes.${each}`)}
              </button>
            ))}
          </span>
        </span>
      </div>
      {isShown && (
        <div className="codes-facts stack stack-narrow">
          {more.map((field) => (
            <FieldFor key={field.name} field={field} path={path} />
          ))}
        </div>
      )}
    </li>
  );
}
