import { beforeEach, describe, expect, it, vi } from "vitest";

import { Refusal, type Schemas, UNREACHABLE } from "../../api/client";
import type { Keeper, Kept } from "./kept";
import { type Entry, startSession } from "./session";

const entry = (revision: number, document: Record<string, unknown>, slug = "room"): Entry => ({
  id: "1",
  type: "room",
  slug,
  title: "Room",
  document,
  revision,
  sort_order: 0,
  published: {}, state: "draft", actions: [], review: null, scheduled_at: null, archived_at: null,
  created_at: "",
  updated_at: "",
});

/** A server with one entry, which can be slow, away, or in other hands. */
function server(first: Entry) {
  let newest = first;
  const writes: Schemas["EntryChange"][] = [];
  const held: (() => void)[] = [];
  const state = { isAway: false, isSlow: false, refuses: null as Refusal | null };
  return {
    state,
    writes,
    held,
    newest: () => newest,
    saveElsewhere: (document: Record<string, unknown>) => (newest = entry(newest.revision + 1, document, newest.slug)),
    read: async () => Promise.resolve(newest),
    saved: vi.fn(),
    write: async (change: Schemas["EntryChange"]) => {
      writes.push(change);
      if (state.isSlow) await new Promise<void>((release) => held.push(release));
      if (state.isAway) throw new Refusal(0, UNREACHABLE, "");
      if (state.refuses !== null) throw state.refuses;
      if (change.revision !== newest.revision) throw new Refusal(409, "conflict", "", [{ pointer: "/revision", code: "revision_conflict", detail: "" }]);
      newest = entry(newest.revision + 1, change.document, change.slug ?? newest.slug);
      return newest;
    },
  };
}

function device(kept?: Kept): Keeper & { kept: Kept | undefined } {
  const keeper = {
    kept,
    keep: async (next: Kept) => Promise.resolve(void (keeper.kept = next)),
    recall: async () => Promise.resolve(keeper.kept),
    forget: async () => Promise.resolve(void (keeper.kept = undefined)),
  };
  return keeper;
}

const START = { name: { en: "A" }, max_guests: 2 };

