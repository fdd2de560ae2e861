// The operator's area: the whole installation, over all organizations.

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Navigate, Outlet } from "@tanstack/react-router";
import { type ReactNode, useDeferredValue, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { me, useWrite } from "../shell/queries";
import { Failed, Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Input } from "../ui/form";
import { Badge, Button, Confirm, Empty, Notice, Skeleton } from "../ui/parts";
import { Table } from "../ui/table";

const REFRESH_MS = 5000;
const PAGE_SIZE = 25;

/** Only for those who operate the platform; everybody else goes where they belong. */
export function OperatorsOnly() {
  const user = useQuery(me).data?.user;
  if (user?.is_superuser === false) return <Navigate to="/dashboard" replace />;
  return <Outlet />;
}

export function Health() {
  const say = useSpeaker();
  const health = useQuery({ queryKey: ["health"], queryFn: () => answer(client.GET("/api/v1/health/")), refetchInterval: REFRESH_MS });
  const queue = useQuery({ queryKey: ["queue"], queryFn: () => answer(client.GET("/api/v1/monitoring/jobs/")), refetchInterval: REFRESH_MS });
  return (
    <Page title={say("admin.health")} about={health.data && say("admin.version", { version: health.data.version, environment: health.data.environment })}>
      <section className="card card-flush">
        <Loaded query={health} lines={3}>
          {(report) => (
            <Table
              caption={say("admin.health")}
              items={report.checks}
              keyOf={(check) => check.name}
              columns={[
                { label: say("admin.check"), role: "name", cell: (check) => <span className="strong">{check.name}</span> },
                {
                  label: say("field.state"),
                  cell: (check) => (check.status === "ok" ? <Badge kind="good">{say("admin.ok")}</Badge> : <Badge kind="danger">{say("admin.failing")}</Badge>),
                },
                { label: say("admin.took"), align: "end", cell: (check) => `${say.number(Math.round(check.duration_ms * 10) / 10)} ms` },
              ]}
            />
          )}
        </Loaded>
      </section>
      <section className="card card-flush">
        <h2 className="card-head">{say("admin.lanes")}</h2>
        <Loaded query={queue} lines={3}>
          {(numbers) => (
            <Table
              caption={say("admin.lanes")}
              items={Object.entries(numbers.lanes)}
              keyOf={([lane]) => lane}
              columns={[
                { label: say("admin.lane"), role: "name", cell: ([lane]) => <span className="strong">{lane}</span> },
                { label: say("job.due"), align: "end", cell: ([, lane]) => say.number(lane.due_now) },
                { label: say("job.scheduled"), align: "end", cell: ([, lane]) => say.number(lane.scheduled) },
                { label: say("job.running"), align: "end", cell: ([, lane]) => say.number(lane.running) },
                { label: say("job.dead"), align: "end", cell: ([, lane]) => (lane.dead > 0 ? <Badge kind="danger">{say.number(lane.dead)}</Badge> : say.number(0)) },
              ]}
            />
          )}
        </Loaded>
      </section>
    </Page>
  );
}

interface PagedProps<T> {
  title: string;
  name: string;
  read: (search: string, page: number) => Promise<{ count: number; results: T[] }>;
  empty: string;
  children: (items: T[]) => ReactNode;
}

/** A list over the whole installation, to search and to page through. */
function Paged<T>({ title, name, read, empty, children }: PagedProps<T>) {
  const say = useSpeaker();
  const [typed, setTyped] = useState("");
  const [page, setPage] = useState(1);
  const search = useDeferredValue(typed.trim());
  const query = useQuery({ queryKey: ["admin", name, search, page], queryFn: () => read(search, page), placeholderData: keepPreviousData });
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
        <Loaded query={query}>{(found) => (found.results.length === 0 ? <Empty>{search === "" ? empty : say("list.nothing", { search })}</Empty> : children(found.results))}</Loaded>
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
    </Page>
  );
}

const searched = (search: string, page: number) => ({ page, page_size: PAGE_SIZE, ...(search === "" ? {} : { search }) });

type Counted = Schemas["Page_Counted"]["results"][number];

