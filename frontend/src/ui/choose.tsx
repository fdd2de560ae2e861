// A list to search in and choose from, by typing and arrow keys: the palette, the picker of sections, links to pages.

import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";

import { Icon, type IconName } from "./icons";

export interface Option {
  id: string;
  label: string;
  about?: string;
  icon?: IconName;
  /** Further words under which it is found. */
  words?: string;
  group?: string;
  isChosen?: boolean;
}

interface ChooseProps {
  label: string;
  options: readonly Option[];
  onChoose: (id: string) => void;
  /** Said when nothing is found. */
  nothing: (typed: string) => ReactNode;
  onType?: (typed: string) => void;
  /** Whether a dialog begins here. */
  takesFocus?: boolean;
}

/** Nobody reads further down; typing finds the rest. */
const MOST_SHOWN = 60;

/** Letters without their marks, so that “zurich” finds “Zürich”. */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** The options in which every typed word begins a word, those with all of them in the label first. */
export function found(options: readonly Option[], typed: string): Option[] {
  const wanted = folded(typed).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...options];
  const begins = (text: string, word: string) => text.startsWith(word) || text.split(/[\s/·-]+/).some((part) => part.startsWith(word));
  const ranked = options.flatMap((option) => {
    const label = folded(option.label);
    const all = folded(`${option.label} ${option.about ?? ""} ${option.words ?? ""}`);
    if (!wanted.every((word) => begins(all, word))) return [];
    return [{ option, isInLabel: wanted.every((word) => begins(label, word)) }];
  });
  return ranked.sort((a, b) => Number(b.isInLabel) - Number(a.isInLabel)).map(({ option }) => option);
}

export function Choose({ label, options, onChoose, nothing, onType, takesFocus = true }: ChooseProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => found(options, typed).slice(0, MOST_SHOWN), [options, typed]);
  const active = Math.min(at, shown.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div className="choose">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        {...(takesFocus ? { "data-first": true } : {})}
        className="control"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={shown[active] === undefined ? undefined : `${id}-${active}`}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          onType?.(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined && shown.length > 0) {
            event.preventDefault();
            setAt((active + step + shown.length) % shown.length);
          } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            const chosen = shown[active];
            if (chosen !== undefined) onChoose(chosen.id);
          }
        }}
      />
      <div className="choose-list" role="listbox" aria-label={label} id={`${id}-list`} ref={list}>
        {shown.map((option, index) => (
          // The keyboard is served by the field above, as the pattern of a combobox wants it.
          <button
            type="button"
            key={option.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="choose-option"
            onClick={() => onChoose(option.id)}
            onPointerMove={() => setAt(index)}
          >
            {option.icon !== undefined && <Icon name={option.icon} />}
            <span className="choose-words">
              <span className="strong">{option.label}</span>
              {option.about !== undefined && option.about !== "" && <span className="soft small">{option.about}</span>}
            </span>
            {option.group !== undefined && <span className="soft small">{option.group}</span>}
            {option.isChosen === true && <Icon name="check" size={16} />}
          </button>
        ))}
      </div>
      {shown.length === 0 && <p className="soft choose-nothing">{nothing(typed)}</p>}
    </div>
  );
}
