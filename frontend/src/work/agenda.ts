// Releases and single plans in one order, by the day on the clocks where they happen.

import type { Schemas } from "../api/client";

interface At {
  key: string;
  /** The instant, to order by. */
  instant: string;
  day: string;
  time: string;
  zone: string;
}

export type Planned = At & ({ kind: "release"; release: Schemas["Release"] } | { kind: "schedule"; schedule: Schemas["Schedule"] });

interface Day {
  day: string;
  planned: Planned[];
}

/** Days in their order, each with what happens on it in the order in which it happens. */
export function plannedDays(releases: readonly Schemas["Release"][], schedules: readonly Schemas["Schedule"][]): Day[] {
  const all: Planned[] = [
    ...releases.flatMap((release): Planned[] => {
      const { state, fires_at: instant, local_time: local, time_zone: zone } = release;
      if (state !== "scheduled" || instant === null || local === null || zone === null) return [];
      return [{ kind: "release", release, key: release.id, instant, zone, ...onClocks(local) }];
    }),
    ...schedules.filter((schedule) => schedule.state === "waiting").map((schedule): Planned => ({ kind: "schedule", schedule, key: schedule.id, instant: schedule.fires_at, zone: schedule.time_zone, ...onClocks(schedule.local_time) })),
  ];
  all.sort((a, b) => a.day.localeCompare(b.day) || Date.parse(a.instant) - Date.parse(b.instant));
  const days: Day[] = [];
  for (const planned of all) {
    const last = days.at(-1);
    if (last?.day === planned.day) last.planned.push(planned);
    else days.push({ day: planned.day, planned: [planned] });
  }
  return days;
}

/** `2027-03-28T06:00:00` as a day and a time. */
function onClocks(local: string): { day: string; time: string } {
  return { day: local.slice(0, 10), time: local.slice(11, 16) };
}
