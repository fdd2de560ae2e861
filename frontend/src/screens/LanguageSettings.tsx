// How a site speaks each of its languages: its addresses, whether guests are offered it, and what stands in for it.

import { useState } from "react";

import type { Schemas } from "../api/client";
import { useSpeaker } from "../state/interface";
import { Input, Select } from "../ui/form";
import { Button } from "../ui/parts";
import type { Speaker } from "../words";

type Own = Schemas["LanguageSettings"];
export type LanguageMap = Record<string, Own>;

/** As the server has it. */
const MOST_FALLBACKS = 7;

/** Without what says nothing: languages that went, and what is as by default. */
export function spoken(settings: LanguageMap, locales: readonly string[]): LanguageMap {
  const kept = locales.flatMap((locale) => {
    const { prefix = null, domain = null, fallback = null, offered = true } = settings[locale] ?? {};
    const own: Own = {
      ...(blank(prefix) ? {} : { prefix: (prefix ?? "").trim() }),
      ...(blank(domain) ? {} : { domain: (domain ?? "").trim() }),
      ...(fallback === null ? {} : { fallback: fallback.filter((each) => locales.includes(each)) }),
      ...(offered ? {} : { offered }),
    };
    return Object.keys(own).length === 0 ? [] : [[locale, own] as const];
  });
  return Object.fromEntries(kept);
}

const blank = (text: string | null) => text === null || text.trim() === "";

interface LanguageSettingsProps {
  locales: readonly string[];
  defaultLocale: string;
  settings: LanguageMap;
  isReadOnly: boolean;
  /** What a refused save says of languages: the one it is about stays open. */
  wrong: readonly string[];
  onChange: (settings: LanguageMap) => void;
}

export function LanguageSettings({ locales, defaultLocale, settings, isReadOnly, wrong, onChange }: LanguageSettingsProps) {
  const say = useSpeaker();
  return (
    <fieldset className="stack stack-narrow language-list">
      <legend className="field-label">{say("languages.title")}</legend>
      <p className="field-help">{say("languages.about")}</p>
      {locales.map((locale) => (
        <One
          key={locale}
          locale={locale}
          locales={locales}
          defaultLocale={defaultLocale}
          own={settings[locale] ?? {}}
          isReadOnly={isReadOnly}
          isWrong={wrong.some((pointer) => pointer.startsWith(`/languages/${locale}/`))}
          onChange={(own) => onChange({ ...settings, [locale]: own })}
        />
      ))}
    </fieldset>
  );
}

interface OneProps {
  locale: string;
  locales: readonly string[];
  defaultLocale: string;
  own: Own;
  isReadOnly: boolean;
  isWrong: boolean;
  onChange: (own: Own) => void;
}

function One({ locale, locales, defaultLocale, own, isReadOnly, isWrong, onChange }: OneProps) {
  const say = useSpeaker();
  const [isOpen, setIsOpen] = useState(false);
  const isDefault = locale === defaultLocale;
  const isOffered = own.offered ?? true;
  return (
    <details className="language" open={isOpen || isWrong} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <span className="strong">{say.languageName(locale)}</span> <span className="soft small break">{inShort(locale, own, isDefault, say)}</span>
      </summary>
      <div className="stack language-body">
        <div className="columns">
          <Input
            name={`/languages/${locale}/prefix`}
            label={say("languages.prefix")}
            help={isDefault ? say("languages.prefixFirst") : say("languages.prefixHelp", { prefix: locale })}
            optional={say("field.optional")}
            value={own.prefix ?? ""}
            onChange={(prefix) => onChange({ ...own, prefix })}
          />
          <Input
            name={`/languages/${locale}/domain`}
            label={say("languages.domain")}
            help={say("languages.domainHelp")}
            optional={say("field.optional")}
            value={own.domain ?? ""}
            onChange={(domain) => onChange({ ...own, domain })}
          />
        </div>
        {locales.length > 1 && <Fallback locale={locale} locales={locales} own={own} isReadOnly={isReadOnly} onChange={onChange} />}
        {!isDefault && (
          <label className="check">
            <input type="checkbox" checked={isOffered} disabled={isReadOnly} onChange={(event) => onChange({ ...own, offered: event.target.checked })} />
            <span>
              {say("languages.offered")} <span className="field-help">{say("languages.offeredHelp")}</span>
            </span>
          </label>
        )}
      </div>
    </details>
  );
}

function inShort(locale: string, own: Own, isDefault: boolean, say: Speaker): string {
  const prefix = blank(own.prefix ?? null) ? (isDefault ? "" : locale) : (own.prefix ?? "");
  const fallback = own.fallback ?? null;
  return [
    isDefault && say("languages.isFirst"),
    blank(own.domain ?? null) ? `/${prefix}` : own.domain,
    own.offered === false && say("languages.notOffered"),
    fallback !== null && (fallback.length === 0 ? say("languages.noFallback") : fallback.map((each) => say.languageName(each)).join(" → ")),
  ]
    .filter((part) => typeof part === "string")
    .join(" · ");
}

/** The languages that stand in, best first. */
function Fallback({ locale, locales, own, isReadOnly, onChange }: Pick<OneProps, "locale" | "locales" | "own" | "isReadOnly" | "onChange">) {
  const say = useSpeaker();
  const chain = own.fallback ?? null;
  const others = locales.filter((each) => each !== locale);
  const mode = chain === null ? "auto" : chain.length === 0 ? "none" : "own";
  const set = (fallback: string[] | null) => onChange({ ...own, fallback });
  const open = others.filter((each) => !(chain ?? []).includes(each));
  return (
    <div className="stack stack-narrow">
      <Select
        name={`/languages/${locale}/fallback`}
        label={say("languages.fallback")}
        help={say("languages.fallbackHelp")}
        value={mode}
        onChange={(value) => set(value === "auto" ? null : value === "none" ? [] : others.slice(0, 1))}
        options={(["auto", "own", "none"] as const).map((each) => ({ value: each, label: say(`languages.fallback.${each}`) }))}
      />
      {chain !== null && chain.length > 0 && (
        <>
          <ol className="fallbacks">
            {chain.map((each, index) => (
              <li key={each} className="row">
                <span className="soft numbers">{say.number(index + 1)}</span>
                <span className="grow">{say.languageName(each)}</span>
                {!isReadOnly && (
                  <>
                    <Button
                      kind="quiet"
                      isSmall
                      icon="up"
                      disabled={index === 0}
                      aria-label={say("languages.earlier", { language: say.languageName(each) })}
                      onClick={() => set([...chain.slice(0, index - 1), each, ...chain.slice(index - 1, index), ...chain.slice(index + 1)])}
                    />
                    <Button kind="quiet" isSmall icon="close" aria-label={say("action.removeThing", { name: say.languageName(each) })} onClick={() => set(chain.filter((one) => one !== each))} />
                  </>
                )}
              </li>
            ))}
          </ol>
          {!isReadOnly && open.length > 0 && chain.length < MOST_FALLBACKS && (
            <select className="control" aria-label={say("field.addLanguage")} value="" onChange={(event) => set([...chain, event.target.value])}>
              <option value="">{say("field.addLanguage")}</option>
              {open.map((each) => (
                <option key={each} value={each}>
                  {say.languageName(each)}
                </option>
              ))}
            </select>
          )}
        </>
      )}
    </div>
  );
}
