// On whose clocks the times of what is edited are, as the server has it: on those of the hotel that it is or belongs to,
// where that has said so, else on those of the site.

import { useQuery } from "@tanstack/react-query";

import { entry, revisionOf } from "../shell/queries";
import { isZone } from "../work/clocks";
import { useEditing, useWork } from "./context";
import { at } from "./document/paths";

/** The type of hotels, the field by which something belongs to one, and the field in which a hotel says where it stands. */
const HOTEL = "property";
const BELONGS_TO = ["property"];
const TIME_ZONE = ["time_zone"];

/** The time zone; undefined as long as the hotel has not answered. */
export function useZone(): string | undefined {
  const { site, type } = useEditing();
  const own = useWork((work) => at(work.document, TIME_ZONE));
  const house = useWork((work) => at(work.document, BELONGS_TO));
  const isHotel = type.name === HOTEL;
  const belongs = useHouseZone(site.id, !isHotel && typeof house === "string" ? house : undefined);
  if (belongs === "asking") return undefined;
  const said = isHotel ? own : belongs;
  return isZone(said) ? said : site.time_zone;
}

/** What a house says to its guests; before it is published, what the team has written. */
function useHouseZone(site: string, id: string | undefined): unknown {
  const house = useQuery({ ...entry(site, id ?? ""), enabled: id !== undefined });
  const newest = Math.max(0, ...Object.values(house.data?.published ?? {}));
  const isBehind = house.data !== undefined && newest > 0 && newest !== house.data.revision;
  const shown = useQuery({ ...revisionOf(site, id ?? "", newest), enabled: isBehind });
  if (id === undefined) return undefined;
  // A house that is gone has no clocks.
  if (house.isPending || (isBehind && shown.isPending)) return "asking";
  if (house.data?.type !== HOTEL) return undefined;
  return at(isBehind ? shown.data?.document : house.data.document, TIME_ZONE);
}
