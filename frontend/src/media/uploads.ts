// Files on their way into the library. They go on while one works elsewhere in the dashboard; each can be stopped, and
// tried again when something came between.

import { create } from "zustand";

import { Refusal, sendFile, STOPPED, UNREACHABLE } from "../api/client";
import { queryClient } from "../shell/queries";
import { flawOf, type Flaw } from "./files";
import type { MediaItem } from "./queries";

/** `known`: the library had the file already. `refused`: another try changes nothing. */
export type UploadState = "waiting" | "sending" | "done" | "known" | "refused" | "failed" | "stopped";

export interface Upload {
  id: number;
  file: File;
  site: string | null;
  state: UploadState;
  /** From 0 to 1. */
  sent: number;
  flaw: Flaw | null;
  refusal: Refusal | null;
  item: MediaItem | null;
}

interface Uploads {
  uploads: readonly Upload[];
}

/** One after the other: they come into the library in the order in which they were chosen, and one of them fills a hotel's line. */
const AT_ONCE = 1;

export const useUploads = create<Uploads>()(() => ({ uploads: [] }));

let lastId = 0;
const stops = new Map<number, AbortController>();
const waiting = new Map<number, (item: MediaItem | null) => void>();

export function isUnderWay(upload: Upload): boolean {
  return upload.state === "waiting" || upload.state === "sending";
}

function find(id: number): Upload | undefined {
  return useUploads.getState().uploads.find((upload) => upload.id === id);
}

function change(id: number, values: Partial<Upload>) {
  useUploads.setState(({ uploads }) => ({ uploads: uploads.map((upload) => (upload.id === id ? { ...upload, ...values } : upload)) }));
}

/** Sends files one after the other. Each promise tells the library's item once it is there; null if it will not be. */
export function upload(files: readonly File[], site: string | null): { id: number; item: Promise<MediaItem | null> }[] {
  const added = files.map((file): Upload => {
    lastId += 1;
    const flaw = flawOf(file);
    return { id: lastId, file, site, state: flaw === null ? "waiting" : "refused", sent: 0, flaw, refusal: null, item: null };
  });
  useUploads.setState(({ uploads }) => ({ uploads: [...uploads, ...added] }));
  const promised = added.map(({ id, flaw }) => ({
    id,
    item: flaw === null ? new Promise<MediaItem | null>((resolve) => waiting.set(id, resolve)) : Promise.resolve(null),
  }));
  sendNext();
  return promised;
}

export function stop(id: number): void {
  const found = find(id);
  if (found === undefined || !isUnderWay(found)) return;
  stops.get(id)?.abort();
  if (found.state === "waiting") change(id, { state: "stopped" });
}

export function retry(id: number): void {
  const found = find(id);
  if (found === undefined || !["failed", "stopped"].includes(found.state)) return;
  change(id, { state: "waiting", sent: 0, refusal: null });
  sendNext();
}

/** Takes files out of the list; those under way are stopped. */
export function dismiss(ids: readonly number[]): void {
  for (const id of ids) {
    stop(id);
    settle(id, null);
  }
  useUploads.setState(({ uploads }) => ({ uploads: uploads.filter((upload) => !ids.includes(upload.id)) }));
}

function settle(id: number, item: MediaItem | null) {
  waiting.get(id)?.(item);
  waiting.delete(id);
}

function sendNext() {
  const { uploads } = useUploads.getState();
  const free = AT_ONCE - uploads.filter((upload) => upload.state === "sending").length;
  for (const next of uploads.filter((upload) => upload.state === "waiting").slice(0, Math.max(0, free))) void send(next);
}

async function send({ id, file, site }: Upload) {
  const stopping = new AbortController();
  stops.set(id, stopping);
  change(id, { state: "sending", sent: 0 });
  const query = new URLSearchParams({ name: file.name, ...(site === null ? {} : { site }) });
  try {
    const { status, body } = await sendFile(`/api/v1/media/?${query.toString()}`, file, {
      told: (sent) => change(id, { sent }),
      stop: stopping.signal,
    });
    // As the OpenAPI document has it.
    const item = body as MediaItem;
    queryClient.setQueryData(["media", "item", item.id], item);
    change(id, { state: status === 201 ? "done" : "known", sent: 1, item });
    settle(id, item);
    void queryClient.invalidateQueries({ queryKey: ["media", "list"] });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(0, "unexpected", "");
    change(id, { refusal, state: stateAfter(refusal) });
    if (stateAfter(refusal) === "refused") settle(id, null);
  } finally {
    stops.delete(id);
    sendNext();
  }
}

function stateAfter(refusal: Refusal): UploadState {
  if (refusal.code === STOPPED) return "stopped";
  const mayChange = refusal.code === UNREACHABLE || refusal.status >= 500 || [401, 408, 429].includes(refusal.status);
  return mayChange ? "failed" : "refused";
}

// What a lost line interrupted goes on by itself when it is back.
addEventListener("online", () => {
  const lost = useUploads.getState().uploads.filter((upload) => upload.state === "failed" && upload.refusal?.code === UNREACHABLE);
  for (const { id } of lost) retry(id);
});

// A closed tab stops what is on its way; the browser asks first.
addEventListener("beforeunload", (event) => {
  if (useUploads.getState().uploads.some(isUnderWay)) event.preventDefault();
});
