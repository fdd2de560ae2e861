// The bin of a site: what was deleted in the last thirty days, and the way back.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { usePageNumber } from "../shell/address";
import { Paging } from "../shell/Paging";
import { useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Confirm, Dialog, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";
import { WithSite } from "./Site";

const PAGE_SIZE = 25;

type Deleted = Schemas["DeletedEntry"];

export function Bin() {
  return <WithSite>{(site, types) => <Contents site={site} types={types} />}</WithSite>;
}

function Contents({ site, types }: { site: Schemas["Site"]; types: readonly Schemas["TypeDeclaration"][] }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const page = usePageNumber();
  const [restoring, setRestoring] = useState<Deleted | null>(null);
  const [purging, setPurging] = useState<Deleted | null>(null);
  const query = useQuery({
    queryKey: ["bin", site.id, page],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/bin/", { params: { path: { site: site.id }, query: { page, page_size: PAGE_SIZE } } })),
    placeholderData: keepPreviousData,
  });
  const nameOf = (entry: Deleted) => (entry.title === "" ? say("entries.untitled") : entry.title);
  const typeOf = (entry: Deleted) => types.find((type) => type.name === entry.type);
  return (
    <>
      <p className="soft">{say("bin.about")}</p>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty>{say("bin.empty")}</Empty>
            ) : (
              <Table
                caption={say("bin.title")}
                items={found.results}
                keyOf={(entry) => entry.id}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (entry) => (
                      <div className="stack stack-tight">
                        <span className="strong">{nameOf(entry)}</span>
                        <span className="soft small">{say.of(typeOf(entry)?.title) || entry.type}</span>
                      </div>
                    ),
                  },
                  {
                    label: say("bin.deleted"),
                    cell: (entry) => (
                      <div className="stack stack-tight">
                        <span>{say.moment(entry.deleted_at)}</span>
                        <span className="soft small break">{entry.deleted_by}</span>
                      </div>
                    ),
                  },
                  { label: say("bin.until"), cell: (entry) => <span className="soft">{say.date(entry.purged_at)}</span> },
                  { label: say("bin.state"), cell: (entry) => (entry.was_published ? <Badge kind="good">{say("bin.wasPublic")}</Badge> : <Badge>{say("state.draft")}</Badge>) },
                  may("content.edit") && {
                    label: say("field.actions"),
                    role: "actions",
                    cell: (entry) => (
                      <div className="row">
                        <Button isSmall icon="undo" onClick={() => setRestoring(entry)}>
                          {say("bin.restore")}
                        </Button>
                        {may("content.publish") && (
                          <Button kind="quiet-danger" isSmall onClick={() => setPurging(entry)}>
                            {say("bin.purge")}
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
      {query.data !== undefined && <Paging page={page} size={PAGE_SIZE} count={query.data.count} onTurn={(to) => void navigate({ to: ".", search: { page: to } })} />}
      {restoring !== null && <Restore site={site} entry={restoring} name={nameOf(restoring)} mayPublish={may("content.publish")} onClose={() => setRestoring(null)} />}
      {purging !== null && <Purge site={site} entry={purging} name={nameOf(purging)} onClose={() => setPurging(null)} />}
    </>
  );
}

function Restore({ site, entry, name, mayPublish, onClose }: { site: Schemas["Site"]; entry: Deleted; name: string; mayPublish: boolean; onClose: () => void }) {
  const say = useSpeaker();
  const canPublish = entry.was_published && mayPublish;
  const restore = useWrite({
    write: (publish: boolean) => answer(client.POST("/api/v1/sites/{site}/bin/{id}/restore/", { params: { path: { site: site.id, id: entry.id } }, body: { publish } })),
    refresh: [
      ["bin", site.id],
      ["entries", site.id],
    ],
    done: onClose,
    message: (back) => {
      const to = back.state === "archived" ? "bin.restoredArchived" : Object.keys(back.published).length > 0 ? "bin.restoredPublic" : "bin.restored";
      const restored = say(to, { name });
      return back.dropped.length > 0 ? `${restored} ${say("bin.restoredWithout", { fields: back.dropped.join(", ") })}` : restored;
    },
  });
  return (
    <Dialog title={say("bin.restoreTitle", { name })} closeLabel={say("action.close")} onClose={onClose}>
      <p>{say(canPublish ? "bin.restorePublic" : "bin.restoreDraft")}</p>
      {restore.error !== null && <Notice kind="error">{restore.error}</Notice>}
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind={canPublish ? "plain" : "primary"} isBusy={restore.isBusy} onClick={() => restore.run(false)}>
          {say("bin.asDraft")}
        </Button>
        {canPublish && (
          <Button kind="primary" isBusy={restore.isBusy} onClick={() => restore.run(true)}>
            {say("bin.asItWas")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Purge({ site, entry, name, onClose }: { site: Schemas["Site"]; entry: Deleted; name: string; onClose: () => void }) {
  const say = useSpeaker();
  const purge = useWrite({
    write: () => answer(client.DELETE("/api/v1/sites/{site}/bin/{id}/", { params: { path: { site: site.id, id: entry.id } } })),
    refresh: [["bin", site.id]],
    done: onClose,
    message: () => say("bin.purged", { name }),
  });
  return (
    <Confirm
      title={say("bin.purgeTitle", { name })}
      consequence={say("bin.purgeConsequence")}
      confirm={say("bin.purge")}
      cancel={say("action.cancel")}
      isBusy={purge.isBusy}
      error={purge.error}
      onConfirm={() => purge.run(undefined)}
      onClose={onClose}
    />
  );
}
