// What stands around a control: its label above, what the server says of it, its help and the original below.

import type { ReactNode } from "react";

import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { inWords } from "../words";
import { idOf, useEditing, useOriginal, useProblem, useValue } from "../context";
import type { KindName, KindProps } from "./kind";

export interface Control {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
  disabled: boolean;
}

interface FrameProps<K extends KindName> {
  of: KindProps<K>;
  /** Behind the label, at the end of the line: a count of letters. */
  aside?: ReactNode;
  /** Problems inside of the value are told here: formatted text, a place on the map. */
  isDeep?: boolean;
  /** The label names a group of controls instead of one. */
  isGroup?: boolean;
  children: (control: Control) => ReactNode;
}

export function Frame<K extends KindName>({ of, aside, isDeep = false, isGroup = false, children }: FrameProps<K>) {
  const say = useSpeaker();
  const { isReadOnly, locale } = useEditing();
  const problem = useProblem(of.path, isDeep);
  const id = idOf(of.path);
  const hasHelp = of.help !== "" && !of.isBare;
  const described = [problem !== undefined && `${id}-error`, hasHelp && `${id}-help`].filter(Boolean).join(" ");
  const control: Control = { id, "aria-invalid": problem !== undefined, "aria-describedby": described === "" ? undefined : described, disabled: isReadOnly };
  const label = (
    <>
      {of.label}
      {of.isRequired && <span className="field-optional"> ({say("edit.required")})</span>}
      {of.isLocalized && <span className="field-language">{locale.toUpperCase()}</span>}
    </>
  );
  return (
    <div className="field" {...(isGroup ? { role: "group", "aria-labelledby": `${id}-label` } : {})}>
      <div className={of.isBare ? "hidden-visually" : "row row-apart field-head"}>
        {isGroup ? (
          <span className="field-label" id={`${id}-label`}>
            {label}
          </span>
        ) : (
          <label className="field-label" htmlFor={id}>
            {label}
          </label>
        )}
        {aside}
      </div>
      {children(control)}
      {problem !== undefined && (
        <div className="field-error" id={`${id}-error`}>
          <Icon name="warning" size={16} />
          <span>{problem}</span>
        </div>
      )}
      {hasHelp && (
        <div className="field-help" id={`${id}-help`}>
          {of.help}
        </div>
      )}
      <Original of={of} />
    </div>
  );
}

/** The text in the first language, to translate from. */
function Original<K extends KindName>({ of }: { of: KindProps<K> }) {
  const say = useSpeaker();
  const { site, isReadOnly } = useEditing();
  const original = useOriginal(of.path, of.isLocalized);
  const [value, setValue] = useValue(of.path);
  if (original === undefined || of.isBare) return null;
  return (
    <div className="original">
      <span className="field-language">{site.default_locale.toUpperCase()}</span>
      <span className="original-text" lang={site.default_locale} dir="auto">
        {inWords(original, say)}
      </span>
      {value === undefined && !isReadOnly && (
        <Button kind="quiet" isSmall onClick={() => setValue(original)}>
          {say("edit.takeOriginal")}
        </Button>
      )}
    </div>
  );
}
