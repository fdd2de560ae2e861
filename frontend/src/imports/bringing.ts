// Files on their way to an import. They go on while one works elsewhere in the dashboard, can be stopped, and go on where they
// stopped when something came between.

import { create } from "zustand";

import { answer, client, Refusal, sendFile, STOPPED, UNREACHABLE } from "../api/client";
import { queryClient } from "../shell/queries";
import type { Part, Placed } from "./files";
import { IMPORTS, type Wish } from "./queries";

interface FileOnItsWay {
  file: File;
  part: Part;
  /** From 0 to 1. */
  sent: number;
  isThere: boolean;
}

export interface Bringing {
  wish: Wish;
  /** The import, once the server has it. */
  id: string | null;
  /** Whether it began with these files, so that it goes when they are stopped. */
  isNew: boolean;
  files: readonly FileOnItsWay[];
  /** What came between. */
  refusal: Refusal | null;
}

/** One at a time: an archive fills a hotel's line. */
export const useBringing = create<{ bringing: Bringing | null }>()(() => ({ bringing: null }));

let stopping = new AbortController();
let settle: (id: string | null) => void = () => undefined;

const current = () => useBringing.getState().bringing;

function change(values: Partial<Bringing>) {
  useBringing.setState(({ bringing }) => ({ bringing: bringing === null ? null : { ...bringing, ...values } }));
}

function changeFile(place: number, values: Partial<FileOnItsWay>) {
  change({ files: (current()?.files ?? []).map((file, at) => (at === place ? { ...file, ...values } : file)) });
}

/** Sends files to a new import or to one that waits for them, and has them looked at. Tells its id; null where they were stopped. */
export function bring(wish: Wish, id: string | null, files: readonly Placed[]): Promise<string | null> {
  const onTheirWay = files.map(({ file, part }) => ({ file, part, sent: 0, isThere: false }));
  useBringing.setState({ bringing: { wish, id, isNew: id === null, files: onTheirWay, refusal: null } });
  return new Promise((resolve) => {
    settle = resolve;
    void send();
  });
}

/** Once more, from where it stopped. */
export function bringOn(): void {
  change({ refusal: null });
  void send();
}

/** Gives the files up, and the import that began with them. */
export function stopBringing(): void {
  const given = current();
  stopping.abort();
  end(null);
  if (given === null || given.id === null || !given.isNew) return;
  // Where this does not arrive, the import waits in the list until it is thrown away.
  void answer(client.DELETE("/api/v1/imports/{id}/", { params: { path: { id: given.id } } }))
    .catch(() => undefined)
    .finally(() => void queryClient.invalidateQueries({ queryKey: IMPORTS }));
}

function end(id: string | null) {
  useBringing.setState({ bringing: null });
  settle(id);
}

async function send() {
  const mine = new AbortController();
  stopping = mine;
  try {
    const id = await sendAll(mine.signal);
    await queryClient.invalidateQueries({ queryKey: IMPORTS });
    if (!mine.signal.aborted) end(id);
  } catch (error) {
    if (mine.signal.aborted) return;
    change({ refusal: error instanceof Refusal ? error : new Refusal(0, "unexpected", "") });
  }
}

async function sendAll(stop: AbortSignal): Promise<string> {
  const given = current();
  if (given === null) throw new Refusal(0, STOPPED, "");
  const id = given.id ?? (await answer(client.POST("/api/v1/imports/", { body: given.wish, signal: stop }))).id;
  change({ id });
  for (const [place, { file, part, isThere }] of given.files.entries()) {
    if (isThere) continue;
    const query = new URLSearchParams({ name: file.name });
    await sendFile(`/api/v1/imports/${id}/files/${part}/?${query.toString()}`, file, { method: "PUT", told: (sent) => changeFile(place, { sent }), stop });
    changeFile(place, { sent: 1, isThere: true });
  }
  await answer(client.POST("/api/v1/imports/{id}/check/", { params: { path: { id } }, signal: stop }));
  return id;
}

// What a lost line interrupted goes on by itself when it is back.
addEventListener("online", () => {
  if (current()?.refusal?.code === UNREACHABLE) bringOn();
});

// A closed tab stops what is on its way; the browser asks first.
addEventListener("beforeunload", (event) => {
  if (current() !== null) event.preventDefault();
});
