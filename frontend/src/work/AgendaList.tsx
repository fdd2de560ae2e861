// What goes live or ends next, day by day on the hotels' clocks: what is planned of single things and of releases in one list.

import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { answer, client, type Schemas } from "../api/client";
import { declarations, sites } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Skeleton } from "../ui/parts";
import { type Planned, plannedDays } from "./agenda";
import { zoneInWords } from "./clocks";

/** What a website has planned beyond it is seen on its own time: an agenda is for the next weeks. */
const MOST_OF_A_SITE = 100;

export function Agenda({ releases }: { releases: readonly Schemas["Release"][] }) {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results ?? [];
  const types = useQuery(declarations).data?.types ?? [];
  const asked = useQueries({
    queries: known.map((site) => ({
      queryKey: ["schedules", site.id, "waiting"],
      queryFn: () => answer(client.GET("/api/v1/sites/{site}/schedules/", { params: { path: { site: site.id }, query: { state: "waiting", page_size: MOST_OF_A_SITE } } })),
    })),
  });
  const days = plannedDays(releases, asked.flatMap((query) => query.data?.results ?? []));
  const where = (planned: Planned) => {
    if (planned.kind === "release") return say.count("agenda.parts", planned.release.items.length);
    return known.find((site) => site.id === planned.schedule.site_id)?.name ?? "";
  };
  return (
    <section className="stack stack-narrow" aria-labelledby="agenda">
      <h2 id="agenda">{say("agenda.title")}</h2>
      {asked.some((query) => query.isPending) ? (
        <Skeleton label={say("state.loading")} lines={2} />
      ) : days.length === 0 ? (
        <p className="soft">{say("agenda.none")}</p>
      ) : (
        <ol className="card card-flush agenda">
          {days.map(({ day, planned }) => (
            <li key={day} className="agenda-day">
              <h3 className="small">{say.day(day)}</h3>
              <ul className="stack stack-narrow">
                {planned.map((each) => (
                  <li key={each.key} className="agenda-line">
                    <span className="numbers">{each.time}</span>
                    <span className="stack stack-tight">
                      {each.kind === "release" ? (
                        <Link className="strong break" to="/dashboard/releases/$release" params={{ release: each.release.id }}>
                          {each.release.name}
                        </Link>
                      ) : (
                        <Link
                          className="strong break"
                          to="/dashboard/sites/$site/$collection/$entry"
                          params={{ site: each.schedule.site_id, collection: types.find((type) => type.name === each.schedule.type)?.plural ?? each.schedule.type, entry: each.schedule.entry_id }}
                        >
                          {each.schedule.title === "" ? say("entries.untitled") : each.schedule.title}
                        </Link>
                      )}
                      <span className="soft small break">{`${say(each.kind === "release" ? "agenda.release" : `schedule.${each.schedule.action}`)} · ${where(each)} · ${zoneInWords(each.zone)}`}</span>
                    </span>
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
