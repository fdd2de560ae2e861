// What a website still needs before guests should see it. Nothing is ticked by hand: each line finds out by itself.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { at, isAbsent } from "../editing/document/paths";
import { mediaList } from "../media/queries";
import { entriesOf, useMay } from "../shell/queries";
import { useInterface, useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button, Skeleton } from "../ui/parts";
import type { Word } from "../words";

type Entry = Schemas["Entry"];
type Site = Schemas["Site"];

interface Step {
  name: "facts" | "photo" | "alt" | "price" | "home" | "language" | "domain" | "team";
  isDone: boolean;
  /** Where it is done. */
  to: string;
  search?: Record<string, string>;
}

const has = (entry: Entry, ...path: string[]) => !isAbsent(at(entry.document, path));

function hasPrice(room: Entry): boolean {
  const rates = at(room.document, ["rates"]);
  return Array.isArray(rates) && rates.some((rate) => !isAbsent(at(rate, ["double_rate"])) || !isAbsent(at(rate, ["single_rate"])));
}

/** The steps of a site, or nothing while something of it is on its way. */
function useSteps(site: Site): Step[] | undefined {
  const may = useMay();
  const seesTeam = may("members.view");
  const managesTeam = may("members.manage");
  const seesMedia = may("media.view");
  const properties = useQuery(entriesOf(site.id, "property")).data?.results;
  const rooms = useQuery(entriesOf(site.id, "room")).data?.results;
  const pages = useQuery(entriesOf(site.id, "page")).data?.results;
  const members = useQuery({ queryKey: ["members"], queryFn: () => answer(client.GET("/api/v1/members/")), enabled: seesTeam }).data?.results;
  const invitations = useQuery({ queryKey: ["invitations"], queryFn: () => answer(client.GET("/api/v1/invitations/")), enabled: managesTeam }).data?.results;
  const photographs = useQuery({ ...mediaList({ site: site.id, kind: "image" }, 1), enabled: seesMedia }).data?.count;
  const undescribed = useQuery({ ...mediaList({ site: site.id, kind: "image", show: "without_alt" }, 1), enabled: seesMedia }).data?.count;
  if (properties === undefined || rooms === undefined || pages === undefined) return undefined;
  const base = `/dashboard/sites/${site.id}`;
  const open = (collection: string, entry: Entry | undefined) => (entry === undefined ? `${base}/${collection}` : `${base}/${collection}/${entry.id}`);
  const home = pages.find((page) => at(page.document, ["is_homepage"]) === true);
  const isWhole = (property: Entry) => has(property, "address", "city") && has(property, "phone") && has(property, "email");
  const hasPhoto = (entry: Entry) => has(entry, "featured_image") || has(entry, "images");
  return [
    { name: "facts", isDone: properties.some(isWhole), to: open("properties", properties.find((property) => !isWhole(property)) ?? properties[0]) },
    { name: "photo", isDone: [...properties, ...rooms].some(hasPhoto), to: open("properties", properties[0]) },
    // Where there are none there is nothing to describe.
    ...(photographs === undefined || photographs === 0 || undescribed === undefined ? [] : [{ name: "alt" as const, isDone: undescribed === 0, to: "/dashboard/media", search: { site: site.id, show: "without_alt" } }]),
    { name: "price", isDone: rooms.some(hasPrice), to: open("rooms", rooms.find((room) => !hasPrice(room))) },
    { name: "home", isDone: site.status === "published" && home !== undefined && Object.keys(home.published).length > 0, to: open("pages", home) },
    { name: "language", isDone: site.locales.length > 1, to: `${base}/settings` },
    { name: "domain", isDone: site.domain != null, to: `${base}/settings` },
    ...(seesTeam && members !== undefined ? [{ name: "team" as const, isDone: members.length > 1 || (invitations?.length ?? 0) > 0, to: "/dashboard/team" }] : []),
  ];
}

/** For those who can do something about it, until all is done or they have seen enough of it. */
export function Checklist({ sites }: { sites: readonly Site[] }) {
  const mayEdit = useMay()("content.edit");
  const hidden = useInterface((state) => state.hiddenChecklists);
  const left = sites.filter((site) => !hidden.includes(site.id));
  const [chosen, setChosen] = useState<string | null>(null);
  const site = left.find((each) => each.id === chosen) ?? left[0];
  if (!mayEdit || site === undefined) return null;
  return <SiteChecklist key={site.id} site={site} sites={left} onSite={setChosen} />;
}

function SiteChecklist({ site, sites, onSite }: { site: Site; sites: readonly Site[]; onSite: (id: string) => void }) {
  const say = useSpeaker();
  const hide = useInterface((state) => state.hideChecklist);
  const steps = useSteps(site);
  const done = steps?.filter((step) => step.isDone).length ?? 0;
  return (
    <section className="card stack checklist" aria-label={say("checklist.title", { name: site.name })}>
      <div className="row row-apart">
        <div className="stack stack-tight">
          <h2>{say("checklist.title", { name: site.name })}</h2>
          {steps !== undefined && <p className="soft small">{done === steps.length ? say("checklist.allDone") : say("checklist.done", { done: say.number(done), of: say.number(steps.length) })}</p>}
        </div>
        <div className="row">
          {sites.length > 1 && (
            <select className="control control-inline" aria-label={say("sites.site")} value={site.id} onChange={(event) => onSite(event.target.value)}>
              {sites.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
          <Button kind="quiet" isSmall onClick={() => hide(site.id)}>
            {say("checklist.hide")}
          </Button>
        </div>
      </div>
      {steps === undefined ? (
        <Skeleton label={say("state.loading")} lines={3} />
      ) : (
        <ul className="checklist-steps">
          {[...steps]
            .sort((a, b) => Number(a.isDone) - Number(b.isDone))
            .map((step) => (
              <li key={step.name} data-done={step.isDone}>
                <span className="checklist-mark">{step.isDone && <Icon name="check" size={16} />}</span>
                <Link to={step.to} search={step.search ?? {}}>{say(`checklist.${step.name}` satisfies Word)}</Link>
                <span className="hidden-visually">{say(step.isDone ? "checklist.isDone" : "checklist.isOpen")}</span>
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}
