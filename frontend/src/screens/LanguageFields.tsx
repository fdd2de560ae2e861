import { useSpeaker } from "../state/interface";
import { Select } from "../ui/form";
import { Button } from "../ui/parts";
import { languages } from "./places";

interface LanguageFieldsProps {
  locales: string[];
  defaultLocale: string;
  names: { locales: string; defaultLocale: string };
  isReadOnly?: boolean;
  onChange: (locales: string[], defaultLocale: string) => void;
}

/** The languages of a group or a site, and the one that stands in for the others. */
export function LanguageFields({ locales, defaultLocale, names, isReadOnly = false, onChange }: LanguageFieldsProps) {
  const say = useSpeaker();
  const open = languages(say, locales).filter((language) => !locales.includes(language.value));
  return (
    <>
      <div className="stack stack-narrow">
        <Select
          name={names.locales}
          label={say("field.languages")}
          help={say("field.languagesHelp")}
          value=""
          disabled={isReadOnly}
          onChange={(tag) => onChange([...locales, tag], defaultLocale)}
          options={[{ value: "", label: say("field.addLanguage") }, ...open]}
        />
        <ul className="badges">
          {locales.map((tag) => (
            <li key={tag} className="badge">
              {say.languageName(tag)}
              {tag !== defaultLocale && !isReadOnly && (
                <Button
                  kind="quiet"
                  isSmall
                  icon="close"
                  aria-label={say("action.removeThing", { name: say.languageName(tag) })}
                  onClick={() =>
                    onChange(
                      locales.filter((locale) => locale !== tag),
                      defaultLocale,
                    )
                  }
                />
              )}
            </li>
          ))}
        </ul>
      </div>
      <Select
        name={names.defaultLocale}
        label={say("field.defaultLanguage")}
        help={say("field.defaultLanguageHelp")}
        value={defaultLocale}
        onChange={(tag) => onChange(locales, tag)}
        options={locales.map((tag) => ({ value: tag, label: say.languageName(tag) }))}
      />
    </>
  );
}
