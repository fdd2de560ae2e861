// The addresses of the application. /setup, /dashboard and /admin are served with the same page.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet } from "@tanstack/react-router";

import { Account } from "./screens/Account";
import { ApiKeys } from "./screens/ApiKeys";
import { Audit, PlatformAudit } from "./screens/Audit";
import { Forgot, Invitation, Reset, Verify } from "./screens/Links";
import { Organization } from "./screens/Organization";
import { Setup } from "./screens/setup/Setup";
import { SignIn } from "./screens/SignIn";
import { SiteContent } from "./screens/Site";
import { SiteSettings } from "./screens/SiteSettings";
import { Sites } from "./screens/Sites";
import { Team } from "./screens/Team";
import { Usage } from "./screens/Usage";
import { Shell } from "./shell/Shell";
import { Page } from "./shell/states";
import { useAnnouncement, useMessages, useSpeaker } from "./state/interface";
import { Button, Empty, Notice } from "./ui/parts";

const root = createRootRoute({ component: Root, notFoundComponent: Missing, errorComponent: Broken });

function Root() {
  return (
    <>
      <Outlet />
      <Messages />
      <Announcement />
    </>
  );
}

function Announcement() {
  return (
    <div className="hidden-visually" aria-live="polite">
      {useAnnouncement((state) => state.text)}
    </div>
  );
}

function Messages() {
  const say = useSpeaker();
  const { messages, dismiss, hold, release } = useMessages();
  return (
    <div className="messages" aria-live="polite">
      {messages.map((message) => (
        <div className="message" role="presentation" key={message.id} onPointerEnter={() => hold(message.id)} onPointerLeave={() => release(message.id)} onFocus={() => hold(message.id)} onBlur={() => release(message.id)}>
          <Notice
            kind={message.kind}
            action={
              <span className="row row-fixed">
                {message.action !== null && (
                  <Button
                    isSmall
                    onClick={() => {
                      message.action?.run();
                      dismiss(message.id);
                    }}
                  >
                    {message.action.label}
                  </Button>
                )}
                <Button kind="quiet" isSmall onClick={() => dismiss(message.id)}>
                  {say("action.close")}
                </Button>
              </span>
            }
          >
            {message.text}
          </Notice>
        </div>
      ))}
    </div>
  );
}

function Missing() {
  const say = useSpeaker();
  return (
    <Page title={say("missing.title")}>
      <Empty
        action={
          <Link className="button button-primary" to="/dashboard">
            {say("link.toDashboard")}
          </Link>
        }
      >
        {say("missing.about")}
      </Empty>
    </Page>
  );
}

/** Something in the application itself broke; what was saved is safe on the server. */
function Broken({ error }: { error: unknown }) {
  const say = useSpeaker();
  return (
    <Page title={say("broken.title")}>
      <Notice kind="error" action={<Button onClick={() => location.reload()}>{say("broken.reload")}</Button>}>
        <p>{say("broken.about")}</p>
        <code>{error instanceof Error ? error.message : String(error)}</code>
      </Notice>
    </Page>
  );
}

const getParentRoute = () => root;
const shell = createRoute({ getParentRoute, id: "shell", component: Shell });
const inShell = () => shell;
const text = (value: unknown) => (typeof value === "string" ? value : undefined);

const admin = lazyRouteComponent(() => import("./screens/Admin"), "OperatorsOnly");
const operators = createRoute({ getParentRoute: inShell, id: "operators", component: admin });
const inOperators = () => operators;

/** The page of a list, from its address. */
const validatePage = (search: Record<string, unknown>): { page?: number } => {
  const page = Number(search["page"]);
  return Number.isInteger(page) && page > 1 ? { page } : {};
};

/** The page of a list of content, and the words that are looked for in it. */
const validateList = (search: Record<string, unknown>): { page?: number; q?: string; state?: string } => {
  const words = search["q"];
  const state = text(search["state"]);
  return { ...validatePage(search), ...(typeof words === "string" || typeof words === "number" ? { q: String(words) } : {}), ...(state === undefined ? {} : { state }) };
};

/** What is shown of an open entry: its language, its section, on a phone which part. */
const validateEntry = (search: Record<string, unknown>): { language?: string; section?: string; view?: string } => {
  const kept = (["language", "section", "view"] as const).flatMap((name) => {
    const value = search[name];
    return typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [];
  });
  return Object.fromEntries(kept) as { language?: string; section?: string; view?: string };
};

/** What the library shows, and which of its things is open. */
const validateMedia = (search: Record<string, unknown>): { search?: string; site?: string; show?: string; kind?: string; item?: string; page?: number } => {
  const kept = (["search", "site", "show", "kind", "item"] as const).flatMap((name) => {
    const value = search[name];
    return typeof value === "string" || typeof value === "number" ? [[name, String(value)]] : [];
  });
  return { ...(Object.fromEntries(kept) as { search?: string }), ...validatePage(search) };
};