export function Organizations() {
  const say = useSpeaker();
  const [suspending, setSuspending] = useState<Counted | null>(null);
  const change = useWrite({
    write: (organization: Counted) => {
      const params = { params: { path: { id: organization.id } } };
      return answer(
        organization.suspended_at == null ? client.POST("/api/v1/admin/organizations/{id}/suspend/", params) : client.POST("/api/v1/admin/organizations/{id}/resume/", params),
      );
    },
    refresh: [["admin", "organizations"]],
    done: () => setSuspending(null),
    message: (changed) => say("state.saved", { name: changed.name }),
  });
  return (
    <Paged
      title={say("admin.organizations")}
      name="organizations"
      empty={say("admin.noOrganizations")}
      read={(search, page) => answer(client.GET("/api/v1/admin/organizations/", { params: { query: searched(search, page) } }))}
    >
      {(items) => (
        <>
          <Table
            caption={say("admin.organizations")}
            items={items}
            keyOf={(organization) => organization.id}
            columns={[
              {
                label: say("field.name"),
                role: "name",
                cell: (organization) => (
                  <div className="stack stack-tight">
                    <span className="strong">{organization.name}</span>
                    <span className="soft small">{organization.slug}</span>
                  </div>
                ),
              },
              { label: say("team.title"), align: "end", cell: (organization) => say.number(organization.members) },
              { label: say("sites.title"), align: "end", cell: (organization) => say.number(organization.sites) },
              { label: say("field.made"), cell: (organization) => say.date(organization.created_at) },
              { label: say("field.state"), cell: (organization) => <Suspended at={organization.suspended_at} /> },
              {
                label: say("field.actions"),
                role: "actions",
                cell: (organization) => (
                  <Button isSmall isBusy={change.isBusy} onClick={() => (organization.suspended_at == null ? setSuspending(organization) : change.run(organization))}>
                    {say(organization.suspended_at == null ? "action.suspend" : "action.resume")}
                  </Button>
                ),
              },
            ]}
          />
          {suspending !== null && (
            <Confirm
              title={say("admin.suspendTitle", { name: suspending.name })}
              consequence={say("admin.suspendOrganization")}
              confirm={say("action.suspend")}
              cancel={say("action.cancel")}
              isBusy={change.isBusy}
              error={change.error}
              onConfirm={() => change.run(suspending)}
              onClose={() => setSuspending(null)}
            />
          )}
        </>
      )}
    </Paged>
  );
}

function Suspended({ at }: { at: string | null | undefined }) {
  const say = useSpeaker();
  return at == null ? <Badge kind="good">{say("state.active")}</Badge> : <Badge kind="danger">{say("state.suspended")}</Badge>;
}

type User = Schemas["UserView"];

export function Users() {
  const say = useSpeaker();
  const own = useQuery(me).data?.user;
  const [suspending, setSuspending] = useState<User | null>(null);
  const change = useWrite({
    write: (user: User) => {
      const params = { params: { path: { id: user.id } } };
      return answer(user.is_active ? client.POST("/api/v1/admin/users/{id}/suspend/", params) : client.POST("/api/v1/admin/users/{id}/resume/", params));
    },
    refresh: [["admin", "users"]],
    done: () => setSuspending(null),
    message: (changed) => say("state.saved", { name: changed.name }),
  });
  return (
    <Paged
      title={say("admin.users")}
      name="users"
      empty={say("admin.noUsers")}
      read={(search, page) => answer(client.GET("/api/v1/admin/users/", { params: { query: searched(search, page) } }))}
    >
      {(items) => (
        <>
          <Table
            caption={say("admin.users")}
            items={items}
            keyOf={(user) => user.id}
            columns={[
              {
                label: say("field.name"),
                role: "name",
                cell: (user) => (
                  <div className="stack stack-tight">
                    <span className="strong">
                      {user.name} {user.is_superuser && <Badge>{say("admin.operator")}</Badge>}
                    </span>
                    <span className="soft small break">{user.email}</span>
                  </div>
                ),
              },
              { label: say("twoFactor.title"), cell: (user) => say(user.has_two_factor ? "state.yes" : "state.no") },
              { label: say("field.made"), cell: (user) => say.date(user.created_at) },
              { label: say("field.state"), cell: (user) => <Suspended at={user.is_active ? null : user.created_at} /> },
              {
                label: say("field.actions"),
                role: "actions",
                cell: (user) =>
                  user.id !== own?.id && (
                    <Button isSmall isBusy={change.isBusy} onClick={() => (user.is_active ? setSuspending(user) : change.run(user))}>
                      {say(user.is_active ? "action.suspend" : "action.resume")}
                    </Button>
                  ),
              },
            ]}
          />
          {suspending !== null && (
            <Confirm
              title={say("admin.suspendTitle", { name: suspending.name })}
              consequence={say("admin.suspendUser")}
              confirm={say("action.suspend")}
              cancel={say("action.cancel")}
              isBusy={change.isBusy}
              error={change.error}
              onConfirm={() => change.run(suspending)}
              onClose={() => setSuspending(null)}
            />
          )}
        </>
      )}
    </Paged>
  );
}

const STATES = ["due", "running", "done", "dead"] as const;
type JobState = (typeof STATES)[number];

export function Jobs() {
  const say = useSpeaker();
  return (
    <Page title={say("admin.jobs")} about={say("admin.jobsAbout")}>
      <Schedules />
      <Queue />
    </Page>
  );
}

