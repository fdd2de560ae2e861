// A page: the outline of its sections, the form of the chosen one, and how guests see it. On a phone one at a time.

import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

import { useQueryParam } from "../../shell/address";
import { useSpeaker } from "../../state/interface";
import { declaredIcon, Icon } from "../../ui/icons";
import { useEditing, useValue } from "../context";
import { type Field, isCommon } from "../document/declared";
import { at } from "../document/paths";
import { EntryFacts } from "../EntryFacts";
import { Laid } from "../fields/Group";
import type { Entry } from "../saving/session";
import { withoutShown } from "../Shown";
import { More } from "./More";
import { Outline } from "./Outline";
import { Preview } from "./Preview";

const VIEWS = ["outline", "form", "preview"] as const;

export function PageForm({ entry, field }: { entry: Entry; field: Field }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const { type, sections } = useEditing();
  const [value] = useValue([field.name]);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const chosen = useQueryParam("section");
  const view = useQueryParam("view");
  const index = items.findIndex((item) => at(item, ["id"]) === chosen);
  const section = sections.find((each) => each.name === at(items[index], ["type"]));
  const shown = VIEWS.find((each) => each === view) ?? (chosen === undefined ? "outline" : "form");
  const go = useCallback(
    (search: { section?: string | undefined; view?: string | undefined }) => void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, ...search }), replace: true }),
    [navigate],
  );
  const choose = useCallback((id: string | undefined) => go({ section: id, view: "form" }), [go]);
  return (
    <>
      <div className="segments panes-switch" role="group" aria-label={say("sections.views")}>
        {VIEWS.map((each) => (
          <button type="button" key={each} className="segment" aria-pressed={each === shown} onClick={() => go({ view: each })}>
            {say(`sections.view.${each}`)}
          </button>
        ))}
      </div>
      <div className="panes" data-shown={shown}>
        <div className="pane pane-outline">
          <Outline field={field} chosen={index < 0 ? undefined : chosen} onChoose={choose} />
        </div>
        <div className="pane pane-form">
          {section === undefined || index < 0 ? (
            <div className="stack">
              <div className="card stack">
                <h2>{type.name === "page" ? say("sections.page") : say.of(type.title)}</h2>
                <Laid fields={withoutShown(type.fields).filter((each) => each.kind !== "sections")} path={[]} />
              </div>
              <EntryFacts entry={entry} />
            </div>
          ) : (
            <section className="card stack" key={chosen}>
              <div className="stack stack-tight">
                <h2 className="row">
                  <Icon name={declaredIcon(section.icon)} />
                  {say.of(section.title)}
                </h2>
                {section.help != null && <p className="soft small">{say.of(section.help)}</p>}
              </div>
              <Laid fields={section.fields.filter((each) => !isCommon(each))} path={[field.name, index]} />
              <More section={section} path={[field.name, index]} />
            </section>
          )}
        </div>
        <div className="pane pane-preview">
          <Preview entry={entry.id} section={index < 0 ? undefined : chosen} onSection={choose} />
        </div>
      </div>
    </>
  );
}
