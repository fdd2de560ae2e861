// The languages of the site: which one is written in, how complete each is, what guests see of it.

import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";

import { useSpeaker } from "../state/interface";
import { useEditing, useWork } from "./context";
import { completeness } from "./document/declared";
import { withBrand } from "./Inherited";
import type { Entry } from "./saving/session";

export function Languages({ entry, onShowOriginal }: { entry: Entry; onShowOriginal: (shows: boolean) => void }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const { site, type, sections, locale, showsOriginal, brand } = useEditing();
  const document = useWork((work) => work.document);
  const revision = useWork((work) => work.base.revision);
  const states = useMemo(
    () => site.locales.map((each) => ({ locale: each, ...completeness(type.fields, sections, withBrand(document, brand ?? []), each) })),
    [site.locales, type, sections, document, brand],
  );
  if (site.locales.length < 2) return null;
  return (
    <div className="languages">
      <div className="segments" role="group" aria-label={say("edit.languages")}>
        {states.map(({ locale: each, filled, total }) => {
          const shown = entry.published[each];
          const state = shown === undefined ? "none" : shown === revision ? "current" : "older";
          const percent = total === 0 ? 0 : Math.floor((filled / total) * 100);
          return (
            <button
              type="button"
              key={each}
              className="segment"
              aria-pressed={each === locale}
              onClick={() => void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, language: each }), replace: true })}
            >
              <span className="segment-dot" data-state={state} />
              <span>{say.languageName(each)}</span>
              <span className="soft small numbers" title={say("edit.filled", { filled: say.number(filled), total: say.number(total) })}>
                {say("edit.percent", { percent: say.number(percent) })}
              </span>
              <span className="hidden-visually">{say(state === "none" ? "publish.notYet" : state === "current" ? "publish.current" : "publish.older")}</span>
            </button>
          );
        })}
      </div>
      {locale !== site.default_locale && (
        <div className="row">
          <label className="check">
            <input type="checkbox" checked={showsOriginal} onChange={(event) => onShowOriginal(event.target.checked)} />
            <span>{say("edit.showOriginal", { language: say.languageName(site.default_locale) })}</span>
          </label>
          <Link to="/dashboard/sites/$site/translations/$entry" params={{ site: site.id, entry: entry.id }} search={{ target: locale }}>
            {say("translation.beside")}
          </Link>
        </div>
      )}
    </div>
  );
}
