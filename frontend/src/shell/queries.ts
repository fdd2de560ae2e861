// What more than one screen asks the server for.

import { QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { answer, carry, client, Refusal, type Schemas, UNREACHABLE } from "../api/client";
import { useInterface, useMessages, useSpeaker } from "../state/interface";
import type { FormErrors } from "../ui/form";
import type { Speaker } from "../words";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal stays one; only what never arrived is asked again.
      retry: (failures, error) => failures < 2 && error instanceof Refusal && error.code === UNREACHABLE,
    },
  },
});

export const installation = queryOptions({
  queryKey: ["installation"],
  queryFn: () => answer(client.GET("/api/v1/setup/")),
  staleTime: Infinity,
});

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const found = await answer(client.GET("/api/v1/auth/me/"));
    carry({ csrfToken: found.csrf_token ?? "" });
    return found;
  },
  staleTime: 60_000,
});

export const roles = queryOptions({
  queryKey: ["roles"],
  queryFn: () => answer(client.GET("/api/v1/roles/")),
  staleTime: Infinity,
});

export const declarations = queryOptions({
  queryKey: ["types"],
  queryFn: () => answer(client.GET("/api/v1/types/")),
  // A colleague may declare something meanwhile.
  staleTime: 60_000,
});

/** A list of things with codes, such as the amenities. */
export function dictionary(name: string) {
  return queryOptions({
    queryKey: ["dictionaries", name],
    queryFn: () => answer(client.GET("/api/v1/dictionaries/{name}/", { params: { path: { name } } })),
    staleTime: Infinity,
  });
}

export const sites = queryOptions({
  queryKey: ["sites"],
  queryFn: () => answer(client.GET("/api/v1/sites/")),
});

/** As many as one answer holds; lists to choose from are not longer. */
const MOST_TO_CHOOSE = 200;

/** The entries of a type, to choose one from. */
export function entriesOf(site: string, type: string) {
  return queryOptions({
    queryKey: ["entries", site, type, "all"],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/", { params: { path: { site }, query: { type, page_size: MOST_TO_CHOOSE } } })),
  });
}

/** The entries of a whole site, to find one by its name. */
export function allEntries(site: string) {
  return queryOptions({
    queryKey: ["entries", site, "*"],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/", { params: { path: { site }, query: { page_size: MOST_TO_CHOOSE } } })),
  });
}

export function entry(site: string, id: string) {
  return queryOptions({
    queryKey: ["entry", id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/", { params: { path: { site, id } } })),
  });
}

/** What an entry was when it was saved; it stays that. */
export function revisionOf(site: string, id: string, number: number) {
  return queryOptions({
    queryKey: ["entry", id, "revision", number],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/revisions/{number}/", { params: { path: { site, id, number } } })),
    staleTime: Infinity,
  });
}

/** After sign-in, setup and every change of the session: what was known belongs to somebody else. */
export function begin(session: Schemas["SessionAnswer"]): void {
  carry({ csrfToken: session.csrf_token ?? "" });
  queryClient.clear();
}

/** The membership that is worked in. */
export function useMembership(): Schemas["Membership"] | undefined {
  const memberships = useQuery(me).data?.memberships ?? [];
  const chosen = useInterface((state) => state.organization);
  return memberships.find((membership) => membership.organization.id === chosen) ?? memberships[0];
}

/** Whether the signed-in person may do something in the organization, as the server's tables say. */
export function useMay(): (permission: string) => boolean {
  const membership = useMembership();
  const known = useQuery({ ...roles, enabled: membership !== undefined }).data?.results;
  const permissions = known?.find((role) => role.name === membership?.role)?.permissions;
  return (permission) => permissions?.some((held) => held.name === permission) ?? false;
}

/** A refusal as a sentence. */
export function explain(error: unknown, say: Speaker): string {
  if (!(error instanceof Refusal)) return say("error.unexpected");
  if (error.code === UNREACHABLE) return say("error.unreachable");
  if (error.message === "") return say("error.unexpected");
  return error.requestId !== null && error.status >= 500 ? `${error.message} (${error.requestId})` : error.message;
}

interface WriteOptions<I, O> {
  write: (input: I) => Promise<O>;
  /** Keys of what is fetched again. */
  refresh?: readonly (readonly string[])[];
  /** What follows; the change lasts as long as that does, such as the way to another screen. */
  done?: (output: O, input: I) => unknown;
  message?: (output: O, input: I) => string;
  /** Whether this is a way back out of a message: what the server says of it is a message as well. */
  isUndo?: boolean;
  /** The way back, offered beside the message. */
  undo?: { label: string; run: (output: O, input: I) => void };
}

/** A change: sends it, fetches again what it touched, says that it is done. */
export function useWrite<I, O>({ write, refresh = [], done, message, isUndo = false, undo }: WriteOptions<I, O>) {
  const cache = useQueryClient();
  const { show, complain } = useMessages.getState();
  const say = useSpeaker();
  // `isPending` is what the last drawing knew: a second click comes before the next one.
  const isUnderway = useRef(false);
  const mutation = useMutation({
    mutationFn: write,
    onSuccess: async (output, input) => {
      await Promise.all(refresh.map((queryKey) => cache.invalidateQueries({ queryKey })));
      if (message !== undefined) show(message(output, input), undo === undefined ? undefined : { label: undo.label, run: () => undo.run(output, input) });
      await done?.(output, input);
    },
    onError: (error) => {
      if (isUndo) complain(explain(error, say));
      if (error instanceof Refusal && error.status === 401) void cache.invalidateQueries({ queryKey: me.queryKey });
    },
    onSettled: () => {
      isUnderway.current = false;
    },
  });
  const refusal = mutation.error;
  const errors: FormErrors = {
    message: refusal === null ? null : explain(refusal, say),
    field: (name) => (refusal instanceof Refusal ? refusal.field(name) : undefined),
  };
  return {
    run: (input: I) => {
      if (isUnderway.current) return;
      isUnderway.current = true;
      mutation.mutate(input);
    },
    isBusy: mutation.isPending,
    error: errors.message,
    refusal,
    errors,
    reset: mutation.reset,
    output: mutation.data,
  };
}