function Schedules() {
  const say = useSpeaker();
  const query = useQuery({ queryKey: ["admin", "schedules"], queryFn: () => answer(client.GET("/api/v1/admin/schedules/")) });
  const run = useWrite({
    write: (name: string) => answer(client.POST("/api/v1/admin/schedules/{name}/run/", { params: { path: { name } } })),
    refresh: [
      ["admin", "jobs"],
      ["admin", "schedules"],
    ],
    message: (_, name) => say("admin.scheduleRun", { name }),
  });
  return (
    <section className="card card-flush">
      <h2 className="card-head">{say("admin.schedules")}</h2>
      {run.error !== null && <Notice kind="error">{run.error}</Notice>}
      <Loaded query={query} lines={3}>
        {(schedules) => (
          <Table
            caption={say("admin.schedules")}
            items={schedules.results}
            keyOf={(schedule) => schedule.name}
            columns={[
              {
                label: say("field.name"),
                role: "name",
                cell: (schedule) => (
                  <div className="stack stack-tight">
                    <span className="strong">{schedule.name}</span>
                    <span className="soft small">
                      <code>{schedule.expression}</code> {schedule.time_zone}
                    </span>
                  </div>
                ),
              },
              { label: say("admin.lastRun"), cell: (schedule) => (schedule.last_fire_at == null ? say("keys.never") : say.moment(schedule.last_fire_at)) },
              { label: say("admin.nextRun"), cell: (schedule) => say.moment(schedule.next_fire_at) },
              {
                label: say("field.actions"),
                role: "actions",
                cell: (schedule) => (
                  <Button isSmall isBusy={run.isBusy} onClick={() => run.run(schedule.name)}>
                    {say("admin.runNow")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

function Queue() {
  const say = useSpeaker();
  const [state, setState] = useState<JobState | "">("");
  const query = useInfiniteQuery({
    queryKey: ["admin", "jobs", state],
    queryFn: ({ pageParam }) =>
      answer(client.GET("/api/v1/admin/jobs/", { params: { query: { ...(state === "" ? {} : { state }), ...(pageParam === null ? {} : { before: pageParam }) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_before ?? null,
  });
  const retry = useWrite({
    write: (id: string) => answer(client.POST("/api/v1/admin/jobs/{id}/retry/", { params: { path: { id } } })),
    refresh: [["admin", "jobs"]],
    message: () => say("admin.retried"),
  });
  const jobs = query.data?.pages.flatMap((page) => page.results);
  return (
    <section className="card card-flush">
      <div className="card-head row row-apart">
        <h2>{say("admin.queue")}</h2>
        <select className="control control-inline" aria-label={say("field.state")} value={state} onChange={(event) => setState(event.target.value as JobState | "")}>
          <option value="">{say("admin.allStates")}</option>
          {STATES.map((each) => (
            <option key={each} value={each}>
              {say(`job.${each}`)}
            </option>
          ))}
        </select>
      </div>
      {retry.error !== null && <Notice kind="error">{retry.error}</Notice>}
      {jobs === undefined ? (
        query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton label={say("state.loading")} />
        )
      ) : jobs.length === 0 ? (
        <Empty>{say("admin.noJobs")}</Empty>
      ) : (
        <Table
          caption={say("admin.queue")}
          items={jobs}
          keyOf={(job) => job.id}
          columns={[
            {
              label: say("admin.job"),
              role: "name",
              cell: (job) => (
                <div className="stack stack-tight">
                  <span className="strong">{job.kind}</span>
                  {job.last_error != null && <span className="soft small break">{job.last_error}</span>}
                </div>
              ),
            },
            { label: say("admin.lane"), cell: (job) => job.lane },
            { label: say("field.state"), cell: (job) => <JobBadge state={job.state} /> },
            { label: say("admin.attempts"), align: "end", cell: (job) => `${say.number(job.attempt)} / ${say.number(job.max_attempts)}` },
            { label: say("admin.due"), cell: (job) => say.moment(job.run_at) },
            {
              label: say("field.actions"),
              role: "actions",
              cell: (job) =>
                job.state === "dead" && (
                  <Button isSmall isBusy={retry.isBusy} onClick={() => retry.run(job.id)}>
                    {say("action.retry")}
                  </Button>
                ),
            },
          ]}
        />
      )}
      {query.hasNextPage && (
        <div className="card-head">
          <Button isSmall isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {say("list.older")}
          </Button>
        </div>
      )}
    </section>
  );
}

function JobBadge({ state }: { state: string }) {
  const say = useSpeaker();
  const known = STATES.find((each) => each === state);
  const kinds = { due: "waiting", running: "good", done: undefined, dead: "danger" } as const;
  const kind = known === undefined ? undefined : kinds[known];
  return <Badge {...(kind === undefined ? {} : { kind })}>{known === undefined ? state : say(`job.${known}`)}</Badge>;
}