describe("saving", () => {
  beforeEach(() => void vi.useFakeTimers());

  it("waits for a pause, and sends one revision for many letters", async () => {
    const there = server(entry(1, START));
    const session = startSession(entry(1, START), there, device());
    for (const letters of ["B", "Be", "Bed"]) session.change(["name", "en"], letters);
    expect(session.store.getState().state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1100);
    expect(there.writes.map((change) => change.document)).toEqual([{ name: { en: "Bed" }, max_guests: 2 }]);
    expect(session.store.getState().state).toBe("saved");
  });

  it("never lets an answer overwrite what was typed since", async () => {
    const there = server(entry(1, START));
    const session = startSession(entry(1, START), there, device());
    there.state.isSlow = true;
    session.change(["name", "en"], "B");
    const flushed = session.flush();
    session.change(["name", "en"], "B and more");
    there.state.isSlow = false;
    there.held[0]?.();
    expect(await flushed).toBe(true);
    expect(session.store.getState().document).toMatchObject({ name: { en: "B and more" } });
    expect(there.newest().document).toMatchObject({ name: { en: "B and more" } });
    expect(there.newest().revision).toBe(3);
  });

  it("keeps edits on the device while there is no line, and sends them when it is back", async () => {
    const there = server(entry(1, START));
    const kept = device();
    const session = startSession(entry(1, START), there, kept);
    there.state.isAway = true;
    session.change(["max_guests"], 3);
    expect(await session.flush()).toBe(false);
    expect(session.store.getState().state).toBe("offline");
    expect(kept.kept?.document).toMatchObject({ max_guests: 3 });
    there.state.isAway = false;
    expect(await session.flush()).toBe(true);
    expect(kept.kept).toBeUndefined();
  });

  it("brings kept edits back, beside what others have saved since", async () => {
    const kept: Kept = { document: { name: { en: "Mine" }, max_guests: 2 }, slug: "room", base: { document: START, slug: "room", revision: 1 }, at: 5 };
    const there = server(entry(1, START));
    there.saveElsewhere({ name: { en: "A" }, max_guests: 4 });
    const session = startSession(there.newest(), there, device(kept));
    await session.restore();
    expect(session.store.getState().news).toMatchObject({ kind: "restored", at: 5 });
    expect(await session.flush()).toBe(true);
    expect(there.newest().document).toEqual({ name: { en: "Mine" }, max_guests: 4 });
    // Given up after all, even when it was saved meanwhile.
    session.discard();
    expect(await session.flush()).toBe(true);
    expect(there.newest().document).toEqual({ name: { en: "A" }, max_guests: 4 });
  });

  it("forgets kept edits that had arrived after all", async () => {
    const kept: Kept = { document: { ...START, max_guests: 3 }, slug: "room", base: { document: START, slug: "room", revision: 1 }, at: 5 };
    const there = server(entry(2, { ...START, max_guests: 3 }));
    const keeper = device(kept);
    const session = startSession(there.newest(), there, keeper);
    await session.restore();
    expect(session.store.getState().state).toBe("saved");
    expect(keeper.kept).toBeUndefined();
  });

  it("sends nothing by itself where work is saved by hand, and keeps it on the device", async () => {
    const there = server(entry(1, START));
    const keeper = device();
    const session = startSession(entry(1, START), there, keeper, { savesItself: false });
    session.change(["max_guests"], 3);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(there.writes).toEqual([]);
    expect(keeper.kept?.document).toEqual({ ...START, max_guests: 3 });
    expect(await session.flush(true)).toBe(true);
    expect(there.newest().document).toEqual({ ...START, max_guests: 3 });
  });

  it("joins changes of different fields by itself and says so", async () => {
    const there = server(entry(1, START));
    const session = startSession(entry(1, START), there, device());
    there.saveElsewhere({ ...START, max_guests: 6 });
    session.change(["name", "en"], "Mine");
    expect(await session.flush()).toBe(true);
    expect(there.newest().document).toEqual({ name: { en: "Mine" }, max_guests: 6 });
    expect(session.store.getState().news).toEqual({ kind: "joined", count: 1 });
  });

  it("asks about the same field, saves nothing meanwhile, then what was chosen", async () => {
    const there = server(entry(1, START));
    const session = startSession(entry(1, START), there, device());
    there.saveElsewhere({ ...START, name: { en: "Theirs" } });
    session.change(["name", "en"], "Mine");
    expect(await session.flush()).toBe(false);
    const { conflict, state } = session.store.getState();
    expect(state).toBe("conflict");
    expect(await session.flush()).toBe(false);
    session.resolve(conflict?.merged.collisions ?? []);
    expect(await session.flush()).toBe(true);
    expect(there.newest().document).toEqual({ ...START, name: { en: "Theirs" } });
    expect(session.store.getState().state).toBe("saved");
  });

  it("tells what is refused at its field, until the field is changed", async () => {
    const there = server(entry(1, START));
    const session = startSession(entry(1, START), there, device());
    there.state.refuses = new Refusal(422, "invalid", "", [{ pointer: "/document/max_guests", code: "number_out_of_range", detail: "From 1 to 50." }]);
    session.change(["max_guests"], 99);
    expect(await session.flush()).toBe(false);
    expect(session.store.getState().problems[0]?.pointer).toBe("/max_guests");
    there.state.refuses = null;
    session.change(["max_guests"], 9);
    expect(session.store.getState().problems).toEqual([]);
    expect(await session.flush()).toBe(true);
  });

  it("undoes and redoes steps of the form, slug included", async () => {
    const there = server(entry(1, START));
    const session = startSession(entry(1, START), there, device());
    session.change(["max_guests"], 3);
    session.rename("lake-room");
    session.undo();
    expect(session.store.getState().slug).toBe("room");
    session.undo();
    expect(session.isDirty()).toBe(false);
    session.redo();
    session.redo();
    expect(await session.flush()).toBe(true);
    expect(there.newest()).toMatchObject({ slug: "lake-room", document: { max_guests: 3 } });
  });
});
