// What every section has besides its content, folded away: how links reach it, what it stands on, when and where it is
// shown. What of it is set is said on the fold.

import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { idOf, useProblem, useValue } from "../context";
import { isCommon, languagesOf, type SectionDeclaration } from "../document/declared";
import { at, type Path } from "../document/paths";
import { Laid } from "../fields/Group";
import { devicesOf, hasSpan, Shown } from "../Shown";

interface MoreProps {
  section: SectionDeclaration;
  /** Where the section lies. */
  path: Path;
}

export function More({ section, path }: MoreProps) {
  const say = useSpeaker();
  const [value] = useValue(path);
  const [isOpen, setIsOpen] = useState(false);
  const fields = section.fields.filter(isCommon);
  const isWrong = [useProblem([...path, "anchor"], false), useProblem([...path, "background"], false), useProblem([...path, "visible"], true)].some((problem) => problem !== undefined);
  const background = fields.find((field) => field.name === "background");
  const tone = background?.kind === "enum" ? background.options.find((option) => option.value === at(value, ["background"])) : undefined;
  const anchor = at(value, ["anchor"]);
  const devices = devicesOf(value);
  const said = [
    typeof anchor === "string" && fields.some((field) => field.name === "anchor") ? `#${anchor}` : "",
    tone === undefined ? "" : say.of(tone.label),
    hasSpan(value) ? say("shown.hasSpan") : "",
    languagesOf(value)
      .map((locale) => say.languageName(locale))
      .join(", "),
    devices === "all" ? "" : say(`shown.devices.${devices}`),
  ].filter((part) => part !== "");
  return (
    <details className="section-more" id={idOf([...path, "more"])} open={isOpen || isWrong} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span className="strong">{say("sections.more")}</span> <span className="soft small break">{said.length === 0 ? say("sections.moreHelp") : said.join(" · ")}</span>
      </summary>
      <div className="stack section-more-body">
        <Laid fields={fields.filter((field) => field.name !== "visible")} path={path} />
        <Shown path={path} />
      </div>
    </details>
  );
}
