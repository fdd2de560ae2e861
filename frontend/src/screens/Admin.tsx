// The operator's area: the whole installation, over all organizations.

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Navigate, Outlet } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client } from "../api/client";
import { me, useWrite } from "../shell/queries";
import { Failed, Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Empty, Notice, Skeleton } from "../ui/parts";
import { Table } from "../ui/table";
import { Replication } from "./Replication";

const REFRESH_MS = 5000;

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
      <Replication refreshMs={REFRESH_MS} />
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
