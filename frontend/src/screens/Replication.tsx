// Where the database has its second place, and how far that is behind.

import { useQuery } from "@tanstack/react-query";

import { answer, client, type Schemas } from "../api/client";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge } from "../ui/parts";

/** Seconds that the copy may be behind before somebody should look: the server's own bound. */
const MOST_LAG = 30;

export function Replication({ refreshMs }: { refreshMs: number }) {
  const say = useSpeaker();
  const found = useQuery({ queryKey: ["replication"], queryFn: () => answer(client.GET("/api/v1/admin/replication/")), refetchInterval: refreshMs });
  return (
    <section className="card stack">
      <h2>{say("replication.title")}</h2>
      <Loaded query={found} lines={3}>
        {(report) => (report.state === "off" ? <p>{say("replication.off")}</p> : <Standing report={report} />)}
      </Loaded>
    </section>
  );
}

function Standing({ report }: { report: Schemas["ReplicationReport"] }) {
  const say = useSpeaker();
  const seconds = Math.round(report.lag_seconds);
  const isRunning = report.state === "running";
  const isWell = isRunning && report.lag_seconds <= MOST_LAG;
  return (
    <dl className="facts">
      <dt>{say("field.state")}</dt>
      <dd>
        {isWell ? <Badge kind="good">{say("admin.ok")}</Badge> : <Badge kind="danger">{say(isRunning ? "replication.behind" : "replication.restarting")}</Badge>}
      </dd>
      <dt>{say("replication.place")}</dt>
      <dd>
        <code dir="ltr">{report.replica}</code>
      </dd>
      <dt>{say("replication.lag")}</dt>
      <dd>{seconds === 0 ? say("replication.none") : say.count("replication.seconds", seconds)}</dd>
      <dt>{say("replication.restarts")}</dt>
      <dd>{say.number(report.restarts)}</dd>
      {report.complaint !== null && (
        <>
          <dt>{say("replication.complaint")}</dt>
          <dd dir="auto">{report.complaint}</dd>
        </>
      )}
    </dl>
  );
}
