// Sessions outlive their screen: whoever goes elsewhere in the dashboard and comes back finds the work where it was.

import { useEffect, useState } from "react";

import { answer, client } from "../../api/client";
import { queryClient } from "../../shell/queries";
import { keeper } from "./kept";
import { type Entry, type Session, startSession } from "./session";

const open = new Map<string, Session>();
/** Ids of the entries whose form is on the screen. */
const shown = new Set<string>();

/** Requests that may outlive their page carry at most 64 KiB (Fetch, "inflight keepalive bytes"). */
const KEEPALIVE_BYTES = 60_000;

function sessionOf(site: string, entry: Entry, user: string): Session {
  const path = { site, id: entry.id };
  return opened(entry.id, () =>
    startSession(
      entry,
      {
        read: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/", { params: { path } })),
        write: (body) => answer(client.PUT("/api/v1/sites/{site}/entries/{id}/", { params: { path }, body, keepalive: JSON.stringify(body).length < KEEPALIVE_BYTES })),
        saved: (saved) => {
          queryClient.setQueryData(["entry", entry.id], saved);
          void queryClient.invalidateQueries({ queryKey: ["entries", site, entry.type] });
          void queryClient.invalidateQueries({ queryKey: ["entry", entry.id, "revisions"] });
        },
      },
      keeper(user, entry.id),
    ),
  );
}

/** The work on an entry. */
export function useSession(site: string, entry: Entry, user: string): Session {
  return useOpened(entry, () => sessionOf(site, entry, user));
}

/** The session of what is open under an id, or a new one. */
export function opened(id: string, start: () => Session): Session {
  const known = open.get(id);
  if (known !== undefined) return known;
  const session = start();
  open.set(id, session);
  void session.restore();
  return session;
}

/** Work that is saved when its screen is left, when the window is hidden, and when the line is back. */
export function useOpened(entry: Entry, make: () => Session): Session {
  const [session] = useState(make);
  useEffect(() => session.arrive(entry), [session, entry]);
  useEffect(() => {
    open.set(entry.id, session);
    shown.add(entry.id);
    const save = () => void session.flush();
    const hide = () => {
      if (document.visibilityState === "hidden") save();
    };
    addEventListener("online", save);
    addEventListener("pagehide", save);
    // A field that is left is saved at once.
    addEventListener("focusout", save);
    document.addEventListener("visibilitychange", hide);
    return () => {
      removeEventListener("online", save);
      removeEventListener("pagehide", save);
      removeEventListener("focusout", save);
      document.removeEventListener("visibilitychange", hide);
      shown.delete(entry.id);
      void session.flush().then((isSaved) => {
        if (isSaved && !shown.has(entry.id)) open.delete(entry.id);
      });
    };
  }, [session, entry.id]);
  return session;
}
