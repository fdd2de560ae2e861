// What was taken over, and where it stands now.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { sites } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Notice } from "../ui/parts";
import { countsOf, isOtherKind } from "./numbers";
import { type Import, type Report, siteIdOf } from "./queries";
import { useThings } from "./things";

export function Made({ import_: { wish }, report }: { import_: Import; report: Report }) {
  const say = useSpeaker();
  const things = useThings();
  const id = siteIdOf(wish);
  // One that was deleted since leads nowhere.
  const site = useQuery(sites).data?.results.find((each) => each.id === id)?.id;
  const rows = countsOf(report).filter(({ created, changed }) => created + changed > 0);
  return (
    <Notice kind="good">
      <p className="strong">{say(rows.length === 0 ? "imports.doneNothing" : "imports.done")}</p>
      <div className="row">
        {id === null && (
          <Link className="button button-small" to="/dashboard">
            {say("sites.title")}
          </Link>
        )}
        {rows.map(({ name, created, changed }) => {
          const words = things.counted(name, created + changed);
          const collection = things.typeOf(name)?.plural;
          if (name === "media") {
            return (
              <Link key={name} className="button button-small" to="/dashboard/media">
                {words}
              </Link>
            );
          }
          if (site === undefined || collection === undefined || isOtherKind(name)) return null;
          return (
            <Link key={name} className="button button-small" to="/dashboard/sites/$site/$collection" params={{ site, collection }}>
              {words}
            </Link>
          );
        })}
      </div>
      {wish.source === "wordpress" && site !== undefined && (
        <p>
          {say("imports.next")}{" "}
          <Link to="/dashboard/imports" search={{ source: "sitemap", site }}>
            {say("imports.nextAddresses")}
          </Link>
        </p>
      )}
    </Notice>
  );
}
