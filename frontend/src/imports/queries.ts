// What the screens of moving in ask the server for.

import { queryOptions } from "@tanstack/react-query";

import { answer, client, type Schemas } from "../api/client";
import { useMay, useMembership } from "../shell/queries";

export type Import = Schemas["Import"];
export type Report = Schemas["ImportReport"];
export type Wish = Schemas["ImportWish"];

export const IMPORTS = ["imports"] as const;
/** How often an import at which the server is at work is asked about, in milliseconds. */
const PACE = 1_000;

export const isBusy = ({ state }: Import) => state === "checking" || state === "importing";

export const imports = queryOptions({
  queryKey: [...IMPORTS, "list"],
  queryFn: () => answer(client.GET("/api/v1/imports/")),
  refetchInterval: (asked) => (asked.state.data?.results.some(isBusy) === true ? PACE : false),
});

export function importOf(id: string) {
  return queryOptions({
    queryKey: [...IMPORTS, "one", id],
    queryFn: () => answer(client.GET("/api/v1/imports/{id}/", { params: { path: { id } } })),
    refetchInterval: (asked) => (asked.state.data !== undefined && isBusy(asked.state.data) ? PACE : false),
  });
}

/** What would become of everything, or became of it: each state has a report of its own, and so have other files. */
export function reportOf({ id, state, files }: Import) {
  return queryOptions({
    queryKey: [...IMPORTS, "report", id, state, files.map(({ name, size }) => `${name} ${size}`)],
    queryFn: () => answer(client.GET("/api/v1/imports/{id}/report/", { params: { path: { id } } })),
    staleTime: Infinity,
    gcTime: 0,
  });
}

/** The site that takes it; none where an archive brings its own. */
export function siteIdOf(wish: Wish): string | null {
  return wish.source === "bundle" ? null : wish.site_id;
}

/** An archive brings sites, types and rules: it is for those who manage all of the organization. */
export function useMayBringArchive(): boolean {
  const may = useMay();
  const membership = useMembership();
  return may("content.import") && may("organization.manage") && (membership?.sites ?? null) === null;
}
