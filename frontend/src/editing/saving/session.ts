// The work on one entry between two saves: what stands in the form, what the server has of it, what is on the way.
// One save is in flight at a time; its answer never touches what was typed since, it only moves the ground forward.

import { createStore } from "zustand";

import { Refusal, type Schemas, UNREACHABLE } from "../../api/client";
import { EMPTY, type History, record, redo, undo } from "../document/history";
import { choose, type Collision, merge, type Merged } from "../document/merge";
import { at, isObject, type JsonObject, type Path, put, same, toPointer } from "../document/paths";
import type { Keeper, Kept, Version } from "./kept";

export type Entry = Schemas["Entry"];
/** What a save stands on. */
export type Ground = Version & { revision: number };

/** `waiting`: changed, and saved in a moment. `gone`: somebody has deleted it. */
export type SaveState = "saved" | "waiting" | "saving" | "offline" | "refused" | "conflict" | "gone";

export interface Conflict {
  merged: Merged;
  theirs: Ground;
  /** Who saved the other version and when, where the server says it. */
  by: { name: string; at: string } | null;
}

export interface Work extends Version {
  /** The server's newest version, and the form's version that it answers to. */
  base: Ground;
  synced: Version;
  history: History<Version>;
  state: SaveState;
  /** When the server last confirmed, in milliseconds; null before the first save of this sitting. */
  savedAt: number | null;
  refusal: Refusal | null;
  /** What the server said of fields; pointers start at the document, `/slug` apart. */
  problems: readonly Schemas["FieldProblem"][];
  conflict: Conflict | null;
  /** Something that the writer did not do and should know. */
  news: { kind: "joined"; count: number } | { kind: "restored"; at: number; before: Version } | null;
}

interface Server<E extends Grounded> {
  read: () => Promise<E>;
  write: (change: Schemas["EntryChange"]) => Promise<E>;
  /** After every confirmed save. */
  saved: (entry: E) => void;
}

/** Anything that is worked on like an entry. */
type Grounded = Pick<Entry, "document" | "slug" | "revision"> | Ground;

interface Habits {
  /** Whether it is sent a moment after each change, or only when somebody says so. */
  savesItself: boolean;
}

/** Short enough to trust, long enough for a sentence to be one revision. */
const PAUSE_MS = 1000;
const RETRY_MS = 5000;

export type Session = ReturnType<typeof startSession>;

