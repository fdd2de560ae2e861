// What surrounds every screen of those who are signed in.

import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { useState } from "react";

import { answer, carry, client, Refusal, type Schemas } from "../api/client";
import { useHarmlessDrops } from "../media/drop";
import { UploadTray } from "../media/UploadList";
import { useInterface, useSpeaker } from "../state/interface";
import { Icon, type IconName } from "../ui/icons";
import { Button } from "../ui/parts";
import { ownPlace } from "./address";
import { Palette } from "./Palette";
import { begin, installation, me, useMay, useMembership, useWrite } from "./queries";
import { Failed, useOnline } from "./states";

export function Shell() {
  const asked = useQuery(me);
  const place = useLocation();
  if (asked.error instanceof Refusal && asked.error.status === 401) {
    return <ToSignIn next={place.href} />;
  }
  if (asked.data === undefined) {
    return asked.isError ? (
      <main className="page">
        <Failed error={asked.error} retry={() => void asked.refetch()} />
      </main>
    ) : null;
  }
  return <Signed user={asked.data.user} memberships={asked.data.memberships} />;
}

/** Leads to the sign-in, and from there back to where one was. It does so once: each navigation moves the place, and a
 * `Navigate` that is made anew navigates anew. */
function ToSignIn({ next }: { next: string }) {
  const [leading] = useState(() => <Navigate to="/dashboard/sign-in" search={{ next }} replace />);
  return leading;
}

function Signed({ user, memberships }: { user: Schemas["UserView"]; memberships: Schemas["Membership"][] }) {
  const say = useSpeaker();
  const membership = useMembership();
  const setOrganization = useInterface((state) => state.setOrganization);
  const organization = membership?.organization.id ?? "";
  const place = useLocation();
  useHarmlessDrops();
  // The menu of a phone is open on the screen where it was opened: following a link closes it.
  const [openAt, setOpenAt] = useState<string | null>(null);
  const isOpen = openAt === place.href;
  // Before any screen below asks for something.
  carry({ organization });
  const signOut = useWrite({
    write: () => answer(client.POST("/api/v1/auth/logout/")),
    // The page that follows knows nothing of this one; emptied before it, every query here would ask once more.
    done: () => location.assign("/dashboard/sign-in"),
  });
  return (
    <div className="shell">
      <a className="button shell-skip" href="#content">
        {say("shell.skip")}
      </a>
      <nav className="shell-navigation" aria-label={say("shell.navigation")} data-open={isOpen}>
        <Link className="shell-brand" to="/dashboard">
          <img src="/dashboard/favicon.svg" alt="" />
          <span className="break">{membership?.organization.name ?? "GammaCMS"}</span>
        </Link>
        {memberships.length > 1 && (
          <select
            className="control shell-links-more"
            aria-label={say("shell.organization")}
            value={organization}
            onChange={(event) => {
              setOrganization(event.target.value);
              carry({ organization: event.target.value });
              location.assign("/dashboard");
            }}
          >
            {memberships.map((each) => (
              <option key={each.organization.id} value={each.organization.id}>
                {each.organization.name}
              </option>
            ))}
          </select>
        )}
        <Palette />
        {membership !== undefined && <TeamLinks />}
        {user.is_superuser && <OperatorLinks />}
        <div className="shell-foot">
          <div className="shell-links">
            <Place to="/dashboard/account" icon="account" label={user.name} />
            <a className="shell-link" href="/docs/">
              <Icon name="docs" />
              <span>{say("shell.help")}</span>
            </a>
          </div>
          <Button kind="quiet" isSmall icon="out" isBusy={signOut.isBusy} onClick={() => signOut.run(undefined)}>
            {say("shell.signOut")}
          </Button>
        </div>
        <button type="button" className="shell-link shell-more" aria-expanded={isOpen} onClick={() => setOpenAt(isOpen ? null : place.href)}>
          <Icon name={isOpen ? "close" : "more"} />
          <span>{isOpen ? say("action.close") : say("shell.more")}</span>
        </button>
      </nav>
      <div className="shell-main">
        <Banners />
        <Outlet />
        <UploadTray />
      </div>
    </div>
  );
}

function Place({ to, icon, label }: { to: string; icon: IconName; label: string }) {
  return (
    <Link className="shell-link" to={to} activeOptions={{ exact: to === "/dashboard" || to === "/admin" }} activeProps={{ className: "active" }}>
      <Icon name={icon} />
      <span className="break">{label}</span>
    </Link>
  );
}

function TeamLinks() {
  const say = useSpeaker();
  const may = useMay();
  const place = useLocation();
  const isAtSites = place.pathname.startsWith("/dashboard/sites");
  return (
    <>
      <div className="shell-links">
        <Link className={`shell-link${isAtSites ? " active" : ""}`} to="/dashboard" activeOptions={{ exact: true }} activeProps={{ className: "active" }}>
          <Icon name="sites" />
          <span>{say("sites.title")}</span>
        </Link>
        {may("media.view") && <Place to="/dashboard/media" icon="image" label={say("media.title")} />}
        {may("content.view") && <Place to="/dashboard/reviews" icon="check" label={say("review.list")} />}
        {may("content.view") && <Place to="/dashboard/releases" icon="jobs" label={say("release.title")} />}
      </div>
      <div className="shell-links shell-links-more">
        {may("members.view") && <Place to="/dashboard/team" icon="team" label={say("team.title")} />}
        {may("api_keys.manage") && <Place to="/dashboard/keys" icon="key" label={say("keys.title")} />}
        {may("usage.view") && <Place to="/dashboard/usage" icon="usage" label={say("usage.title")} />}
        {may("audit.view") && <Place to="/dashboard/audit" icon="audit" label={say("audit.title")} />}
        {may("content.view") && <Place to="/dashboard/brand" icon="star" label={say("brand.title")} />}
        {may("content.view") && <Place to="/dashboard/types" icon="section" label={say("types.title")} />}
        {may("content.import") && <Place to="/dashboard/imports" icon="arrive" label={say("imports.title")} />}
        <Place to="/dashboard/organization" icon="organization" label={say("organization.title")} />
      </div>
    </>
  );
}

function OperatorLinks() {
  const say = useSpeaker();
  return (
    <div className="shell-links-more">
      <div className="shell-heading">{say("admin.title")}</div>
      <Place to="/admin" icon="health" label={say("admin.health")} />
      <Place to="/admin/organizations" icon="organization" label={say("admin.organizations")} />
      <Place to="/admin/users" icon="team" label={say("admin.users")} />
      <Place to="/admin/jobs" icon="jobs" label={say("admin.jobs")} />
      <Place to="/admin/audit" icon="audit" label={say("audit.title")} />
    </div>
  );
}

/** What must be known on every screen: where one is, and that nothing arrives. */
export function Banners() {
  const say = useSpeaker();
  const isOnline = useOnline();
  const environment = useQuery(installation).data?.environment;
  return (
    <>
      {environment === "staging" && <div className="shell-banner shell-banner-waiting">{say("shell.staging")}</div>}
      {!isOnline && (
        <div className="shell-banner shell-banner-danger" role="status">
          {say("shell.offline")}
        </div>
      )}
    </>
  );
}

/** Signs somebody in on this browser and leads on. */
export function enter(session: Schemas["SessionAnswer"], next?: string): void {
  begin(session);
  location.assign(ownPlace(next));
}
