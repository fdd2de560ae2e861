// What the screens of guests' messages ask the server for.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { answer, client, type Schemas } from "../api/client";

export type Submission = Schemas["Submission"];
export type Status = Schemas["SubmissionStatus"];

/** What becomes of a message, in the order of its life. */
export const STATUSES: readonly Status[] = ["new", "open", "won", "lost", "spam"];
export const STATUS_KINDS = { new: "waiting", open: undefined, won: "good", lost: undefined, spam: "danger" } as const;
export const PAGE_SIZE = 25;

export interface Filters {
  form?: string;
  status?: Status;
}

export function submissions(site: string, filters: Filters, page: number, size = PAGE_SIZE) {
  return queryOptions({
    queryKey: ["submissions", site, filters, page, size],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/submissions/", { params: { path: { site }, query: { ...filters, page, page_size: size } } })),
    placeholderData: keepPreviousData,
  });
}

export function submission(site: string, id: string) {
  return queryOptions({
    queryKey: ["submissions", site, "one", id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/submissions/{id}/", { params: { path: { site, id } } })),
  });
}

export const members = queryOptions({ queryKey: ["members"], queryFn: () => answer(client.GET("/api/v1/members/")) });

/** Who wrote, as far as the answers tell: a name, an address, otherwise what was answered first. */
export function writerOf({ answers }: Submission): string {
  const named = (part: string) => answers.find(({ key, value }) => key.toLowerCase().includes(part) && value.trim() !== "");
  return (named("name") ?? named("mail") ?? answers.find(({ value }) => value.trim() !== ""))?.value ?? "";
}
