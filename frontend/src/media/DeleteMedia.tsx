// Deleting things of the library, with what it does to the pages that show them.

import { answer, client } from "../api/client";
import { queryClient, useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Confirm } from "../ui/parts";
import type { MediaItem } from "./queries";

interface DeleteMediaProps {
  items: readonly MediaItem[];
  onClose: () => void;
  onDone: () => void;
}

export function DeleteMedia({ items, onClose, onDone }: DeleteMediaProps) {
  const say = useSpeaker();
  const used = items.filter((item) => item.uses > 0);
  const remove = useWrite({
    write: async () => {
      // One after the other: what was refused leaves the rest as it is, and is told.
      for (const item of items) {
        const query = item.uses > 0 ? { even_if_used: true } : {};
        await answer(client.DELETE("/api/v1/media/{id}/", { params: { path: { id: item.id }, query } }));
        queryClient.removeQueries({ queryKey: ["media", "item", item.id] });
      }
    },
    refresh: [["media", "list"]],
    done: () => {
      onClose();
      onDone();
    },
    message: () => (items.length === 1 ? say("media.deleted", { name: items[0]?.name ?? "" }) : say.count("media.deletedSeveral", items.length)),
  });
  return (
    <Confirm
      title={items.length === 1 ? say("media.deleteTitle", { name: items[0]?.name ?? "" }) : say.count("media.deleteSeveral", items.length)}
      consequence={
        used.length === 0 ? say("media.deleteUnused") : items.length === 1 ? say.count("media.deleteUsed", used[0]?.uses ?? 0) : say.count("media.deleteSomeUsed", used.length)
      }
      confirm={say("action.delete")}
      cancel={say("action.cancel")}
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={() => remove.run(undefined)}
      onClose={() => {
        // Some may be gone already.
        void queryClient.invalidateQueries({ queryKey: ["media", "list"] });
        onClose();
      }}
    />
  );
}
