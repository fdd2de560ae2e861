// What an entry was: its versions, what has changed since each, and the way back, whole or in a single field.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { queryClient, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { type Speaker } from "../words";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Dialog, Empty, Notice, Skeleton } from "../ui/parts";
import { Table } from "../ui/table";
import { useEditing, useWork } from "./context";
import { placeInWords } from "./document/declared";
import { locate } from "./document/paths";
import type { Entry } from "./saving/session";
import { inWords } from "./words";

/** Versions shown at first; a button brings more. */
const REVISIONS_SHOWN = 10;
/** As many as one answer holds. */
const MOST_SHOWN = 200;

type Revision = Schemas["RevisionSummary"];

export function History({ entry }: { entry: Entry }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const [shown, setShown] = useState(REVISIONS_SHOWN);
  const [opened, setOpened] = useState<Revision | null>(null);
  const query = useQuery({
    queryKey: ["entry", entry.id, "revisions", shown],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/revisions/", { params: { path: { site: site.id, id: entry.id }, query: { page_size: shown } } })),
    placeholderData: (before) => before,
  });
  return (
    <details className="card card-flush">
      <summary className="card-head">
        <h2>{say("entries.revisions")}</h2>
      </summary>
      <Loaded query={query} lines={3}>
        {(found) => (
          <>
            <Table
              caption={say("entries.revisions")}
              items={found.results}
              keyOf={(revision) => revision.number}
              columns={[
                {
                  label: say("field.saved"),
                  role: "name",
                  cell: (revision) => (
                    <div className="stack stack-tight">
                      <span className="strong">{say.moment(revision.created_at)}</span>
                      <span className="soft small break">{authorOf(revision, say)}</span>
                      <Shown entry={entry} revision={revision} />
                    </div>
                  ),
                },
                {
                  label: say("field.actions"),
                  role: "actions",
                  cell: (revision) =>
                    revision.number === entry.revision ? (
                      <span className="soft small">{say("history.newest")}</span>
                    ) : (
                      <Button isSmall aria-label={say("history.openThing", { when: say.moment(revision.created_at) })} onClick={() => setOpened(revision)}>
                        {say("history.open")}
                      </Button>
                    ),
                },
              ]}
            />
            {found.count > found.results.length && shown < MOST_SHOWN && (
              <div className="card-foot">
                <Button isSmall onClick={() => setShown(MOST_SHOWN)}>
                  {say("history.more")}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {opened !== null && <Since revision={opened} entry={entry} onClose={() => setOpened(null)} />}
    </details>
  );
}

function authorOf(revision: Revision, say: Speaker): string {
  if (revision.author_kind === "job") return say("history.byProgram");
  return revision.author_name === "" ? say("history.bySomebody") : revision.author_name;
}

function Shown({ entry, revision }: { entry: Entry; revision: Revision }) {
  const say = useSpeaker();
  const languages = Object.entries(entry.published).filter(([, number]) => number === revision.number);
  if (languages.length === 0) return null;
  return (
    <span className="badges">
      {languages.map(([locale]) => (
        <Badge key={locale} kind="good">
          {say.languageName(locale)}
        </Badge>
      ))}
    </span>
  );
}

/** What has changed since a version. It is compared with what is saved: what is being typed is saved first. */
function Since({ revision, entry, onClose }: { revision: Revision; entry: Entry; onClose: () => void }) {
  const say = useSpeaker();
  const { session, site, isReadOnly } = useEditing();
  const newest = useWork((work) => work.base.revision);
  const saved = useQuery({ queryKey: ["flush", entry.id, revision.number], queryFn: () => session.flush(), staleTime: 0, gcTime: 0 });
  const query = useQuery({
    queryKey: ["entry", entry.id, "changes", revision.number, newest],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/changes/", { params: { path: { site: site.id, id: entry.id }, query: { from: revision.number, to: newest } } })),
    enabled: saved.data === true,
  });
  const restore = useWrite({
    write: (fields: string[] | null) =>
      answer(
        client.POST("/api/v1/sites/{site}/entries/{id}/restore/", {
          params: { path: { site: site.id, id: entry.id } },
          body: { revision: newest, from: revision.number, ...(fields === null ? {} : { fields }) },
        }),
      ),
    refresh: [["entries", site.id, entry.type]],
    done: (changed, fields) => {
      session.arrive(changed);
      queryClient.setQueryData(["entry", entry.id], changed);
      void queryClient.invalidateQueries({ queryKey: ["entry", entry.id, "revisions"] });
      if (fields === null) onClose();
    },
    message: ({ dropped }) =>
      say(dropped.length > 0 ? "history.restoredWithout" : "history.restored", { when: say.moment(revision.created_at), fields: dropped.join(", ") }),
  });
  return (
    <Dialog title={say("history.title", { when: say.moment(revision.created_at) })} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      <p className="soft">{say("history.about", { who: authorOf(revision, say) })}</p>
      {restore.error !== null && <Notice kind="error">{restore.error}</Notice>}
      {saved.data === false ? (
        <Notice kind="error">{say("history.notSaved")}</Notice>
      ) : saved.data === undefined ? (
        <Skeleton label={say("save.saving")} lines={3} />
      ) : (
        <Loaded query={query} lines={3}>
          {(found) =>
            found.fields.length === 0 ? (
              <Empty>{say("history.same")}</Empty>
            ) : (
              <div className="stack">
                {found.fields.map((change) => (
                  <Changed
                    key={change.pointer}
                    change={change}
                    {...(isReadOnly ? {} : { onRestore: () => restore.run([change.pointer]) })}
                    isBusy={restore.isBusy}
                  />
                ))}
              </div>
            )
          }
        </Loaded>
      )}
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.close")}</Button>
        {!isReadOnly && (
          <Button kind="primary" isBusy={restore.isBusy} disabled={query.data === undefined || query.data.fields.length === 0} onClick={() => restore.run(null)}>
            {say("history.restoreAll")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Changed({ change, onRestore, isBusy }: { change: Schemas["FieldChange"]; onRestore?: () => void; isBusy: boolean }) {
  const say = useSpeaker();
  const { type, sections } = useEditing();
  const document = useWork((work) => work.base.document);
  // Words of a line stand in a line; blocks of a text, and values, below each other.
  const isWords = typeof change.before === "string" && typeof change.after === "string";
  const name = placeInWords(type.fields, sections, document, locate(document, change.pointer), say);
  return (
    <div className="differences">
      <div className="row row-apart">
        <h3 className="small strong">{name === "" ? change.pointer : name}</h3>
        {onRestore !== undefined && (
          <Button isSmall kind="quiet" icon="undo" isBusy={isBusy} aria-label={say("history.restoreThing", { name })} onClick={onRestore}>
            {say("history.restore")}
          </Button>
        )}
      </div>
      <div dir="auto" className={isWords ? "difference-words" : "difference-text"}>
        {change.blocks !== undefined && change.blocks.length > 0
          ? change.blocks.map((block, index) => {
              const Element = block.kind === "removed" ? "del" : block.kind === "added" ? "ins" : "span";
              return <Element key={index}>{block.text}</Element>;
            })
          : [
              change.before !== undefined && <del key="before">{inWords(change.before, say)}</del>,
              change.after !== undefined && <ins key="after">{inWords(change.after, say)}</ins>,
            ]}
      </div>
    </div>
  );
}
