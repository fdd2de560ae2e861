// One site: its head, and its content by type.

import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";

import { Refusal, type Schemas } from "../api/client";
import { useParam } from "../shell/address";
import { declarations, sites, useMay } from "../shell/queries";
import { Failed, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { submissions } from "../submissions/queries";
import { Badge, Button, Skeleton } from "../ui/parts";
import { ShareDialog } from "../work/ShareDialog";
import { Entries } from "./Entries";
import { PublishSite, SiteState } from "./Sites";

/** The site of the address, with its head and the ways to its parts. */
export function WithSite({ children }: { children: (site: Schemas["Site"], types: Schemas["TypeDeclaration"][]) => ReactNode }) {
  const say = useSpeaker();
  const may = useMay();
  const id = useParam("site");
  const known = useQuery(sites);
  const types = useQuery(declarations);
  const site = known.data?.results.find((each) => each.id === id);
  const place = useParam("collection");
  const [isSharing, setIsSharing] = useState(false);
  const tabs = useRef<HTMLElement>(null);
  // On a phone the line of tabs is longer than the screen: where one is stands in sight.
  // In braces: newer browsers answer a promise, which is no way to clean up.
  useEffect(() => {
    tabs.current?.querySelector("[aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [place, site?.id, types.isSuccess]);
  const back = (
    <Link className="page-back" to="/dashboard">
      {say("sites.title")}
    </Link>
  );
  if (site === undefined || types.data === undefined) {
    const error = known.error ?? types.error;
    return (
      <Page title={say("sites.site")} back={back}>
        {error !== null ? (
          <Failed
            error={error}
            retry={() => {
              void known.refetch();
              void types.refetch();
            }}
          />
        ) : known.isSuccess && types.isSuccess ? (
          <Failed error={new Refusal(404, "not_found", say("sites.notFound"))} />
        ) : (
          <Skeleton label={say("state.loading")} />
        )}
      </Page>
    );
  }
  // Pages first, as on the website's own menu; then by name.
  const ordered = [...types.data.types].sort(
    (a, b) => Number(b.name === "page") - Number(a.name === "page") || say.of(a.title_plural).localeCompare(say.of(b.title_plural), say.language),
  );
  return (
    <Page
      title={site.name}
      back={back}
      about={
        <span className="row">
          <SiteState site={site} />
          <span className="break">{site.domain ?? say("sites.noDomain")}</span>
        </span>
      }
      actions={
        <>
          {may("content.edit") && <Button onClick={() => setIsSharing(true)}>{say("share.open")}</Button>}
          {may("sites.manage") && <PublishSite site={site} />}
        </>
      }
    >
      <nav className="tabs" aria-label={say("sites.parts")} ref={tabs}>
        {ordered.map((type) => (
          <Link key={type.name} className="tab" to="/dashboard/sites/$site/$collection" params={{ site: site.id, collection: type.plural }}>
            {say.of(type.title_plural)}
          </Link>
        ))}
        {may("submissions.view") && <InboxTab site={site.id} />}
        <Link className="tab" to="/dashboard/sites/$site/translations" params={{ site: site.id }}>
          {say("translation.title")}
        </Link>
        {may("content.edit") && (
          <Link className="tab" to="/dashboard/sites/$site/bin" params={{ site: site.id }}>
            {say("bin.title")}
          </Link>
        )}
        <Link className="tab" to="/dashboard/sites/$site/settings" params={{ site: site.id }}>
          {say("sites.settings")}
        </Link>
      </nav>
      {children(site, ordered)}
      {isSharing && <ShareDialog site={site} onClose={() => setIsSharing(false)} />}
    </Page>
  );
}

/** Guests' messages, with how many nobody has looked at. */
function InboxTab({ site }: { site: string }) {
  const say = useSpeaker();
  const count = useQuery(submissions(site, { status: "new" }, 1, 1)).data?.count ?? 0;
  return (
    <Link className="tab" to="/dashboard/sites/$site/submissions" params={{ site }}>
      {say("inbox.title")}
      {count > 0 && (
        <Badge kind="waiting">
          <span aria-hidden="true">{say.number(count)}</span>
          <span className="hidden-visually">{say.count("inbox.new", count)}</span>
        </Badge>
      )}
    </Link>
  );
}

/** `/dashboard/sites/SITE` and `/dashboard/sites/SITE/COLLECTION`. */
export function SiteContent() {
  const collection = useParam("collection");
  return (
    <WithSite>
      {(site, types) => {
        const type = types.find((each) => each.plural === collection);
        if (type !== undefined) return <Entries key={type.name} site={site} type={type} />;
        const first = types[0];
        return first !== undefined && <Navigate to="/dashboard/sites/$site/$collection" params={{ site: site.id, collection: first.plural }} replace />;
      }}
    </WithSite>
  );
}
