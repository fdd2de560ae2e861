// The entries of a site by what they lack in a language. What is looked for stands in the address.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import type { Schemas } from "../api/client";
import { WithSite } from "../screens/Site";
import { usePageNumber, useQueryParam } from "../shell/address";
import { Paging } from "../shell/Paging";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Select } from "../ui/form";
import { Badge, Empty } from "../ui/parts";
import { Table } from "../ui/table";
import { lacking, LACKS, PAGE_SIZE } from "./queries";

export function Lacking() {
  return <WithSite>{(site, types) => <List site={site} types={types} />}</WithSite>;
}

function List({ site, types }: { site: Schemas["Site"]; types: readonly Schemas["TypeDeclaration"][] }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const page = usePageNumber();
  const wantedLocale = useQueryParam("locale") ?? "";
  const wantedState = useQueryParam("state");
  const locale = site.locales.includes(wantedLocale) ? wantedLocale : "";
  const type = useQueryParam("type") ?? "";
  const state = LACKS.find((each) => each === wantedState) ?? "";
  const query = useQuery(lacking(site.id, { locale, type, state, page }));
  const kept = { locale, type, state };
  const look = (changed: Partial<typeof kept>, to = 1) => {
    const wanted = Object.entries({ ...kept, ...changed }).filter(([, value]) => value !== "");
    void navigate({ to: ".", search: { ...Object.fromEntries(wanted), ...(to > 1 ? { page: to } : {}) }, replace: to === page });
  };
  const typeOf = (name: string) => types.find((each) => each.name === name);
  return (
    <>
      <Link className="page-back" to="/dashboard/sites/$site/translations" params={{ site: site.id }}>
        {say("translation.title")}
      </Link>
      <div className="columns">
        <Select name="/state" label={say("translation.lack")} value={state} onChange={(value) => look({ state: LACKS.find((each) => each === value) ?? "" })} options={[{ value: "", label: say("translation.lack.all") }, ...LACKS.map((each) => ({ value: each, label: say(`translation.lack.${each}`) }))]} />
        <Select name="/locale" label={say("translation.language")} value={locale} onChange={(value) => look({ locale: value })} options={[{ value: "", label: say("translation.everyLanguage") }, ...site.locales.map((each) => ({ value: each, label: say.languageName(each) }))]} />
        <Select name="/type" label={say("translation.type")} value={type} onChange={(value) => look({ type: value })} options={[{ value: "", label: say("translation.everyType") }, ...types.map((each) => ({ value: each.name, label: say.of(each.title_plural) }))]} />
      </div>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty>{say(state === "" ? "translation.nothingYet" : "translation.nothingLacking")}</Empty>
            ) : (
              <Table
                caption={say("translation.toDo")}
                items={found.results}
                keyOf={(entry) => `${entry.id} ${entry.locale}`}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (entry) => (
                      <div className="stack stack-tight">
                        <Open site={site} entry={entry} plural={typeOf(entry.type)?.plural ?? entry.type} />
                        <span className="soft small break">{`${say.of(typeOf(entry.type)?.title) || entry.type} · ${entry.slug}`}</span>
                      </div>
                    ),
                  },
                  { label: say("translation.language"), cell: (entry) => say.languageName(entry.locale) },
                  {
                    label: say("translation.lacks"),
                    cell: (entry) => (
                      <div className="badges">
                        {entry.missing > 0 && <Badge kind="danger">{say.count("translation.missing", entry.missing)}</Badge>}
                        {entry.stale > 0 && <Badge kind="waiting">{say.count("translation.stale", entry.stale)}</Badge>}
                        {entry.empty > 0 && <Badge>{say.count("translation.empty", entry.empty)}</Badge>}
                        {entry.missing + entry.stale + entry.empty === 0 && <Badge kind="good">{say("translation.complete")}</Badge>}
                      </div>
                    ),
                  },
                  { label: say("translation.filledTexts"), align: "end", cell: (entry) => <span className="soft numbers">{say.number(entry.filled)}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {query.data !== undefined && <Paging page={page} size={PAGE_SIZE} count={query.data.count} onTurn={(to) => look({}, to)} />}
    </>
  );
}

/** A translation opens beside its source; the first language is written in the form. */
function Open({ site, entry, plural }: { site: Schemas["Site"]; entry: { id: string; title: string; locale: string }; plural: string }) {
  const say = useSpeaker();
  const name = entry.title === "" ? say("entries.untitled") : entry.title;
  return entry.locale === site.default_locale ? (
    <Link className="strong" to="/dashboard/sites/$site/$collection/$entry" params={{ site: site.id, collection: plural, entry: entry.id }} search={{ language: entry.locale }}>
      {name}
    </Link>
  ) : (
    <Link className="strong" to="/dashboard/sites/$site/translations/$entry" params={{ site: site.id, entry: entry.id }} search={{ target: entry.locale }}>
      {name}
    </Link>
  );
}
