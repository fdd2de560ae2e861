// What the screens of the brand ask the server for.

import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, client, type Schemas } from "../api/client";
import { roles, useMay, useMembership } from "../shell/queries";
import type { Speaker } from "../words";

export type BrandDocument = Schemas["BrandDocument"];
export type BrandStanding = Schemas["BrandStanding"];
export type Drift = Schemas["BrandDrift"];

/** Beginning of every key of the brand. */
export const BRAND = ["brand"] as const;

export const MANAGES = "brand.manage";

/** What may become different for entries when the brand is published or entries give values up. */
export const TOUCHED = [BRAND, ["entry"], ["entries"]] as const;

export const brands = queryOptions({
  queryKey: [...BRAND, "types"],
  queryFn: () => answer(client.GET("/api/v1/brand/types/")),
});

export function brandOf(type: string) {
  return queryOptions({
    queryKey: [...BRAND, "types", type],
    queryFn: () => answer(client.GET("/api/v1/brand/types/{type_name}/", { params: { path: { type_name: type } } })),
  });
}

/** Whose value each field of an entry shows that can be the brand's. */
export function standingOf(site: string, id: string) {
  return queryOptions({
    queryKey: ["entry", id, "brand"],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/brand/", { params: { path: { site, id } } })),
  });
}

/** Whether somebody may change the brand: it belongs to all sites, so that whoever may act on some only may not. */
export function useMayManageBrand(): boolean {
  const membership = useMembership();
  return useMay()(MANAGES) && membership?.sites == null;
}

/** The roles that may change the brand, in words: “Owner or Admin”. */
export function useManagers(say: Speaker): string {
  const known = useQuery(roles).data?.results ?? [];
  const held = known.filter((role) => role.permissions.some((permission) => permission.name === MANAGES));
  return new Intl.ListFormat(say.language, { type: "disjunction" }).format(held.map((role) => say(`role.${role.name}`)));
}
