// Going live, or ending, at a time on the clocks of the hotel; what is planned already; and the releases that it can go with.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { useEditing, useWork } from "../editing/context";
import type { Entry } from "../editing/saving/session";
import { useZone } from "../editing/zone";
import { queryClient, useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Badge, Button, Dialog, Notice, Skeleton } from "../ui/parts";
import { momentIn, turnOf, zoneInWords } from "./clocks";
import { useReleases } from "./releases";
import { Twice } from "./Twice";

interface ScheduleDialogProps {
  entry: Entry;
  onClose: () => void;
}

export function ScheduleDialog({ entry, onClose }: ScheduleDialogProps) {
  const say = useSpeaker();
  const may = useMay();
  const { session } = useEditing();
  const [isReady, setIsReady] = useState<boolean | null>(null);
  useEffect(() => {
    void session.flush().then(setIsReady);
  }, [session]);
  return (
    <Dialog title={say("schedule.title", { name: entry.title })} closeLabel={say("action.close")} onClose={onClose}>
      {isReady === null ? (
        <Skeleton label={say("save.saving")} lines={3} />
      ) : isReady ? (
        <>
          {may("content.publish") && <Plan entry={entry} />}
          <Planned entry={entry} />
          {may("content.edit") && <WithRelease entry={entry} />}
        </>
      ) : (
        <Notice kind="error">{say("publish.notSaved")}</Notice>
      )}
    </Dialog>
  );
}

/** What is planned for an entry, and what of it the lists say. */
const touched = (site: string, entry: string) => [
  ["schedules", site, entry],
  ["entries", site],
];

function Plan({ entry }: { entry: Entry }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const zone = useZone();
  const revision = useWork((work) => work.base.revision);
  const [action, setAction] = useState<"publish" | "unpublish">("publish");
  const [day, setDay] = useState("");
  const [time, setTime] = useState("06:00");
  const plan = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/sites/{site}/entries/{id}/schedules/", {
          params: { path: { site: site.id, id: entry.id } },
          body: { action, local_time: `${day}T${time}`, ...(action === "publish" ? { revision } : {}) },
        }),
      ),
    refresh: touched(site.id, entry.id),
    done: () => {
      setDay("");
      void queryClient.invalidateQueries({ queryKey: ["entry", entry.id], exact: true });
    },
    message: (made) => say("schedule.made", { when: momentIn(made.time_zone, made.fires_at, say.language) }),
  });
  return (
    <Form errors={plan.errors} onSubmit={() => plan.run(undefined)}>
      <Select
        name="/action"
        label={say("schedule.what")}
        value={action}
        onChange={(value) => setAction(value === "unpublish" ? "unpublish" : "publish")}
        options={[
          { value: "publish", label: say("schedule.publish") },
          { value: "unpublish", label: say("schedule.unpublish") },
        ]}
      />
      <div className="columns">
        <Input name="/local_time" type="date" label={say("schedule.day")} value={day} required onChange={setDay} />
        <Input name="/time" type="time" label={say("schedule.time")} {...(zone === undefined ? {} : { help: say("schedule.zone", { zone: zoneInWords(zone) }) })} value={time} required onChange={setTime} />
      </div>
      <p className="soft">{say(action === "publish" ? "schedule.exact" : "schedule.end")}</p>
      <div className="dialog-foot">
        <Button kind="primary" type="submit" isBusy={plan.isBusy} disabled={day === "" || time === ""}>
          {say("schedule.plan")}
        </Button>
      </div>
    </Form>
  );
}

