// When something is shown: the span that every entry and every section has, on the clocks of the hotel, with what it means
// now. A section may besides be meant for some languages and screens only.

import { useId } from "react";

import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Badge, Button } from "../ui/parts";
import { localInWords, localTime, standing, zoneInWords } from "../work/clocks";
import { idOf, useEditing, useProblem, useValue } from "./context";
import { type Field, languagesOf } from "./document/declared";
import { at, isObject, type Path } from "./document/paths";
import { useZone } from "./zone";

/** Name of the group in documents, and of its ends. */
const VISIBLE = "visible";
const ENDS = ["from", "until"] as const;
const DEVICES = ["all", "phone", "large"] as const;

/** The fields that stand in the form itself. */
export function withoutShown(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => field.name !== VISIBLE);
}

interface ShownProps {
  /** Where the thing lies: the document itself, or a section. */
  path: Path;
}

export function Shown({ path }: ShownProps) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const place = [...path, VISIBLE];
  const [value, setValue] = useValue(place);
  const heading = useId();
  const [from, until] = ENDS.map((name) => timeAt(value, name));
  const zone = useZone();
  // Nobody is told how it stands before it is known on whose clocks.
  const where = from === undefined && until === undefined ? "always" : zone === undefined ? null : standing(from, until, localTime(zone, new Date()));
  const isSection = path.length > 0;
  const words = { from: localInWords(from ?? "", say.language), until: localInWords(until ?? "", say.language) };
  return (
    <section className={isSection ? "shown shown-section stack stack-narrow" : "shown card stack stack-narrow"} id={idOf(place)} tabIndex={-1} aria-labelledby={heading}>
      <div className="row row-apart">
        {isSection ? <h3 id={heading}>{say("shown.title")}</h3> : <h2 id={heading}>{say("shown.title")}</h2>}
        {where !== null && where !== "always" && <Badge kind={where === "not_yet" || where === "over" ? "waiting" : "good"}>{say(where === "not_yet" ? "shown.isNotYet" : where === "over" ? "shown.isOver" : "shown.isNow")}</Badge>}
      </div>
      {where !== null && <p className="soft small">{say(isSection && where === "always" ? "shown.alwaysSection" : `shown.${where}`, words)}</p>}
      <div className="shown-ends">
        {ENDS.map((name) => (
          <End key={name} path={[...place, name]} label={say(`shown.${name}Label`)} />
        ))}
      </div>
      <div className="row row-apart">
        <span className="field-help">{zone !== undefined && say("shown.zone", { zone: zoneInWords(zone) })}</span>
        {!isReadOnly && where !== "always" && (
          <Button kind="quiet" isSmall onClick={() => setValue(withoutEnds(value))}>
            {say("shown.clear")}
          </Button>
        )}
      </div>
      {isSection && <Where path={place} />}
    </section>
  );
}

/** In which languages and on which screens a section is shown. */
function Where({ path }: { path: Path }) {
  const say = useSpeaker();
  const { site, isReadOnly } = useEditing();
  const [value] = useValue(path);
  const [, setLanguages] = useValue([...path, "languages"]);
  const [, setDevices] = useValue([...path, "devices"]);
  const problem = useProblem([...path, "languages"], true);
  const ids = { languages: useId(), devices: useId(), help: useId() };
  const chosen = languagesOf({ visible: value });
  // One that the site is offered in no more can still be taken away.
  const known = [...site.locales, ...chosen.filter((locale) => !site.locales.includes(locale))];
  const devices = devicesOf({ visible: value });
  const choose = (locale: string, isChosen: boolean) => {
    const next = known.filter((each) => (each === locale ? isChosen : chosen.includes(each)));
    setLanguages(next.length === 0 ? undefined : next);
  };
  return (
    <>
      {known.length > 1 && (
        <div className="field" role="group" aria-labelledby={ids.languages}>
          <span className="field-label" id={ids.languages}>
            {say("shown.languages")}
          </span>
          <div className="choices" id={idOf([...path, "languages"])} tabIndex={-1}>
            {known.map((locale) => (
              <label className="check" key={locale}>
                <input type="checkbox" checked={chosen.includes(locale)} disabled={isReadOnly} aria-describedby={ids.help} onChange={(event) => choose(locale, event.target.checked)} />
                <span>{say.languageName(locale)}</span>
              </label>
            ))}
          </div>
          {problem !== undefined && <p className="field-error">{problem}</p>}
          <p className="field-help" id={ids.help}>
            {chosen.length === 0 ? say("shown.inAll") : say("shown.inSome")}
          </p>
        </div>
      )}
      <div className="field">
        <span className="field-label" id={ids.devices}>
          {say("shown.devices")}
        </span>
        <div className="segments" role="group" aria-labelledby={ids.devices} id={idOf([...path, "devices"])} tabIndex={-1}>
          {DEVICES.map((each) => (
            <button type="button" key={each} className="segment" disabled={isReadOnly} aria-pressed={each === devices} onClick={() => setDevices(each === "all" ? undefined : each)}>
              {say(`shown.devices.${each}`)}
            </button>
          ))}
        </div>
      </div>
    </>
  );
}

/** On which screens a section is shown. */
export function devicesOf(section: unknown): (typeof DEVICES)[number] {
  return DEVICES.find((each) => each === at(section, [VISIBLE, "devices"])) ?? "all";
}

/** Whether a section is meant for some languages or screens only, for those who list it. */
export function isForSome(section: unknown): boolean {
  return languagesOf(section).length > 0 || devicesOf(section) !== "all";
}

function withoutEnds(value: unknown): unknown {
  const kept = Object.entries(isObject(value) ? value : {}).filter(([name]) => !ENDS.some((end) => end === name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Whether something has a span at all, for those who list it. */
export function hasSpan(item: unknown): boolean {
  return ENDS.some((name) => timeAt(at(item, [VISIBLE]), name) !== undefined);
}

function timeAt(value: unknown, name: string): string | undefined {
  const time = at(value, [name]);
  return typeof time === "string" && time !== "" ? time : undefined;
}

function End({ path, label }: { path: Path; label: string }) {
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(path);
  const problem = useProblem(path, false);
  const id = idOf(path);
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="control control-figure"
        type="datetime-local"
        disabled={isReadOnly}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-error`}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)}
      />
      {problem !== undefined && (
        <div className="field-error" id={`${id}-error`}>
          <Icon name="warning" size={16} />
          <span>{problem}</span>
        </div>
      )}
    </div>
  );
}
