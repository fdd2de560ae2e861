// What setup made, as the server has it: the steps behind it stand at addresses of their own and survive a reload.

import { useQuery } from "@tanstack/react-query";

import { carry, Refusal, type Schemas } from "../../api/client";
import { me, sites, useMembership } from "../../shell/queries";

interface Made {
  site: Schemas["Site"] | undefined;
  all: readonly Schemas["Site"][];
  /** Nobody is signed in any more. */
  signIn: boolean;
  /** There is no such site. */
  isMissing: boolean;
  error: unknown;
  retry: () => void;
}

export function useSetUpSite(wanted: string | undefined): Made {
  const person = useQuery(me);
  const membership = useMembership();
  // Before the sites are asked for.
  if (membership !== undefined) carry({ organization: membership.organization.id });
  const known = useQuery({ ...sites, enabled: membership !== undefined });
  const site = known.data?.results.find((each) => each.id === wanted);
  const error = person.error ?? known.error;
  return {
    site,
    all: known.data?.results ?? [],
    signIn: error instanceof Refusal && error.status === 401,
    isMissing: (known.isSuccess && site === undefined) || (person.isSuccess && membership === undefined),
    error,
    retry: () => void (person.isError ? person.refetch() : known.refetch()),
  };
}