/** Values behind `?` by their names; what is no text is left out. */
function named<N extends string>(search: Record<string, unknown>, names: readonly N[]): { [K in N]?: string } {
  const kept = names.flatMap((name) => {
    const value = text(search[name]);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(kept) as { [K in N]?: string };
}

/** What a list of translations is narrowed to. */
const validateLacking = (search: Record<string, unknown>): { locale?: string; type?: string; state?: string; page?: number } => ({ ...named(search, ["locale", "type", "state"]), ...validatePage(search) });

/** From which language into which, and whether only what is open is shown. */
const validateBeside = (search: Record<string, unknown>): { source?: string; target?: string; show?: string } => named(search, ["source", "target", "show"]);

/** What the list of hotels that differ from the brand is narrowed to. */
const validateDrift = (search: Record<string, unknown>): { type?: string; field?: string; site?: string; page?: number } => ({ ...named(search, ["type", "field", "site"]), ...validatePage(search) });

/** The language in which the brand is written. */
const validateBrand = (search: Record<string, unknown>): { language?: string } => named(search, ["language"]);

/** What guests' messages are narrowed to. */
const validateInbox = (search: Record<string, unknown>): { form?: string; status?: string; page?: number } => ({ ...named(search, ["form", "status"]), ...validatePage(search) });

/** What is brought, and into which site. */
const validateImports = (search: Record<string, unknown>): { source?: string; site?: string } => named(search, ["source", "site"]);

/** The site that setup made. */
const validateSite = (search: Record<string, unknown>): { site?: string } => {
  const site = text(search["site"]);
  return site === undefined ? {} : { site };
};

const routes = root.addChildren([
  createRoute({ getParentRoute, path: "/setup", component: Setup }),
  createRoute({ getParentRoute, path: "/setup/photos", component: lazyRouteComponent(() => import("./screens/setup/Photos"), "Photos"), validateSearch: validateSite }),
  createRoute({ getParentRoute, path: "/setup/website", component: lazyRouteComponent(() => import("./screens/setup/Website"), "Website"), validateSearch: validateSite }),
  createRoute({
    getParentRoute,
    path: "/dashboard/sign-in",
    component: SignIn,
    validateSearch: (search): { next?: string; notice?: string } => {
      const next = text(search["next"]);
      const notice = text(search["notice"]);
      return { ...(next === undefined ? {} : { next }), ...(notice === undefined ? {} : { notice }) };
    },
  }),
  createRoute({ getParentRoute, path: "/dashboard/forgot", component: Forgot }),
  createRoute({ getParentRoute, path: "/dashboard/reset", component: Reset }),
  createRoute({ getParentRoute, path: "/dashboard/verify", component: Verify }),
  createRoute({ getParentRoute, path: "/dashboard/invitation", component: Invitation }),
  shell.addChildren([
    createRoute({ getParentRoute: inShell, path: "/dashboard", component: Sites }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site", component: SiteContent, validateSearch: validatePage }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/settings", component: SiteSettings }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/bin", component: lazyRouteComponent(() => import("./screens/Bin"), "Bin"), validateSearch: validatePage }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/translations", component: lazyRouteComponent(() => import("./translations/Translations"), "Translations") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/translations/entries", component: lazyRouteComponent(() => import("./translations/Lacking"), "Lacking"), validateSearch: validateLacking }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/translations/$entry", component: lazyRouteComponent(() => import("./translations/Beside"), "Beside"), validateSearch: validateBeside }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/submissions", component: lazyRouteComponent(() => import("./submissions/Submissions"), "Submissions"), validateSearch: validateInbox }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/submissions/$submission", component: lazyRouteComponent(() => import("./submissions/Submission"), "Submission") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/$collection", component: SiteContent, validateSearch: validateList }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/sites/$site/$collection/$entry", component: lazyRouteComponent(() => import("./editing/EntryScreen"), "EntryScreen"), validateSearch: validateEntry }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/media", component: lazyRouteComponent(() => import("./screens/Media"), "Media"), validateSearch: validateMedia }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/releases", component: lazyRouteComponent(() => import("./screens/Releases"), "Releases") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/releases/$release", component: lazyRouteComponent(() => import("./screens/Releases"), "ReleaseScreen") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/reviews", component: lazyRouteComponent(() => import("./screens/Reviews"), "Reviews") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/brand", component: lazyRouteComponent(() => import("./brand/Brand"), "Brand") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/brand/drift", component: lazyRouteComponent(() => import("./brand/Drift"), "Drift"), validateSearch: validateDrift }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/brand/types/$type", component: lazyRouteComponent(() => import("./brand/BrandType"), "BrandType"), validateSearch: validateBrand }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/imports", component: lazyRouteComponent(() => import("./imports/Imports"), "Imports"), validateSearch: validateImports }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/imports/$id", component: lazyRouteComponent(() => import("./imports/ImportScreen"), "ImportScreen") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/team", component: Team }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/keys", component: ApiKeys }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/usage", component: Usage }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/audit", component: Audit }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/types", component: lazyRouteComponent(() => import("./screens/types/Types"), "Types") }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/organization", component: Organization }),
    createRoute({ getParentRoute: inShell, path: "/dashboard/account", component: Account }),
    operators.addChildren([
      createRoute({ getParentRoute: inOperators, path: "/admin", component: lazyRouteComponent(() => import("./screens/Admin"), "Health") }),
      createRoute({ getParentRoute: inOperators, path: "/admin/organizations", component: lazyRouteComponent(() => import("./screens/AdminLists"), "Organizations") }),
      createRoute({ getParentRoute: inOperators, path: "/admin/users", component: lazyRouteComponent(() => import("./screens/AdminLists"), "Users") }),
      createRoute({ getParentRoute: inOperators, path: "/admin/jobs", component: lazyRouteComponent(() => import("./screens/Admin"), "Jobs") }),
      createRoute({ getParentRoute: inOperators, path: "/admin/audit", component: PlatformAudit }),
    ]),
  ]),
]);

export const router = createRouter({ routeTree: routes, defaultPreload: false, scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
