// The entries of one type on a site: what there is, what guests see of it, and the ways to make, copy and delete.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { DeleteEntry, NewEntry, useDuplicate } from "../editing/entries";
import { usePageNumber, useQueryParam } from "../shell/address";
import { Paging } from "../shell/Paging";
import { Excerpt, SearchBox } from "../shell/Search";
import { useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Select } from "../ui/form";
import { Badge, Button, Empty } from "../ui/parts";
import { Table } from "../ui/table";
import { BulkBar } from "../work/BulkBar";
import { EntriesFile } from "./EntriesFile";

const PAGE_SIZE = 25;
/** Where things can stand, as a list is asked. */
const STATES = ["draft", "in_review", "scheduled", "live", "live_with_draft", "archived"] as const;

export function Entries({ site, type }: { site: Schemas["Site"]; type: Schemas["TypeDeclaration"] }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const page = usePageNumber();
  const [deleting, setDeleting] = useState<Schemas["Entry"] | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  const [isAtFile, setIsAtFile] = useState(false);
  const duplicate = useDuplicate(site, type);
  const key = ["entries", site.id, type.name];
  const words = useQueryParam("q") ?? "";
  const wantedState = useQueryParam("state");
  const state = STATES.find((each) => each === wantedState) ?? "";
  const [chosenIds, setChosenIds] = useState<readonly string[]>([]);
  const query = useQuery({
    queryKey: [...key, page, words, state],
    queryFn: () => found(site.id, type.name, words, state, page),
    placeholderData: keepPreviousData,
  });
  const turn = (to: number) => void navigate({ to: ".", search: { ...(words === "" ? {} : { q: words }), ...(state === "" ? {} : { state }), page: to } });
  const look = (wanted: string) => void navigate({ to: ".", search: wanted.trim() === "" ? {} : { q: wanted }, replace: true });
  const filter = (wanted: string) => void navigate({ to: ".", search: wanted === "" ? {} : { state: wanted }, replace: true });
  const chosen = (query.data?.results ?? []).filter((entry) => chosenIds.includes(entry.id));
  const choose = (id: string, isChosen: boolean) => setChosenIds(isChosen ? [...chosenIds, id] : chosenIds.filter((each) => each !== id));
  const make = may("content.edit") && (
    <Button kind="primary" icon="plus" onClick={() => setIsMaking(true)}>
      {say("entries.new", { thing: say.of(type.title) })}
    </Button>
  );
  return (
    <>
      <div className="row row-apart">
        <p className="soft">{say.of(type.help)}</p>
        {make}
      </div>
      <div className="row list-tools">
        <SearchBox label={say("entries.search", { things: say.of(type.title_plural) })} value={words} onChange={look} />
        {words === "" && <Select name="/state" label={say("entries.standing")} value={state} onChange={filter} options={[{ value: "", label: say("entries.standing.all") }, ...STATES.map((each) => ({ value: each, label: say(`entries.standing.${each}`) }))]} />}
        <Button kind="quiet" icon="download" onClick={() => setIsAtFile(true)}>
          {say("entriesFile.open")}
        </Button>
      </div>
      {chosen.length > 0 && <BulkBar site={site} type={type} chosen={chosen} isArchive={state === "archived"} onDone={() => setChosenIds([])} />}
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              state !== "" ? (
                <Empty>{say("entries.noneStanding")}</Empty>
              ) : words === "" ? (
                <Empty action={make}>{say("entries.empty", { things: say.of(type.title_plural) })}</Empty>
              ) : (
                <Empty>{say("entries.nothingFound", { words })}</Empty>
              )
            ) : (
              <Table
                caption={say.of(type.title_plural)}
                items={found.results}
                keyOf={(entry) => entry.id}
                columns={[
                  may("content.edit") && {
                    label: say("bulk.choose"),
                    cell: (entry) => <input type="checkbox" aria-label={say("bulk.chooseThing", { name: entry.title })} checked={chosenIds.includes(entry.id)} onChange={(event) => choose(entry.id, event.target.checked)} />,
                  },
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (entry) => (
                      <div className="stack stack-tight">
                        <Link className="strong" to="/dashboard/sites/$site/$collection/$entry" params={{ site: site.id, collection: type.plural, entry: entry.id }}>
                          {entry.title === "" ? say("entries.untitled") : entry.title}
                        </Link>
                        <span className="soft small break">{entry.slug}</span>
                        {found.excerpts[entry.id] !== undefined && <Excerpt html={found.excerpts[entry.id] ?? ""} />}
                      </div>
                    ),
                  },
                  { label: say("entries.visible"), cell: (entry) => <Visible site={site} entry={entry} /> },
                  { label: say("field.changed"), cell: (entry) => <span className="soft">{say.moment(entry.updated_at)}</span> },
                  (may("content.publish") || may("content.edit")) && {
                    label: say("field.actions"),
                    role: "actions",
                    cell: (entry) => (
                      <div className="row">
                        {may("content.publish") && entry.state !== "archived" && <PublishEntry site={site} type={type} entry={entry} />}
                        {may("content.edit") && (
                          <>
                            <Button kind="quiet" isSmall icon="copy" aria-label={say("edit.duplicateThing", { name: entry.title })} title={say("edit.duplicate")} isBusy={duplicate.isBusy} onClick={() => duplicate.run(entry)} />
                            <Button kind="quiet-danger" isSmall onClick={() => setDeleting(entry)}>
                              {say("action.delete")}
                            </Button>
                          </>
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
      {query.data !== undefined && <Paging page={page} size={PAGE_SIZE} count={query.data.count} onTurn={turn} />}
      {deleting !== null && <DeleteEntry site={site} entry={deleting} onClose={() => setDeleting(null)} />}
      {isAtFile && <EntriesFile site={site} type={type} onClose={() => setIsAtFile(false)} />}
      {isMaking && <NewEntry site={site} type={type} onClose={() => setIsMaking(false)} />}
    </>
  );
}

interface Listed {
  count: number;
  results: Schemas["Entry"][];
  /** Where the words stand, by the entry's id. */
  excerpts: Record<string, string>;
}

/** A page of the entries of a type: all of them in their order, or those in which the words stand, the best first. */
async function found(site: string, type: string, words: string, state: string, page: number): Promise<Listed> {
  if (words.trim() === "") {
    const listed = await answer(client.GET("/api/v1/sites/{site}/entries/", { params: { path: { site }, query: { type, page, page_size: PAGE_SIZE, ...(state === "" ? {} : { state }) } } }));
    return { ...listed, excerpts: {} };
  }
  const hits = await answer(client.GET("/api/v1/sites/{site}/search/", { params: { path: { site }, query: { q: words, type, page, page_size: PAGE_SIZE } } }));
  const excerpts = hits.results.filter((hit) => hit.excerpt.includes("<mark>")).map((hit) => [hit.entry.id, hit.excerpt]);
  return { count: hits.count, results: hits.results.map((hit) => hit.entry), excerpts: Object.fromEntries(excerpts) as Record<string, string> };
}

/** The languages of a site in which visitors see an entry, and whether what they see is the newest. */
export function Visible({ site, entry }: { site: Schemas["Site"]; entry: Schemas["Entry"] }) {
  const say = useSpeaker();
  const shown = site.locales.filter((locale) => locale in entry.published);
  const standing = entry.state === "in_review" || entry.state === "scheduled" || entry.state === "archived" ? entry.state : null;
  if (shown.length === 0) return <Badge {...(standing === null || standing === "archived" ? {} : { kind: "waiting" })}>{say(standing === null ? "state.draft" : `entries.standing.${standing}`)}</Badge>;
  return (
    <div className="badges">
      {standing !== null && <Badge kind="waiting">{say(`entries.standing.${standing}`)}</Badge>}
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
