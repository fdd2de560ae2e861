import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { me, useMay, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Button, Empty, Secret } from "../ui/parts";
import { useMembership } from "../shell/queries";
import { Exports } from "./Exports";
import { LanguageFields } from "./LanguageFields";
import { currencies, timeZones } from "./places";

const CURRENT = ["organization"] as const;

export function Organization() {
  const say = useSpeaker();
  const membership = useMembership();
  const query = useQuery({ queryKey: CURRENT, queryFn: () => answer(client.GET("/api/v1/organizations/current/")), enabled: membership !== undefined });
  return (
    <Page title={say("organization.title")} about={say("organization.about")}>
      {membership === undefined ? (
        <Empty>{say("sites.noOrganization")}</Empty>
      ) : (
        <Loaded query={query}>
          {(organization) => (
            <>
              <Details key={organization.updated_at} organization={organization} />
              <section className="card stack">
                <h2>{say("organization.id")}</h2>
                <p className="soft">{say("organization.idAbout")}</p>
                <Secret value={organization.id} label="X-Organization-ID" copy={say("action.copy")} copied={say("action.copied")} />
              </section>
              <Exports />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Details({ organization }: { organization: Schemas["Organization"] }) {
  const say = useSpeaker();
  const isReadOnly = !useMay()("organization.manage");
  const [name, setName] = useState(organization.name);
  const [timeZone, setTimeZone] = useState(organization.time_zone);
  const [currency, setCurrency] = useState(organization.currency);
  const [languages, setLanguages] = useState({ locales: organization.locales, defaultLocale: organization.default_locale });
  const save = useWrite({
    write: () =>
      answer(
        client.PATCH("/api/v1/organizations/current/", {
          body: { name: name.trim(), time_zone: timeZone, currency, locales: languages.locales, default_locale: languages.defaultLocale },
        }),
      ),
    refresh: [CURRENT, me.queryKey],
    message: (changed) => say("state.saved", { name: changed.name }),
  });
  return (
    <Form className="card stack" errors={save.errors} isReadOnly={isReadOnly} onSubmit={() => save.run(undefined)}>
      {isReadOnly && <p className="soft">{say("state.readOnly")}</p>}
      <Input name="/name" label={say("organization.name")} value={name} onChange={setName} />
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
      {!isReadOnly && (
        <div className="row">
          <Button kind="primary" type="submit" isBusy={save.isBusy}>
            {say("action.save")}
          </Button>
        </div>
      )}
    </Form>
  );
}