function Planned({ entry }: { entry: Entry }) {
  const say = useSpeaker();
  const may = useMay();
  const { site } = useEditing();
  const query = useQuery({
    queryKey: ["schedules", site.id, entry.id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/schedules/", { params: { path: { site: site.id }, query: { entry: entry.id, page_size: 100 } } })),
  });
  const cancel = useWrite({
    write: (schedule: string) => answer(client.DELETE("/api/v1/sites/{site}/schedules/{schedule}/", { params: { path: { site: site.id, schedule } } })),
    refresh: touched(site.id, entry.id),
    done: () => void queryClient.invalidateQueries({ queryKey: ["entry", entry.id], exact: true }),
    message: () => say("schedule.cancelled"),
  });
  const move = useWrite({
    write: ({ id, local_time, repeated }: { id: string; local_time: string; repeated: Schemas["Repeated"] }) =>
      answer(client.PUT("/api/v1/sites/{site}/schedules/{schedule}/", { params: { path: { site: site.id, schedule: id } }, body: { local_time, repeated } })),
    refresh: touched(site.id, entry.id),
    done: () => void queryClient.invalidateQueries({ queryKey: ["entry", entry.id], exact: true }),
    message: (moved) => say("schedule.made", { when: momentIn(moved.time_zone, moved.fires_at, say.language) }),
  });
  return (
    <section className="stack stack-narrow">
      <h3>{say("schedule.planned")}</h3>
      {cancel.error !== null && <Notice kind="error">{cancel.error}</Notice>}
      {move.error !== null && <Notice kind="error">{move.error}</Notice>}
      <Loaded query={query} lines={2}>
        {(found) =>
          found.results.length === 0 ? (
            <p className="soft">{say("schedule.nothing")}</p>
          ) : (
            <ul className="stack stack-narrow">
              {found.results.map((schedule) => (
                <li key={schedule.id} className="row row-apart">
                  <span className="stack stack-tight">
                    <span>
                      {say(`schedule.${schedule.action}`)} · {momentIn(schedule.time_zone, schedule.fires_at, say.language)}
                    </span>
                    {schedule.is_repeated && (
                      <Twice
                        turn={turnOf(schedule.time_zone, schedule.fires_at)}
                        isBusy={move.isBusy}
                        {...(schedule.state === "waiting" && may("content.publish") ? { onTurn: (repeated: Schemas["Repeated"]) => move.run({ id: schedule.id, local_time: schedule.local_time, repeated }) } : {})}
                      />
                    )}
                    {schedule.problem !== null && <span className="field-error">{schedule.problem.detail}</span>}
                  </span>
                  {schedule.state === "waiting" && may("content.publish") ? (
                    <Button isSmall kind="quiet" isBusy={cancel.isBusy} onClick={() => cancel.run(schedule.id)}>
                      {say("schedule.cancel")}
                    </Button>
                  ) : (
                    <Badge {...(schedule.state === "failed" ? { kind: "danger" } : schedule.state === "done" ? { kind: "good" } : {})}>{say(`schedule.state.${schedule.state}`)}</Badge>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function WithRelease({ entry }: { entry: Entry }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const revision = useWork((work) => work.base.revision);
  const query = useReleases();
  const [chosen, setChosen] = useState("");
  const [action, setAction] = useState<Schemas["ScheduledAction"]>("publish");
  const isPublic = Object.keys(entry.published).length > 0;
  const open = (query.data?.results ?? []).filter((release) => release.actions.includes("change"));
  const add = useWrite({
    write: (release: string) => answer(client.PUT("/api/v1/releases/{release}/items/{entry}/", { params: { path: { release, entry: entry.id } }, body: { site_id: site.id, action, ...(action === "publish" ? { revision } : {}) } })),
    refresh: [["releases"]],
    message: (release) => say(action === "publish" ? "release.added" : "release.addedEnd", { name: release.name }),
  });
  return (
    <section className="stack stack-narrow">
      <h3>{say("release.with")}</h3>
      {open.length === 0 ? (
        <p className="soft">
          {say("release.noneOpen")} <Link to="/dashboard/releases">{say("release.title")}</Link>
        </p>
      ) : (
        <Form errors={add.errors} onSubmit={() => add.run(chosen === "" ? (open[0]?.id ?? "") : chosen)}>
          <Select name="/release" label={say("release.which")} value={chosen === "" ? (open[0]?.id ?? "") : chosen} onChange={setChosen} options={open.map((release) => ({ value: release.id, label: release.name }))} />
          {isPublic && (
            <Select
              name="/action"
              label={say("release.whatWith")}
              value={action}
              onChange={(value) => setAction(value === "unpublish" ? "unpublish" : "publish")}
              options={[
                { value: "publish", label: say("release.goesLive") },
                { value: "unpublish", label: say("release.ends") },
              ]}
            />
          )}
          <div className="dialog-foot">
            <Button type="submit" isBusy={add.isBusy}>
              {say(action === "publish" ? "release.add" : "release.addEnd")}
            </Button>
          </div>
        </Form>
      )}
    </section>
  );
}
