// The operator's lists over the whole installation: organizations and accounts, each of which can be suspended.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useState } from "react";

import { answer, client } from "../api/client";
import { me, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Input } from "../ui/form";
import { Badge, Button, Confirm, Empty } from "../ui/parts";
import { type Column, Table } from "../ui/table";

const PAGE_SIZE = 25;

interface SuspendableProps<T> {
  title: string;
  /** The list's part of the cache's key. */
  name: string;
  empty: string;
  read: (query: { page: number; page_size: number; search?: string }) => Promise<{ count: number; results: T[] }>;
  /** What stands below the name, in small. */
  about: (item: T) => string;
  badge?: (item: T) => ReactNode;
  columns: readonly Column<T>[];
  isSuspended: (item: T) => boolean;
  maySuspend?: (item: T) => boolean;
  suspend: (item: T) => Promise<T>;
  resume: (item: T) => Promise<T>;
  /** What follows from a suspension. */
  consequence: string;
}

/** A list to search and to page through; what stands in it is suspended after a question, and lifted at once. */
function Suspendable<T extends { id: string; name: string; created_at: string }>(props: SuspendableProps<T>) {
  const say = useSpeaker();
  const { title, name, read, isSuspended } = props;
  const [typed, setTyped] = useState("");
  const [page, setPage] = useState(1);
  const [suspending, setSuspending] = useState<T | null>(null);
  const search = useDeferredValue(typed.trim());
  const query = useQuery({
    queryKey: ["admin", name, search, page],
    queryFn: () => read({ page, page_size: PAGE_SIZE, ...(search === "" ? {} : { search }) }),
    placeholderData: keepPreviousData,
  });
  const change = useWrite({
    write: (item: T) => (isSuspended(item) ? props.resume(item) : props.suspend(item)),
    refresh: [["admin", name]],
    done: () => setSuspending(null),
    message: (changed) => say("state.saved", { name: changed.name }),
  });
  const columns: readonly Column<T>[] = [
    {
      label: say("field.name"),
      role: "name",
      cell: (item) => (
        <div className="stack stack-tight">
          <span className="strong">
            {item.name} {props.badge?.(item)}
          </span>
          <span className="soft small break">{props.about(item)}</span>
        </div>
      ),
    },
    ...props.columns,
    { label: say("field.made"), cell: (item) => say.date(item.created_at) },
    { label: say("field.state"), cell: (item) => (isSuspended(item) ? <Badge kind="danger">{say("state.suspended")}</Badge> : <Badge kind="good">{say("state.active")}</Badge>) },
    {
      label: say("field.actions"),
      role: "actions",
      cell: (item) =>
        props.maySuspend?.(item) !== false && (
          <Button isSmall isBusy={change.isBusy} onClick={() => (isSuspended(item) ? change.run(item) : setSuspending(item))}>
            {say(isSuspended(item) ? "action.resume" : "action.suspend")}
          </Button>
        ),
    },
  ];
  return (
    <Page title={title}>
      <Input
        name="search"
        type="search"
        label={say("list.search")}
        value={typed}
        onChange={(text) => {
          setTyped(text);
          setPage(1);
        }}
      />
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty>{search === "" ? props.empty : say("list.nothing", { search })}</Empty>
            ) : (
              <Table caption={title} items={found.results} keyOf={(item) => item.id} columns={columns} />
            )
          }
        </Loaded>
      </div>
      {query.data !== undefined && query.data.count > PAGE_SIZE && (
        <nav className="row row-end" aria-label={say("list.pages")}>
          <Button isSmall disabled={page <= 1} onClick={() => setPage(page - 1)}>
            {say("list.previous")}
          </Button>
          <Button isSmall disabled={page * PAGE_SIZE >= query.data.count} onClick={() => setPage(page + 1)}>
            {say("list.next")}
          </Button>
        </nav>
      )}
      {suspending !== null && (
        <Confirm
          title={say("admin.suspendTitle", { name: suspending.name })}
          consequence={props.consequence}
          confirm={say("action.suspend")}
          cancel={say("action.cancel")}
          isBusy={change.isBusy}
          error={change.error}
          onConfirm={() => change.run(suspending)}
          onClose={() => setSuspending(null)}
        />
      )}
    </Page>
  );
}

const of = (item: { id: string }) => ({ params: { path: { id: item.id } } });

export function Organizations() {
  const say = useSpeaker();
  return (
    <Suspendable
      title={say("admin.organizations")}
      name="organizations"
      empty={say("admin.noOrganizations")}
      read={(query) => answer(client.GET("/api/v1/admin/organizations/", { params: { query } }))}
      about={(organization) => organization.slug}
      columns={[
        { label: say("team.title"), align: "end", cell: (organization) => say.number(organization.members) },
        { label: say("sites.title"), align: "end", cell: (organization) => say.number(organization.sites) },
      ]}
      isSuspended={(organization) => organization.suspended_at != null}
      suspend={async (organization) => ({ ...organization, ...(await answer(client.POST("/api/v1/admin/organizations/{id}/suspend/", of(organization)))) })}
      resume={async (organization) => ({ ...organization, ...(await answer(client.POST("/api/v1/admin/organizations/{id}/resume/", of(organization)))) })}
      consequence={say("admin.suspendOrganization")}
    />
  );
}

export function Users() {
  const say = useSpeaker();
  const own = useQuery(me).data?.user;
  return (
    <Suspendable
      title={say("admin.users")}
      name="users"
      empty={say("admin.noUsers")}
      read={(query) => answer(client.GET("/api/v1/admin/users/", { params: { query } }))}
      about={(user) => user.email}
      badge={(user) => user.is_superuser && <Badge>{say("admin.operator")}</Badge>}
      columns={[{ label: say("twoFactor.title"), cell: (user) => say(user.has_two_factor ? "state.yes" : "state.no") }]}
      isSuspended={(user) => !user.is_active}
      maySuspend={(user) => user.id !== own?.id}
      suspend={(user) => answer(client.POST("/api/v1/admin/users/{id}/suspend/", of(user)))}
      resume={(user) => answer(client.POST("/api/v1/admin/users/{id}/resume/", of(user)))}
      consequence={say("admin.suspendUser")}
    />
  );
}
