// One site: its head, and its content by type.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { answer, client, Refusal, type Schemas } from "../api/client";
import { usePageNumber, useParam } from "../shell/address";
import { declarations, sites, useMay, useWrite } from "../shell/queries";
import { Failed, Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Confirm, Empty, Skeleton } from "../ui/parts";
import { Table } from "../ui/table";
import { PublishSite, SiteState } from "./Sites";

const PAGE_SIZE = 25;

/** The site of the address, with its head and the ways to its parts. */
export function WithSite({ children }: { children: (site: Schemas["Site"], types: Schemas["TypeDeclaration"][]) => ReactNode }) {
  const say = useSpeaker();
  const may = useMay();
  const id = useParam("site");
  const known = useQuery(sites);
  const types = useQuery(declarations);
  const site = known.data?.results.find((each) => each.id === id);
  const back = (
    <Link className="page-back" to="/dashboard">
      {say("sites.title")}
    </Link>
  );
  if (site === undefined || types.data === undefined) {
    const error = known.error ?? types.error;
    return (
      <Page title={say("sites.site")} back={back}>
        {error !== null ? (
          <Failed
            error={error}
            retry={() => {
              void known.refetch();
              void types.refetch();
            }}
          />
        ) : known.isSuccess && types.isSuccess ? (
          <Failed error={new Refusal(404, "not_found", say("sites.notFound"))} />
        ) : (
          <Skeleton label={say("state.loading")} />
        )}
      </Page>
    );
  }
  // Pages first, as on the website's own menu; then by name.
  const ordered = [...types.data.types].sort(
    (a, b) => Number(b.name === "page") - Number(a.name === "page") || say.of(a.title_plural).localeCompare(say.of(b.title_plural), say.language),
  );
  return (
    <Page
      title={site.name}
      back={back}
      about={
        <span className="row">
          <SiteState site={site} />
          <span className="break">{site.domain ?? say("sites.noDomain")}</span>
        </span>
      }
      actions={may("sites.manage") && <PublishSite site={site} />}
    >
      <nav className="tabs" aria-label={say("sites.parts")}>
        {ordered.map((type) => (
          <Link key={type.name} className="tab" to="/dashboard/sites/$site/$collection" params={{ site: site.id, collection: type.plural }}>
            {say.of(type.title_plural)}
          </Link>
        ))}
        <Link className="tab" to="/dashboard/sites/$site/settings" params={{ site: site.id }}>
          {say("sites.settings")}
        </Link>
      </nav>
      {children(site, ordered)}
    </Page>
  );
}

/** `/dashboard/sites/SITE` and `/dashboard/sites/SITE/COLLECTION`. */
export function SiteContent() {
  const collection = useParam("collection");
  return (
    <WithSite>
      {(site, types) => {
        const type = types.find((each) => each.plural === collection);
        if (type !== undefined) return <Entries key={type.name} site={site} type={type} />;
        const first = types[0];
        return first !== undefined && <Navigate to="/dashboard/sites/$site/$collection" params={{ site: site.id, collection: first.plural }} replace />;
      }}
    </WithSite>
  );
}

