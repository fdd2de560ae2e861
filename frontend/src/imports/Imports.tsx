// Moving in: what is brought from elsewhere, and what was brought within the last week.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { answer, client, Refusal } from "../api/client";
import { roles, sites, useMay, useMembership, useWrite } from "../shell/queries";
import { Failed, Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Confirm, Empty, Skeleton } from "../ui/parts";
import { Table } from "../ui/table";
import type { Speaker } from "../words";
import { useBringing } from "./bringing";
import { NewImport } from "./NewImport";
import { OnTheWay } from "./OnTheWay";
import { type Import, imports, isBusy, siteIdOf } from "./queries";

export function Imports() {
  const say = useSpeaker();
  return (
    <Page title={say("imports.title")} about={say("imports.about")}>
      <Allowed>
        <Beginning />
        <Brought />
      </Allowed>
    </Page>
  );
}

/** Owners and admins bring things in; everybody else is told whom to ask. */
export function Allowed({ children }: { children: ReactNode }) {
  const say = useSpeaker();
  const may = useMay();
  const isMember = useMembership() !== undefined;
  const known = useQuery({ ...roles, enabled: isMember });
  if (!isMember) return <Empty>{say("sites.noOrganization")}</Empty>;
  if (known.isError) return <Failed error={known.error} retry={() => void known.refetch()} />;
  if (known.data === undefined) return <Skeleton label={say("state.loading")} />;
  if (!may("content.import")) return <Failed error={new Refusal(403, "forbidden", "")} />;
  return children;
}

function Beginning() {
  const bringing = useBringing((state) => state.bringing);
  return (
    <>
      {bringing !== null && <OnTheWay bringing={bringing} />}
      {/* What was filled in is still there when the files are stopped. */}
      <div hidden={bringing !== null}>
        <div className="stack">
          <NewImport />
        </div>
      </div>
    </>
  );
}

function Brought() {
  const say = useSpeaker();
  const query = useQuery(imports);
  return (
    <section className="stack stack-narrow" aria-labelledby="brought">
      <h2 id="brought">{say("imports.list")}</h2>
      <Loaded query={query} lines={3}>
        {({ results }) => (results.length === 0 ? <p className="soft">{say("imports.empty")}</p> : <List imports={results} />)}
      </Loaded>
    </section>
  );
}

function List({ imports: all }: { imports: readonly Import[] }) {
  const say = useSpeaker();
  const nameOf = useSiteName();
  const [throwing, setThrowing] = useState<Import | null>(null);
  return (
    <div className="card card-flush">
      <Table
        caption={say("imports.list")}
        items={all}
        keyOf={(one) => one.id}
        columns={[
          {
            label: say("imports.kind"),
            role: "name",
            cell: (one) => (
              <div className="stack stack-tight">
                <Link className="strong break" to="/dashboard/imports/$id" params={{ id: one.id }}>
                  {sourceFileOf(one) ?? say(`imports.from.${one.wish.source}`)}
                </Link>
                <span className="soft small break">{[sourceFileOf(one) === null ? null : say(`imports.from.${one.wish.source}`), nameOf(one)].filter((each) => each !== null).join(" · ")}</span>
              </div>
            ),
          },
          { label: say("field.state"), cell: (one) => <Standing import_={one} /> },
          { label: say("imports.when"), cell: (one) => <span className="soft small">{broughtBy(one, say)}</span> },
          {
            label: say("field.actions"),
            role: "actions",
            cell: (one) =>
              !isBusy(one) && (
                <Button kind="quiet-danger" isSmall aria-label={say("imports.throwThing", { name: sourceFileOf(one) ?? say(`imports.from.${one.wish.source}`) })} onClick={() => setThrowing(one)}>
                  {say("imports.throw")}
                </Button>
              ),
          },
        ]}
      />
      {throwing !== null && <ThrowAway import_={throwing} onGone={() => setThrowing(null)} onClose={() => setThrowing(null)} />}
    </div>
  );
}

/** The file that was brought; what lies beside it follows from it. */
export function sourceFileOf({ files }: Import): string | null {
  return files.find(({ part }) => part === "source")?.name ?? null;
}

export function broughtBy({ created_at, created_by_name }: Import, say: Speaker): string {
  return say("imports.broughtBy", { name: created_by_name, moment: say.moment(created_at) });
}

/** What the site of an import is called; nothing where an archive brings its own. */
export function useSiteName() {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results;
  return ({ wish }: Import): string | null => {
    const id = siteIdOf(wish);
    if (id === null || known === undefined) return null;
    return known.find((site) => site.id === id)?.name ?? say("export.goneSite");
  };
}

const KINDS = { open: "waiting", checking: undefined, checked: "waiting", importing: undefined, done: "good", failed: "danger" } as const;

export function Standing({ import_: { state } }: { import_: Import }) {
  const say = useSpeaker();
  const kind = KINDS[state];
  return <Badge {...(kind === undefined ? {} : { kind })}>{say(`imports.state.${state}`)}</Badge>;
}

interface ThrowAwayProps {
  import_: Import;
  onGone: () => void;
  onClose: () => void;
}

export function ThrowAway({ import_: one, onGone, onClose }: ThrowAwayProps) {
  const say = useSpeaker();
  const remove = useWrite({
    write: () => answer(client.DELETE("/api/v1/imports/{id}/", { params: { path: { id: one.id } } })),
    refresh: [imports.queryKey],
    message: () => say("imports.thrown"),
    done: onGone,
  });
  return (
    <Confirm
      title={say("imports.throwTitle", { name: sourceFileOf(one) ?? say(`imports.from.${one.wish.source}`) })}
      consequence={say(one.state === "done" ? "imports.throwAboutDone" : "imports.throwAbout")}
      confirm={say("imports.throw")}
      cancel={say("action.cancel")}
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={() => remove.run(undefined)}
      onClose={onClose}
    />
  );
}
