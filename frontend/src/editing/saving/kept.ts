// Edits that the server does not have yet, kept in this browser: a closed tab or a lost line loses nothing. Each belongs
// to the person who made it; nobody else on the device is offered it.

import type { JsonObject } from "../document/paths";

export interface Version {
  document: JsonObject;
  slug: string;
}

export interface Kept extends Version {
  base: Version & { revision: number };
  /** When it was typed, in milliseconds. */
  at: number;
}

const DATABASE = "gammacms";
const STORE = "unsaved";

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      opened = null;
      reject(request.error ?? new Error("the browser's database does not open"));
    };
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode);
  const request = ask(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error ?? new Error("the browser's database refused"));
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser's database stopped"));
  });
}

export interface Keeper {
  keep: (kept: Kept) => Promise<void>;
  recall: () => Promise<Kept | undefined>;
  forget: () => Promise<void>;
}

/** The place of one entry's unsaved edits. Without a database (private windows) edits live as long as the page. */
export function keeper(user: string, entry: string): Keeper {
  const key = `${user}:${entry}`;
  return {
    keep: (kept) => run("readwrite", (store) => store.put(kept, key)).then(nothing, nothing),
    recall: () => run("readonly", (store) => store.get(key) as IDBRequest<Kept | undefined>).catch(nothing),
    forget: () => run("readwrite", (store) => store.delete(key)).then(nothing, nothing),
  };
}

/** A browser that keeps nothing is no reason to stop writing: the save is what counts. */
function nothing(): undefined {
  return undefined;
}