function Entries({ site, type }: { site: Schemas["Site"]; type: Schemas["TypeDeclaration"] }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const page = usePageNumber();
  const [deleting, setDeleting] = useState<Schemas["Entry"] | null>(null);
  const key = ["entries", site.id, type.name];
  const query = useQuery({
    queryKey: [...key, page],
    queryFn: () =>
      answer(client.GET("/api/v1/sites/{site}/entries/", { params: { path: { site: site.id }, query: { type: type.name, page, page_size: PAGE_SIZE } } })),
    placeholderData: keepPreviousData,
  });
  const remove = useWrite({
    write: (entry: Schemas["Entry"]) => answer(client.DELETE("/api/v1/sites/{site}/entries/{id}/", { params: { path: { site: site.id, id: entry.id } } })),
    refresh: [key],
    done: () => setDeleting(null),
    message: (_, entry) => say("entries.deleted", { name: entry.title }),
  });
  const turn = (to: number) => void navigate({ to: ".", search: { page: to } });
  return (
    <>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty
                action={
                  <a className="button" href="/docs/">
                    {say("shell.help")}
                  </a>
                }
              >
                {say("entries.empty", { things: say.of(type.title_plural) })}
              </Empty>
            ) : (
              <Table
                caption={say.of(type.title_plural)}
                items={found.results}
                keyOf={(entry) => entry.id}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (entry) => (
                      <div className="stack stack-tight">
                        <Link className="strong" to="/dashboard/sites/$site/$collection/$entry" params={{ site: site.id, collection: type.plural, entry: entry.id }}>
                          {entry.title === "" ? say("entries.untitled") : entry.title}
                        </Link>
                        <span className="soft small break">{entry.slug}</span>
                      </div>
                    ),
                  },
                  { label: say("entries.visible"), cell: (entry) => <Visible site={site} entry={entry} /> },
                  { label: say("field.changed"), cell: (entry) => <span className="soft">{say.moment(entry.updated_at)}</span> },
                  may("content.publish") && {
                    label: say("field.actions"),
                    role: "actions",
                    cell: (entry) => (
                      <div className="row">
                        <PublishEntry site={site} type={type} entry={entry} />
                        {may("content.edit") && (
                          <Button kind="quiet-danger" isSmall onClick={() => setDeleting(entry)}>
                            {say("action.delete")}
                          </Button>
                        )}
                      </div>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {query.data !== undefined && query.data.count > PAGE_SIZE && (
        <nav className="row row-apart" aria-label={say("list.pages")}>
          <span className="soft numbers">
            {say("list.range", {
              from: say.number((page - 1) * PAGE_SIZE + 1),
              to: say.number(Math.min(page * PAGE_SIZE, query.data.count)),
              of: say.number(query.data.count),
            })}
          </span>
          <div className="row">
            <Button isSmall disabled={page <= 1} onClick={() => turn(page - 1)}>
              {say("list.previous")}
            </Button>
            <Button isSmall disabled={page * PAGE_SIZE >= query.data.count} onClick={() => turn(page + 1)}>
              {say("list.next")}
            </Button>
          </div>
        </nav>
      )}
      {deleting !== null && (
        <Confirm
          title={say("entries.deleteTitle", { name: deleting.title })}
          consequence={say("entries.deleteConsequence")}
          confirm={say("action.delete")}
          cancel={say("action.cancel")}
          isBusy={remove.isBusy}
          error={remove.error}
          onConfirm={() => remove.run(deleting)}
          onClose={() => setDeleting(null)}
        />
      )}
    </>
  );
}

/** The languages of a site in which visitors see an entry, and whether what they see is the newest. */
function Visible({ site, entry }: { site: Schemas["Site"]; entry: Schemas["Entry"] }) {
  const say = useSpeaker();
  const shown = site.locales.filter((locale) => locale in entry.published);
  if (shown.length === 0) return <Badge>{say("state.draft")}</Badge>;
  return (
    <div className="badges">
      {shown.map((locale) =>
        entry.published[locale] === entry.revision ? (
          <Badge key={locale} kind="good">
            {say.languageName(locale)}
          </Badge>
        ) : (
          <Badge key={locale} kind="waiting">
            {say("entries.changed", { language: say.languageName(locale) })}
          </Badge>
        ),
      )}
    </div>
  );
}

interface PublishEntryProps {
  site: Schemas["Site"];
  type: Schemas["TypeDeclaration"];
  entry: Schemas["Entry"];
}

function PublishEntry({ site, type, entry }: PublishEntryProps) {
  const say = useSpeaker();
  const shown = Object.values(entry.published);
  const isCurrent = shown.length > 0 && shown.every((revision) => revision === entry.revision);
  const path = { site: site.id, id: entry.id };
  const change = useWrite({
    write: () =>
      answer(
        isCurrent
          ? client.POST("/api/v1/sites/{site}/entries/{id}/unpublish/", { params: { path }, body: {} })
          : client.POST("/api/v1/sites/{site}/entries/{id}/publish/", { params: { path }, body: { revision: entry.revision } }),
      ),
    refresh: [
      ["entries", site.id, type.name],
      ["entry", entry.id],
    ],
    message: (changed) => say(Object.keys(changed.published).length > 0 ? "entries.published" : "entries.unpublished", { name: changed.title }),
  });
  return (
    <div className="stack stack-narrow">
      <Button isSmall isBusy={change.isBusy} onClick={() => change.run(undefined)}>
        {say(isCurrent ? "action.unpublish" : "action.publish")}
      </Button>
      {change.error !== null && (
        <span className="field-error" role="alert">
          {change.error}
        </span>
      )}
    </div>
  );
}

/** One entry as the team has it: its fields, and what was saved when. */
export function EntryScreen() {
  const id = useParam("entry");
  return <WithSite>{(site, types) => <EntryDetail site={site} types={types} id={id ?? ""} />}</WithSite>;
}

function EntryDetail({ site, types, id }: { site: Schemas["Site"]; types: Schemas["TypeDeclaration"][]; id: string }) {
  const say = useSpeaker();
  const may = useMay();
  const path = { site: site.id, id };
  const query = useQuery({
    queryKey: ["entry", id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/", { params: { path } })),
  });
  const revisions = useQuery({
    queryKey: ["entry", id, "revisions"],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/revisions/", { params: { path, query: { page_size: PAGE_SIZE } } })),
  });
  return (
    <Loaded query={query}>
      {(entry) => {
        const type = types.find((each) => each.name === entry.type);
        return (
          <>
            <section className="card stack">
              <div className="row row-apart">
                <div className="stack stack-narrow">
                  <h2>{entry.title}</h2>
                  <Visible site={site} entry={entry} />
                </div>
                {may("content.publish") && type !== undefined && <PublishEntry site={site} type={type} entry={entry} />}
              </div>
              <dl className="facts">
                {type?.fields.map((field) => (
                  <Fact key={field.name} field={field} site={site} value={entry.document[field.name]} />
                ))}
              </dl>
            </section>
            <section className="card card-flush">
              <h2 className="card-head">{say("entries.revisions")}</h2>
              <Loaded query={revisions} lines={3}>
                {(found) => (
                  <Table
                    caption={say("entries.revisions")}
                    items={found.results}
                    keyOf={(revision) => revision.number}
                    columns={[
                      { label: say("entries.revision"), role: "name", cell: (revision) => <span className="strong">{say.number(revision.number)}</span> },
                      { label: say("field.saved"), cell: (revision) => say.moment(revision.created_at) },
                      {
                        label: say("entries.visible"),
                        cell: (revision) =>
                          Object.entries(entry.published)
                            .filter(([, number]) => number === revision.number)
                            .map(([locale]) => say.languageName(locale))
                            .join(", ") || "–",
                      },
                    ]}
                  />
                )}
              </Loaded>
            </section>
          </>
        );
      }}
    </Loaded>
  );
}

type Field = Schemas["Field"];

function Fact({ field, site, value }: { field: Field; site: Schemas["Site"]; value: unknown }) {
  const say = useSpeaker();
  if (value === undefined || value === null || value === "") return null;
  const parts: [string | null, unknown][] = field.localized && typeof value === "object" ? Object.entries(value) : [[null, value]];
  return (
    <>
      <dt>{say.of(field.label)}</dt>
      <dd className="stack stack-narrow">
        {parts.map(([locale, part]) => (
          <div key={locale ?? ""}>
            {locale !== null && <span className="soft small">{say.languageName(locale)} </span>}
            <Value kind={field} site={site} value={part} />
          </div>
        ))}
      </dd>
    </>
  );
}

/** A value as its declared kind shows it. */
function Value({ kind, site, value }: { kind: Schemas["FieldKind"]; site: Schemas["Site"]; value: unknown }) {
  const say = useSpeaker();
  if (kind.kind === "reference" && typeof value === "string") return <Reference site={site} id={value} />;
  if (kind.kind === "enum") {
    const chosen = kind.options.find((option) => option.value === value);
    return <span>{chosen === undefined ? inWords(value, say) : say.of(chosen.label)}</span>;
  }
  if (kind.kind === "list" && kind.item.kind === "reference" && Array.isArray(value)) {
    return (
      <span className="badges">
        {value.map((id) => (
          <Badge key={String(id)}>
            <Reference site={site} id={String(id)} />
          </Badge>
        ))}
      </span>
    );
  }
  return <span>{inWords(value, say)}</span>;
}

/** Another entry by its name. */
function Reference({ site, id }: { site: Schemas["Site"]; id: string }) {
  const found = useQuery({
    queryKey: ["entry", id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/", { params: { path: { site: site.id, id } } })),
  });
  return <span>{found.data?.title ?? id}</span>;
}

/** A value of a document as a line of text. */
export function inWords(value: unknown, say: ReturnType<typeof useSpeaker>): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return say.number(value);
  if (typeof value === "boolean") return say(value ? "state.yes" : "state.no");
  if (Array.isArray(value)) return say.count("entries.parts", value.length);
  if (typeof value === "object" && value !== null) {
    if ("root" in value) return textOf(value.root);
    return Object.entries(value)
      .filter(([name, part]) => name !== "id" && part !== null && part !== "")
      .map(([, part]) => inWords(part, say))
      .join(", ");
  }
  return "";
}

/** The plain text of formatted text. */
function textOf(node: unknown): string {
  if (typeof node !== "object" || node === null) return "";
  if ("text" in node && typeof node.text === "string") return node.text;
  if ("children" in node && Array.isArray(node.children)) return node.children.map(textOf).join(" ");
  return "";
}
