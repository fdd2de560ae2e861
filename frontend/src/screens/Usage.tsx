import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { answer, client, type Schemas } from "../api/client";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Empty } from "../ui/parts";
import { Table } from "../ui/table";

export function Usage() {
  const say = useSpeaker();
  const query = useQuery({ queryKey: ["usage"], queryFn: () => answer(client.GET("/api/v1/usage/")) });
  return (
    <Page title={say("usage.title")} about={say("usage.about")}>
      <Loaded query={query}>
        {(report) =>
          report.total.requests === 0 && report.total.limited === 0 ? (
            <div className="card">
              <Empty>{say("usage.empty")}</Empty>
            </div>
          ) : (
            <>
              <section className="card figures">
                <Figure label={say("usage.requests")} value={say.number(report.total.requests)} />
                <Figure label={say("usage.notModified")} value={say.number(report.total.not_modified)} />
                <Figure label={say("usage.limited")} value={say.number(report.total.limited)} />
                <Figure label={say("usage.bytes")} value={say.bytes(report.total.bytes)} />
              </section>
              <section className="card stack">
                <h2>{say("usage.perDay")}</h2>
                <Days report={report} />
              </section>
              <section className="card card-flush">
                <h2 className="card-head">{say("usage.perKey")}</h2>
                <Table
                  caption={say("usage.perKey")}
                  items={report.api_keys}
                  keyOf={(key) => key.id}
                  columns={[
                    { label: say("field.name"), role: "name", cell: (key) => <span className="strong">{key.name ?? say("usage.deletedKey")}</span> },
                    { label: say("usage.requests"), align: "end", cell: (key) => say.number(key.requests) },
                    { label: say("usage.notModified"), align: "end", cell: (key) => say.number(key.not_modified) },
                    { label: say("usage.limited"), align: "end", cell: (key) => say.number(key.limited) },
                    { label: say("usage.bytes"), align: "end", cell: (key) => say.bytes(key.bytes) },
                  ]}
                />
              </section>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <div className="soft">{label}</div>
      <div className="figure-number">{value}</div>
    </div>
  );
}

const DAY_MS = 86_400_000;

/** Requests per day as bars; days without any have none. The same numbers follow as a table for those who do not see it. */
function Days({ report }: { report: Schemas["UsageReport"] }) {
  const say = useSpeaker();
  const title = useId();
  const first = Date.parse(report.from);
  const count = Math.round((Date.parse(report.to) - first) / DAY_MS) + 1;
  const most = Math.max(1, ...report.days.map((day) => day.requests));
  return (
    <>
      <svg className="bars" viewBox={`0 0 ${count * 10} 100`} preserveAspectRatio="none" role="img" aria-labelledby={title}>
        <title id={title}>{say("usage.chart", { from: say.day(report.from), to: say.day(report.to), most: say.number(most) })}</title>
        {report.days.map((day) => {
          const at = Math.round((Date.parse(day.day) - first) / DAY_MS) * 10;
          const height = (day.requests / most) * 96;
          return (
            <rect key={day.day} x={at + 1} y={99 - height} width="8" height={height} rx="1">
              <title>{`${say.day(day.day)}: ${say.number(day.requests)}`}</title>
            </rect>
          );
        })}
        <line x1="0" x2={count * 10} y1="99.500" y2="99.500" />
      </svg>
      <div className="row row-apart soft small">
        <span>{say.day(report.from)}</span>
        <span>{say.day(report.to)}</span>
      </div>
      <ul className="hidden-visually">
        {report.days.map((day) => (
          <li key={day.day}>
            {say.day(day.day)}: {say.number(day.requests)}
          </li>
        ))}
      </ul>
    </>
  );
}
