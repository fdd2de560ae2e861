// Where a site is seen.

import type { Schemas } from "../api/client";

/** Names that lead to the machine itself are of use on that machine only. */
const isOwnMachine = (host: string) => host === "localhost" || host.endsWith(".localhost") || /^127\./.test(host) || host === "[::1]";

/** A site's own host, if guests' browsers find it there; else the published pages on this host, for the team. */
export function liveAddress(site: Schemas["Site"]): string {
  if (site.domain == null) return `/live/${site.slug}/`;
  if (!isOwnMachine(site.domain)) return `https://${site.domain}/`;
  const port = location.port === "" ? "" : `:${location.port}`;
  return isOwnMachine(location.hostname) ? `${location.protocol}//${site.domain}${port}/` : `/live/${site.slug}/`;
}