export function startSession<E extends Grounded>(entry: E, server: Server<E>, keeper: Keeper, { savesItself }: Habits = { savesItself: true }) {
  const store = createStore<Work>()(() => ({
    document: documentOf(entry),
    slug: entry.slug,
    base: groundOf(entry),
    synced: groundOf(entry),
    history: EMPTY,
    state: "saved",
    savedAt: null,
    refusal: null,
    problems: [],
    conflict: null,
    news: null,
  }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inFlight: Promise<boolean> | null = null;
  // What was refused is not sent again as it is, unless somebody asks for it.
  let refused: JsonObject | null = null;

  const isDirty = () => {
    const { document, slug, synced } = store.getState();
    return slug !== synced.slug || !same(document, synced.document);
  };

  const later = (delay: number) => {
    clearTimeout(timer);
    if (!savesItself) return;
    timer = setTimeout(() => void flush(), delay);
  };

  function become(version: Version, history: History<Version>) {
    store.setState({ document: version.document, slug: version.slug, history });
    if (!isDirty()) {
      if (store.getState().state === "waiting" || store.getState().state === "refused") store.setState({ state: "saved", refusal: null, problems: [] });
      void keeper.forget();
      return;
    }
    const { base, state } = store.getState();
    void keeper.keep({ ...version, base, at: Date.now() });
    if (state === "conflict" || state === "gone") return;
    if (state !== "saving") store.setState({ state: state === "offline" ? "offline" : "waiting" });
    later(PAUSE_MS);
  }

  function step(version: Version, place: string) {
    const { document, slug, history } = store.getState();
    become(version, record(history, { document, slug }, place, Date.now()));
  }

  const work = {
    store,
    isDirty,
    change: (path: Path, value: unknown) => {
      const { document, slug, problems } = store.getState();
      if (Object.is(at(document, path), value)) return;
      const pointer = toPointer(path);
      // What was said of the old value is not said of the new one.
      const left = problems.filter((problem) => problem.pointer !== pointer && !problem.pointer.startsWith(`${pointer}/`));
      if (left.length !== problems.length) store.setState({ problems: left });
      step({ document: put(document, path, value), slug }, pointer);
    },
    rename: (slug: string) => {
      const { problems, document } = store.getState();
      store.setState({ problems: problems.filter((problem) => problem.pointer !== "/slug") });
      step({ document, slug }, "/slug");
    },
    undo: () => {
      const { history, document, slug } = store.getState();
      const found = undo(history, { document, slug });
      if (found !== null) become(found.value, found.history);
    },
    redo: () => {
      const { history, document, slug } = store.getState();
      const found = redo(history, { document, slug });
      if (found !== null) become(found.value, found.history);
    },
    /** Saves until nothing is left to save. False: it did not work, and the state says why. */
    flush,
    /** The server has a newer version, and nothing of ours is open: it is taken as it is. */
    arrive: (newer: Grounded) => {
      const { base } = store.getState();
      if (newer.revision <= base.revision || isDirty() || inFlight !== null) return;
      adopt(groundOf(newer));
    },
    /** A choice of versions; `theirs` are the fields that go to the other side. */
    resolve: (theirs: readonly Collision[]) => {
      const { conflict } = store.getState();
      if (conflict === null) return;
      stand(conflict.theirs, choose(conflict.merged, theirs));
      void flush();
    },
    /** What was brought back is given up again: a step as every other, saved and to be undone. */
    discard: () => {
      const { news } = store.getState();
      store.setState({ news: null });
      if (news?.kind === "restored") step(news.before, "");
    },
    dismissNews: () => store.setState({ news: null }),
    restore: async () => {
      const kept = await keeper.recall();
      if (kept !== undefined && !isDirty()) bringBack(kept);
    },
    stop: () => clearTimeout(timer),
  };

  function adopt(ground: Ground) {
    store.setState({ document: ground.document, slug: ground.slug, base: ground, synced: ground, history: EMPTY, state: "saved", refusal: null, problems: [], conflict: null, news: null });
  }

  /** Our version on their ground. What was undone before would take their work with it: the steps end here. */
  function stand(ground: Ground, document: JsonObject) {
    const { slug, base } = store.getState();
    const version = { document, slug: slug === base.slug ? ground.slug : slug };
    store.setState({ ...version, base: ground, synced: ground, history: EMPTY, conflict: null, state: "waiting", problems: [], refusal: null });
    if (!isDirty()) {
      store.setState({ state: "saved", savedAt: Date.now() });
      void keeper.forget();
    } else void keeper.keep({ ...version, base: ground, at: Date.now() });
  }

  function bringBack(kept: Kept) {
    const { base } = store.getState();
    const merged = merge(kept.base.document, kept.document, base.document);
    store.setState({ document: kept.document, slug: kept.slug === kept.base.slug ? base.slug : kept.slug });
    if (merged.collisions.length > 0) {
      store.setState({ state: "conflict", conflict: { merged, theirs: base, by: null } });
      return;
    }
    stand(base, merged.document);
    if (isDirty()) {
      store.setState({ news: { kind: "restored", at: kept.at, before: { document: base.document, slug: base.slug } } });
      later(PAUSE_MS);
    }
  }

  async function meet(standing: Schemas["Revision"] | null): Promise<boolean> {
    const theirs = standing === null ? groundOf(await server.read()) : { document: documentOf(standing), slug: standing.slug, revision: standing.number };
    const { document, synced, base } = store.getState();
    // The form's spelling of what is saved gives way to the server's, so that only real changes are compared.
    const mine = merge(synced.document, document, base.document).document;
    const merged = merge(base.document, mine, theirs.document);
    if (merged.collisions.length > 0) {
      store.setState({ state: "conflict", conflict: { merged, theirs, by: standing === null || standing.author_name === "" ? null : { name: standing.author_name, at: standing.created_at } } });
      return false;
    }
    stand(theirs, merged.document);
    store.setState({ news: { kind: "joined", count: merged.taken.length } });
    return true;
  }

  async function send(isAsked: boolean): Promise<boolean> {
    const { base, document, slug } = store.getState();
    store.setState({ state: "saving" });
    try {
      const entry = await server.write({ ...change(base, { document, slug }), autosave: !isAsked });
      store.setState({ base: groundOf(entry), synced: { document, slug }, savedAt: Date.now(), refusal: null, problems: [] });
      if (isDirty()) void keeper.keep({ ...now(), base: groundOf(entry), at: Date.now() });
      else await keeper.forget();
      store.setState({ state: isDirty() ? "waiting" : "saved" });
      server.saved(entry);
      return true;
    } catch (error) {
      return failed(error);
    }
  }

  const now = (): Version => ({ document: store.getState().document, slug: store.getState().slug });

  async function failed(error: unknown): Promise<boolean> {
    const refusal = error instanceof Refusal ? error : new Refusal(0, "unexpected", "");
    if (refusal.field("/revision") !== undefined) return meet(standingIn(refusal)).catch(failed);
    if (refusal.code === UNREACHABLE || refusal.status === 503 || refusal.status === 502) {
      store.setState({ state: "offline", refusal });
      later(RETRY_MS);
      return false;
    }
    const problems = refusal.fields.map((field) => ({ ...field, pointer: field.pointer.replace(/^\/document/, "") }));
    refused = store.getState().document;
    store.setState({ state: refusal.status === 404 ? "gone" : "refused", refusal, problems });
    return false;
  }

  async function flush(isAsked = false): Promise<boolean> {
    clearTimeout(timer);
    while (isDirty()) {
      if (!isAsked && store.getState().state === "refused" && store.getState().document === refused) return false;
      if (store.getState().conflict !== null || store.getState().state === "gone") return false;
      inFlight ??= send(isAsked).finally(() => (inFlight = null));
      if (!(await inFlight)) return false;
    }
    return inFlight === null ? true : inFlight;
  }

  return work;
}

function change(base: Ground, { document, slug }: Version): Schemas["EntryChange"] {
  return { revision: base.revision, document, ...(slug === base.slug ? {} : { slug }) };
}

/** The newest revision, as a refused save brings it along. */
function standingIn(refusal: Refusal): Schemas["Revision"] | null {
  const { standing } = refusal;
  return isObject(standing) && typeof standing["number"] === "number" && typeof standing["slug"] === "string" ? (standing as Schemas["Revision"]) : null;
}

function groundOf(entry: Grounded): Ground {
  return { document: documentOf(entry), slug: entry.slug, revision: entry.revision };
}

function documentOf(entry: { document: unknown }): JsonObject {
  return isObject(entry.document) ? entry.document : {};
}
