// Releases: what goes live together, on one website or several, at a time or now, and back in one step.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, Refusal, type Schemas } from "../api/client";
import { useParam } from "../shell/address";
import { declarations, queryClient, sites, useMay, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Badge, Button, Confirm, Dialog, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";
import { Agenda } from "../work/AgendaList";
import { momentIn, turnOf, zoneInWords } from "../work/clocks";
import { useReleases } from "../work/releases";
import { Twice } from "../work/Twice";

type Release = Schemas["Release"];

export function Releases() {
  const say = useSpeaker();
  const may = useMay();
  const query = useReleases();
  const [isMaking, setIsMaking] = useState(false);
  const make = may("content.edit") && (
    <Button kind="primary" icon="plus" onClick={() => setIsMaking(true)}>
      {say("release.new")}
    </Button>
  );
  return (
    <Page title={say("release.title")} about={say("release.about")} actions={make}>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty action={make}>{say("release.empty")}</Empty>
            ) : (
              <Table
                caption={say("release.title")}
                items={found.results}
                keyOf={(release) => release.id}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (release) => (
                      <Link className="strong" to="/dashboard/releases/$release" params={{ release: release.id }}>
                        {release.name}
                      </Link>
                    ),
                  },
                  { label: say("release.items"), cell: (release) => <span className="numbers">{say.number(release.items.length)}</span> },
                  { label: say("release.state"), cell: (release) => <Standing release={release} /> },
                  { label: say("field.changed"), cell: (release) => <span className="soft">{say.moment(release.updated_at)}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {query.data !== undefined && <Agenda releases={query.data.results} />}
      {isMaking && <NewRelease onClose={() => setIsMaking(false)} />}
    </Page>
  );
}

function Standing({ release }: { release: Release }) {
  const say = useSpeaker();
  const kind = { open: undefined, scheduled: "waiting", live: "good", rolled_back: undefined, failed: "danger" } as const;
  const shown = kind[release.state];
  return (
    <span className="stack stack-tight">
      <span className="badges">
        <Badge {...(shown === undefined ? {} : { kind: shown })}>{say(`release.state.${release.state}`)}</Badge>
      </span>
      {release.state === "scheduled" && <span className="soft small">{atItsPlace(release, say.language)}</span>}
    </span>
  );
}

/** Its time on the hotel's clocks, with the zone. */
function atItsPlace(release: Release, language: string): string {
  if (release.fires_at === null || release.time_zone === null) return "";
  return momentIn(release.time_zone, release.fires_at, language);
}

function NewRelease({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const make = useWrite({
    write: () => answer(client.POST("/api/v1/releases/", { body: { name } })),
    refresh: [["releases"]],
    done: (made) => navigate({ to: "/dashboard/releases/$release", params: { release: made.id } }),
  });
  return (
    <Dialog title={say("release.new")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={make.errors} onSubmit={() => make.run(undefined)}>
        <Input name="/name" label={say("field.name")} help={say("release.nameHelp")} value={name} required autoComplete="off" onChange={setName} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={make.isBusy}>
            {say("release.make")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

export function ReleaseScreen() {
  const say = useSpeaker();
  const id = useParam("release") ?? "";
  const query = useQuery({ queryKey: ["releases", id], queryFn: () => answer(client.GET("/api/v1/releases/{release}/", { params: { path: { release: id } } })) });
  return (
    <Page
      title={query.data?.name ?? say("release.title")}
      back={
        <Link className="page-back" to="/dashboard/releases">
          {say("release.title")}
        </Link>
      }
      {...(query.data === undefined ? {} : { about: <Standing release={query.data} />, actions: <Actions release={query.data} /> })}
    >
      <Loaded query={query}>
        {(release) => (
          <>
            {release.state === "scheduled" && <WhichOfTwo release={release} />}
            <Items release={release} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** A change of one release: what it answers is the release, and guests may see other things since. */
function useReleaseWrite<I>(write: (input: I) => Promise<Release>, message: (release: Release) => string, done?: () => void) {
  return useWrite({
    write,
    refresh: [["releases"], ["entries"], ["entry"]],
    message,
    done: (changed: Release) => {
      queryClient.setQueryData(["releases", changed.id], changed);
      done?.();
    },
  });
}

function Actions({ release }: { release: Release }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<"live" | "schedule" | "back" | "delete" | null>(null);
  const close = () => setDialog(null);
  const params = { path: { release: release.id } };
  const can = (action: Release["actions"][number]) => release.actions.includes(action) && may(action === "delete" || action === "change" ? "content.edit" : "content.publish");
  const live = useReleaseWrite(() => answer(client.POST("/api/v1/releases/{release}/publish/", { params })), (changed) => say("release.isLive", { name: changed.name }), close);
  const back = useReleaseWrite((force: boolean) => answer(client.POST("/api/v1/releases/{release}/rollback/", { params, body: { force } })), (changed) => say("release.isBack", { name: changed.name }), close);
  const unschedule = useReleaseWrite(() => answer(client.DELETE("/api/v1/releases/{release}/schedule/", { params })), (changed) => say("release.unscheduled", { name: changed.name }));
  const remove = useWrite({
    write: () => answer(client.DELETE("/api/v1/releases/{release}/", { params })),
    refresh: [["releases"]],
    done: () => navigate({ to: "/dashboard/releases" }),
    message: () => say("release.deleted", { name: release.name }),
  });
  const isEmpty = release.items.length === 0;
  const isChangedSince = back.refusal instanceof Refusal && back.refusal.code === "release_changed_since";
  return (
    <>
      {can("delete") && (
        <Button kind="quiet-danger" onClick={() => setDialog("delete")}>
          {say("action.delete")}
        </Button>
      )}
      {can("unschedule") && (
        <Button isBusy={unschedule.isBusy} onClick={() => unschedule.run(undefined)}>
          {say("release.unschedule")}
        </Button>
      )}
      {can("schedule") && !isEmpty && <Button onClick={() => setDialog("schedule")}>{say(release.state === "scheduled" ? "release.move" : "release.schedule")}</Button>}
      {can("roll_back") && (
        <Button icon="undo" onClick={() => setDialog("back")}>
          {say("release.rollBack")}
        </Button>
      )}
      {can("go_live") && !isEmpty && (
        <Button kind="primary" onClick={() => setDialog("live")}>
          {say("release.goLive")}
        </Button>
      )}
      {dialog === "live" && <Ask title={say("release.goLiveTitle", { name: release.name })} consequence={say.count("release.goLiveConsequence", release.items.length)} confirm={say("release.goLive")} change={live} onConfirm={() => live.run(undefined)} onClose={close} />}
      {dialog === "back" && (
        <Ask
          title={say("release.rollBackTitle", { name: release.name })}
          consequence={say("release.rollBackConsequence")}
          confirm={say(isChangedSince ? "release.rollBackAnyway" : "release.rollBack")}
          change={back}
          onConfirm={() => back.run(isChangedSince)}
          onClose={close}
        />
      )}
      {dialog === "schedule" && <Schedule release={release} onClose={close} />}
      {dialog === "delete" && <Confirm title={say("release.deleteTitle", { name: release.name })} consequence={say("release.deleteConsequence")} confirm={say("action.delete")} cancel={say("action.cancel")} isBusy={remove.isBusy} error={remove.error} onConfirm={() => remove.run(undefined)} onClose={close} />}
    </>
  );
}

/** Where its time comes twice on the clocks: which one is meant. */
function WhichOfTwo({ release }: { release: Release }) {
  const say = useSpeaker();
  const may = useMay();
  const known = useQuery(sites).data?.results ?? [];
  const { time_zone: zone, fires_at: instant, local_time: time } = release;
  const site = known.find((each) => each.time_zone === zone && release.items.some((item) => item.site_id === each.id));
  const move = useReleaseWrite(
    (repeated: Schemas["Repeated"]) => answer(client.PUT("/api/v1/releases/{release}/schedule/", { params: { path: { release: release.id } }, body: { local_time: time ?? "", repeated, ...(site === undefined ? {} : { site_id: site.id }) } })),
    (changed) => say("release.scheduled", { name: changed.name, when: atItsPlace(changed, say.language) }),
  );
  if (zone === null || instant === null) return null;
  const canMove = site !== undefined && release.actions.includes("schedule") && may("content.publish");
  return (
    <>
      {move.error !== null && <Notice kind="error">{move.error}</Notice>}
      <Twice turn={turnOf(zone, instant)} isBusy={move.isBusy} {...(canMove ? { onTurn: move.run } : {})} />
    </>
  );
}

interface AskProps {
  title: string;
  consequence: string;
  confirm: string;
  change: { isBusy: boolean; error: string | null; refusal: unknown };
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before all of it changes for guests; a refusal names each thing that stands in the way. */
function Ask({ title, consequence, confirm, change, onConfirm, onClose }: AskProps) {
  const say = useSpeaker();
  return (
    <Dialog title={title} closeLabel={say("action.close")} onClose={onClose}>
      <p>{consequence}</p>
      {change.error !== null && (
        <Notice kind="error">
          <p>{change.error}</p>
          <Refused refusal={change.refusal} />
        </Notice>
      )}
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="primary" isBusy={change.isBusy} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}

function Refused({ refusal }: { refusal: unknown }) {
  if (!(refusal instanceof Refusal) || refusal.fields.length === 0) return null;
  return (
    <ul>
      {refusal.fields.map((error) => (
        <li key={error.pointer} className="break">
          {error.detail}
        </li>
      ))}
    </ul>
  );
}

function Schedule({ release, onClose }: { release: Release; onClose: () => void }) {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results ?? [];
  const [site, setSite] = useState(release.items[0]?.site_id ?? "");
  const [day, setDay] = useState("");
  const [time, setTime] = useState("06:00");
  const zone = known.find((each) => each.id === site)?.time_zone ?? "";
  const touched = known.filter((each) => release.items.some((item) => item.site_id === each.id));
  const plan = useReleaseWrite(
    () => answer(client.PUT("/api/v1/releases/{release}/schedule/", { params: { path: { release: release.id } }, body: { site_id: site, local_time: `${day}T${time}` } })),
    (changed) => say("release.scheduled", { name: changed.name, when: atItsPlace(changed, say.language) }),
    onClose,
  );
  return (
    <Dialog title={say("release.scheduleTitle", { name: release.name })} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={plan.errors} onSubmit={() => plan.run(undefined)}>
        {touched.length > 1 && <Select name="/site_id" label={say("release.clocks")} value={site} onChange={setSite} options={touched.map((each) => ({ value: each.id, label: each.name }))} />}
        <div className="columns">
          <Input name="/local_time" type="date" label={say("schedule.day")} value={day} required onChange={setDay} />
          <Input name="/time" type="time" label={say("schedule.time")} help={say("schedule.zone", { zone: zoneInWords(zone) })} value={time} required onChange={setTime} />
        </div>
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={plan.isBusy} disabled={day === "" || time === ""}>
            {say("schedule.plan")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Items({ release }: { release: Release }) {
  const say = useSpeaker();
  const may = useMay();
  const known = useQuery(sites).data?.results ?? [];
  const types = useQuery(declarations).data?.types ?? [];
  const remove = useReleaseWrite(
    (entry: string) => answer(client.DELETE("/api/v1/releases/{release}/items/{entry}/", { params: { path: { release: release.id, entry } } })),
    (changed) => say("release.removed", { name: changed.name }),
  );
  const problemOf = (item: Release["items"][number]) => release.problems.find((problem) => problem.entry_id === item.entry_id)?.problem.detail;
  const canChange = release.actions.includes("change") && may("content.edit");
  return (
    <>
      {release.state === "failed" && <Notice kind="error">{say("release.failed")}</Notice>}
      {remove.error !== null && <Notice kind="error">{remove.error}</Notice>}
      <div className="card card-flush">
        {release.items.length === 0 ? (
          <Empty>{say("release.noItems")}</Empty>
        ) : (
          <Table
            caption={say("release.items")}
            items={release.items}
            keyOf={(item) => item.entry_id}
            columns={[
              {
                label: say("field.name"),
                role: "name",
                cell: (item) => {
                  const type = types.find((each) => each.name === item.type);
                  const problem = problemOf(item);
                  return (
                    <span className="stack stack-tight">
                      <Link className="strong" to="/dashboard/sites/$site/$collection/$entry" params={{ site: item.site_id, collection: type?.plural ?? item.type, entry: item.entry_id }}>
                        {item.title === "" ? say("entries.untitled") : item.title}
                      </Link>
                      <span className="soft small">{`${known.find((site) => site.id === item.site_id)?.name ?? ""} · ${say.of(type?.title) || item.type}`}</span>
                      {problem !== undefined && <span className="field-error">{problem}</span>}
                    </span>
                  );
                },
              },
              {
                label: say("schedule.what"),
                cell: (item) => (
                  <span className="stack stack-tight">
                    <span>{say(`schedule.${item.action}`)}</span>
                    {item.revision !== null && item.revision < item.newest_revision && release.actions.includes("go_live") && <span className="soft small">{say("release.newerDraft")}</span>}
                  </span>
                ),
              },
              canChange && {
                label: say("field.actions"),
                role: "actions",
                cell: (item) => (
                  <Button kind="quiet-danger" isSmall isBusy={remove.isBusy} onClick={() => remove.run(item.entry_id)}>
                    {say("release.remove")}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </div>
    </>
  );
}
