// What the library is asked for.

import { keepPreviousData, queryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { answer, client, type Schemas } from "../api/client";

export type MediaItem = Schemas["MediaItem"];
export type MediaUse = Schemas["MediaUse"];

export interface MediaWish {
  search?: string | undefined;
  kind?: "image" | "document" | undefined;
  site?: string | undefined;
  show?: "without_alt" | "unused" | undefined;
  page?: number | undefined;
}

export const PAGE_SIZE = 48;
/** How often is looked whether a picture's sizes are made: that takes a second or two each. */
const LOOK_AGAIN_MS = 1500;

const isPending = (item: MediaItem) => item.state === "pending";

export function mediaList({ search, kind, site, show, page }: MediaWish, pageSize = PAGE_SIZE) {
  const query = {
    page: page ?? 1,
    page_size: pageSize,
    ...(search === undefined || search === "" ? {} : { search }),
    ...(kind === undefined ? {} : { kind }),
    ...(site === undefined ? {} : { site }),
    ...(show === "without_alt" ? { without_alt: true } : {}),
    ...(show === "unused" ? { unused: true } : {}),
  };
  return queryOptions({
    queryKey: ["media", "list", query],
    queryFn: () => answer(client.GET("/api/v1/media/", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: (found) => (found.state.data?.results.some(isPending) === true ? LOOK_AGAIN_MS : false),
  });
}

export function mediaItem(id: string) {
  return queryOptions({
    queryKey: ["media", "item", id],
    queryFn: () => answer(client.GET("/api/v1/media/{id}/", { params: { path: { id } } })),
    refetchInterval: (found) => (found.state.data !== undefined && isPending(found.state.data) ? LOOK_AGAIN_MS : false),
  });
}

export function mediaUses(id: string) {
  return queryOptions({
    queryKey: ["media", "uses", id],
    queryFn: () => answer(client.GET("/api/v1/media/{id}/uses/", { params: { path: { id } } })),
    staleTime: 0,
  });
}

/** Whether somebody who does not see the picture is told what it shows, in a language. */
export function lacksAlt(item: MediaItem): boolean {
  return item.kind === "image" && !item.decorative && Object.keys(item.alt).length === 0;
}

/** Runs once for each picture whose sizes become ready while it is watched somewhere on the screen. */
export function useWhenReady(run: () => void): void {
  const cache = useQueryClient().getQueryCache();
  const running = useRef(run);
  useEffect(() => {
    running.current = run;
  }, [run]);
  useEffect(() => {
    const pending = new Set<string>();
    return cache.subscribe(({ query }) => {
      const [about, kind, id] = query.queryKey as [unknown, unknown, unknown];
      const item = query.state.data as MediaItem | undefined;
      if (about !== "media" || kind !== "item" || typeof id !== "string" || item === undefined) return;
      if (isPending(item)) pending.add(id);
      else if (pending.delete(id)) running.current();
    });
  }, [cache]);
}
