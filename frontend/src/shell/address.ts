// What stands in the address. The screens are part of the router's own type, which therefore cannot tell them.

import { useParams, useSearch } from "@tanstack/react-router";

function text(values: unknown, name: string): string | undefined {
  if (typeof values !== "object" || values === null) return undefined;
  const value = (values as Record<string, unknown>)[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** A part of the path. */
export function useParam(name: string): string | undefined {
  const values: unknown = useParams({ strict: false });
  return text(values, name);
}

/** A value behind `?`. */
export function useQueryParam(name: string): string | undefined {
  const values: unknown = useSearch({ strict: false });
  return text(values, name);
}

/** The page of a list; the first where none is given. */
export function usePageNumber(): number {
  const page = Number(useQueryParam("page") ?? 1);
  return Number.isInteger(page) && page > 1 ? page : 1;
}

/** Where to go after signing in: only to an address of our own, since a link that leads elsewhere from there is a trap. */
export function ownPlace(next: string | undefined): string {
  const place = next !== undefined && URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  return place?.origin === location.origin ? `${place.pathname}${place.search}${place.hash}` : "/dashboard";
}
