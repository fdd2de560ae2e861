// A site's settings, and its end.

import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, Refusal, type Schemas } from "../api/client";
import { sites, useMay, useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Button, Confirm } from "../ui/parts";
import { Alpinebits } from "./Alpinebits";
import { LanguageFields } from "./LanguageFields";
import { LanguageSettings, spoken } from "./LanguageSettings";
import { currencies, timeZones } from "./places";
import { ReviewRule } from "./ReviewRule";
import { WithSite } from "./Site";

const COLOUR = /^#[0-9a-fA-F]{6}$/;

export function SiteSettings() {
  return <WithSite>{(site) => <SettingsForm key={site.updated_at} site={site} />}</WithSite>;
}

function SettingsForm({ site }: { site: Schemas["Site"] }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const isReadOnly = !may("sites.manage");
  const [isDeleting, setIsDeleting] = useState(false);
  const [name, setName] = useState(site.name);
  const [slug, setSlug] = useState(site.slug);
  const [domain, setDomain] = useState(site.domain ?? "");
  const [timeZone, setTimeZone] = useState(site.time_zone);
  const [currency, setCurrency] = useState(site.currency);
  const [languages, setLanguages] = useState({ locales: site.locales, defaultLocale: site.default_locale });
  const [settings, setSettings] = useState(site.settings);
  const [speaks, setSpeaks] = useState(site.languages);
  // Sent only where somebody changed it: it has everything that visitors see composed anew.
  const wanted = spoken(speaks, languages.locales);
  const isSpokenOtherwise = JSON.stringify(wanted) !== JSON.stringify(spoken(site.languages, languages.locales));
  const save = useWrite({
    write: () =>
      answer(
        client.PATCH("/api/v1/sites/{id}/", {
          params: { path: { id: site.id } },
          body: {
            name: name.trim(),
            slug: slug.trim(),
            domain: domain.trim() === "" ? null : domain.trim(),
            time_zone: timeZone,
            currency,
            locales: languages.locales,
            default_locale: languages.defaultLocale,
            settings,
            ...(isSpokenOtherwise ? { languages: wanted } : {}),
          },
        }),
      ),
    refresh: [sites.queryKey],
    message: (changed) => say("state.saved", { name: changed.name }),
  });
  const remove = useWrite({
    write: () => answer(client.DELETE("/api/v1/sites/{id}/", { params: { path: { id: site.id } } })),
    refresh: [sites.queryKey],
    message: () => say("sites.deleted", { name: site.name }),
    done: () => void navigate({ to: "/dashboard" }),
  });
  return (
    <>
      <Form className="card stack" errors={save.errors} isReadOnly={isReadOnly} onSubmit={() => save.run(undefined)}>
        {isReadOnly && <p className="soft">{say("state.readOnly")}</p>}
        <div className="columns">
          <Input name="/name" label={say("field.name")} value={name} onChange={setName} />
          <Input name="/slug" label={say("sites.slug")} help={say("sites.slugHelp")} value={slug} onChange={setSlug} />
        </div>
        <Input name="/domain" label={say("sites.domain")} optional={say("field.optional")} help={say("sites.domainHelp")} value={domain} onChange={setDomain} />
        <div className="columns">
          <Select name="/time_zone" label={say("field.timeZone")} value={timeZone} options={timeZones()} onChange={setTimeZone} />
          <Select name="/currency" label={say("field.currency")} value={currency} options={currencies(say)} onChange={setCurrency} />
        </div>
        <LanguageFields
          locales={languages.locales}
          defaultLocale={languages.defaultLocale}
          names={{ locales: "/locales", defaultLocale: "/default_locale" }}
          isReadOnly={isReadOnly}
          onChange={(locales, defaultLocale) => setLanguages({ locales, defaultLocale })}
        />
        <LanguageSettings
          locales={languages.locales}
          defaultLocale={languages.defaultLocale}
          settings={speaks}
          isReadOnly={isReadOnly}
          wrong={save.refusal instanceof Refusal ? save.refusal.fields.map((field) => field.pointer) : []}
          onChange={setSpeaks}
        />
        <div className="columns">
          {Object.entries(settings)
            .sort(([a], [b]) => a.localeCompare(b))
            .map(([key, value]) => (
              <Input
                key={key}
                name={`/settings/${key}`}
                label={settingName(key)}
                {...(COLOUR.test(value) ? { type: "color" } : {})}
                value={value}
                onChange={(changed) => setSettings({ ...settings, [key]: changed })}
              />
            ))}
        </div>
        {!isReadOnly && (
          <div className="row">
            <Button kind="primary" type="submit" isBusy={save.isBusy}>
              {say("action.save")}
            </Button>
          </div>
        )}
      </Form>
      <ReviewRule site={site} isReadOnly={isReadOnly} />
      {may("content.import") && (
        <section className="card row row-apart">
          <div className="stack stack-tight">
            <h2>{say("imports.toSite")}</h2>
            <p className="soft">{say("imports.toSiteAbout")}</p>
          </div>
          <Link className="button" to="/dashboard/imports" search={{ site: site.id }}>
            {say("imports.title")}
          </Link>
        </section>
      )}
      <Alpinebits site={site} />
      {!isReadOnly && (
        <section className="card row row-apart">
          <div className="stack stack-tight">
            <h2>{say("sites.deleteHead")}</h2>
            <p className="soft">{say("sites.deleteAbout")}</p>
          </div>
          <Button kind="danger" onClick={() => setIsDeleting(true)}>
            {say("action.delete")}
          </Button>
        </section>
      )}
      {isDeleting && (
        <Confirm
          title={say("sites.deleteTitle", { name: site.name })}
          consequence={say("sites.deleteConsequence", { name: site.name })}
          confirm={say("action.delete")}
          cancel={say("action.cancel")}
          isBusy={remove.isBusy}
          error={remove.error}
          onConfirm={() => remove.run(undefined)}
          onClose={() => setIsDeleting(false)}
        />
      )}
    </>
  );
}

/** `primary_color` as people read it. */
function settingName(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
