// What the screens of translations ask the server for.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { answer, client, type Schemas } from "../api/client";

export type Translation = Schemas["Translation"];
export type TranslatedText = Schemas["TranslatedText"];

/** What a list can be narrowed to, as the address says it. */
export const LACKS = ["any", "missing", "empty", "stale"] as const;
export type Lack = (typeof LACKS)[number];

export interface Filters {
  locale: string;
  type: string;
  state: Lack | "";
  page: number;
}

export const PAGE_SIZE = 25;

/** How far each type is in each language. */
export function completeness(site: string) {
  return queryOptions({
    queryKey: ["translations", site, "table"],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/translations/", { params: { path: { site } } })),
  });
}

/** A page of the entries that lack something. */
export function lacking(site: string, { locale, type, state, page }: Filters) {
  const query = { page, page_size: PAGE_SIZE, ...(locale === "" ? {} : { locale }), ...(type === "" ? {} : { type }), ...(state === "" ? {} : { state }) };
  return queryOptions({
    queryKey: ["translations", site, "entries", query],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/translations/entries/", { params: { path: { site }, query } })),
    placeholderData: keepPreviousData,
  });
}

/** One entry in one language beside another. */
export function translation(site: string, id: string, source: string, target: string) {
  return queryOptions({
    queryKey: ["translation", id, source, target],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/translation/", { params: { path: { site, id }, query: { source, target } } })),
  });
}
