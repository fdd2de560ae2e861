// How far a site is in each of its languages: a row for each type, a column for each language, and every number leads to
// what it counts.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Schemas } from "../api/client";
import { useMay } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Empty } from "../ui/parts";
import { Table } from "../ui/table";
import { WithSite } from "../screens/Site";
import { Files } from "./Files";
import { completeness, type Lack } from "./queries";

type Row = Schemas["Completeness"];
type Type = Schemas["TypeDeclaration"];

export function Translations() {
  return <WithSite>{(site, types) => <Languages site={site} types={types} />}</WithSite>;
}

function Languages({ site, types }: { site: Schemas["Site"]; types: readonly Type[] }) {
  const say = useSpeaker();
  const may = useMay();
  const query = useQuery(completeness(site.id));
  if (site.locales.length < 2) {
    return (
      <div className="card card-flush">
        <Empty
          action={
            may("sites.manage") && (
              <Link className="button button-primary" to="/dashboard/sites/$site/settings" params={{ site: site.id }}>
                {say("translation.toSettings")}
              </Link>
            )
          }
        >
          {say("translation.oneLanguage")}
        </Empty>
      </div>
    );
  }
  return (
    <>
      <div className="row row-apart">
        <p className="soft grow">{say("translation.about")}</p>
        <Link className="button button-primary" to="/dashboard/sites/$site/translations/entries" params={{ site: site.id }} search={{ state: "any" }}>
          {say("translation.toDo")}
        </Link>
      </div>
      <div className="card card-flush">
        <Loaded query={query}>{({ results }) => <Progress site={site} types={types} rows={results} />}</Loaded>
      </div>
      <Files site={site} types={types} />
    </>
  );
}

function Progress({ site, types, rows }: { site: Schemas["Site"]; types: readonly Type[]; rows: readonly Row[] }) {
  const say = useSpeaker();
  const counted = types.filter((type) => rows.some((row) => row.type === type.name));
  if (counted.length === 0) return <Empty>{say("translation.nothingYet")}</Empty>;
  const rowOf = (type: Type, locale: string) => rows.find((row) => row.type === type.name && row.locale === locale);
  return (
    <Table
      caption={say("translation.title")}
      items={counted}
      keyOf={(type) => type.name}
      columns={[
        {
          label: say("translation.type"),
          role: "name",
          cell: (type) => (
            <div className="stack stack-tight">
              <span className="strong">{say.of(type.title_plural)}</span>
              <span className="soft small">{say.count("translation.entries", rowOf(type, site.default_locale)?.entries ?? 0)}</span>
            </div>
          ),
        },
        ...site.locales.map((locale) => ({
          label: locale === site.default_locale ? say("translation.first", { language: say.languageName(locale) }) : say.languageName(locale),
          cell: (type: Type) => <Counted site={site} type={type} locale={locale} row={rowOf(type, locale)} />,
        })),
      ]}
    />
  );
}

function Counted({ site, type, locale, row }: { site: Schemas["Site"]; type: Type; locale: string; row: Row | undefined }) {
  const say = useSpeaker();
  if (row === undefined) return <span className="soft">–</span>;
  const { filled, missing, empty, stale } = row;
  const all = filled + missing + empty;
  const percent = all === 0 ? 100 : Math.floor((filled / all) * 100);
  const names = { type: say.of(type.title_plural), language: say.languageName(locale) };
  const link = (state: Lack | null, words: string, kind: string) => (
    <Link
      className={kind}
      to="/dashboard/sites/$site/translations/entries"
      params={{ site: site.id }}
      search={{ locale, type: type.name, ...(state === null ? {} : { state }) }}
      aria-label={say("translation.linkTo", { ...names, what: words })}
    >
      {words}
    </Link>
  );
  return (
    <div className="translated">
      <div className="row row-fixed">
        <meter className="meter" min={0} max={100} value={percent} aria-label={say("translation.filled", names)} />
        {link(null, say("edit.percent", { percent: say.number(percent) }), "strong numbers")}
      </div>
      {(missing > 0 || empty > 0 || stale > 0) && (
        <div className="badges">
          {missing > 0 && link("missing", say.count("translation.missing", missing), "badge badge-danger")}
          {stale > 0 && link("stale", say.count("translation.stale", stale), "badge badge-waiting")}
          {empty > 0 && link("empty", say.count("translation.empty", empty), "badge")}
        </div>
      )}
      <Link className="soft small numbers" to="/dashboard/sites/$site/$collection" params={{ site: site.id, collection: type.plural }} aria-label={say("translation.publishedOf", { ...names, count: say.number(row.published), of: say.number(row.entries) })}>
        {say("translation.published", { count: say.number(row.published), of: say.number(row.entries) })}
      </Link>
    </div>
  );
}
