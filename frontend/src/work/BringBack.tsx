// The archive, from the screen of what is in it or goes there.

import { answer, client, type Schemas } from "../api/client";
import { queryClient, useMay, useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Button, Notice } from "../ui/parts";

type Site = Schemas["Site"];
type Entry = Schemas["Entry"];

/** What the server answers is what the screen shows. */
function keep(changed: Entry): void {
  queryClient.setQueryData(["entry", changed.id], changed);
}

function useBringBack(site: Site, entry: Entry, isUndo: boolean) {
  const say = useSpeaker();
  return useWrite({
    isUndo,
    write: (publish: boolean) => answer(client.POST("/api/v1/sites/{site}/entries/{id}/bring-back/", { params: { path: { site: site.id, id: entry.id } }, body: { publish } })),
    refresh: [["entries", site.id]],
    done: keep,
    message: (back) => say(Object.keys(back.published).length > 0 ? "bin.restoredPublic" : "bin.restored", { name: back.title }),
  });
}

/** Puts an entry aside, with the way back in the message. */
export function useArchive(site: Site, entry: Entry) {
  const say = useSpeaker();
  const may = useMay();
  const back = useBringBack(site, entry, true);
  return useWrite({
    write: () => answer(client.POST("/api/v1/sites/{site}/entries/{id}/archive/", { params: { path: { site: site.id, id: entry.id } } })),
    refresh: [["entries", site.id]],
    done: keep,
    message: (archived) => say("archive.done", { name: archived.title }),
    undo: { label: say("action.undo"), run: () => back.run(may("content.publish")) },
  });
}

/** Stands above what is in the archive: what that means, and the ways out. */
export function BringBack({ site, entry }: { site: Site; entry: Entry }) {
  const say = useSpeaker();
  const may = useMay();
  const back = useBringBack(site, entry, false);
  return (
    <Notice
      kind="waiting"
      action={
        may("content.edit") && (
          <span className="row">
            <Button isSmall isBusy={back.isBusy} onClick={() => back.run(false)}>
              {say("archive.asDraft")}
            </Button>
            {may("content.publish") && (
              <Button isSmall isBusy={back.isBusy} onClick={() => back.run(true)}>
                {say("archive.asItWas")}
              </Button>
            )}
          </span>
        )
      }
    >
      <p>{entry.archived_at === null ? say("archive.is") : say("archive.since", { when: say.moment(entry.archived_at) })}</p>
      {back.error !== null && <p className="field-error">{back.error}</p>}
    </Notice>
  );
}
