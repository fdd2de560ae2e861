// Where an entry is used: the pages that a shared section stands on, the rooms of a hotel. Beside its form, and before it is
// deleted.

import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { declarations } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button } from "../ui/parts";

/** Shown at first; a button brings more. */
const USES_SHOWN = 5;
/** As many as one answer holds. */
const MOST_SHOWN = 200;

export function usesOf(site: string, id: string, shown = USES_SHOWN) {
  return queryOptions({
    queryKey: ["entry", id, "uses", shown],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/uses/", { params: { path: { site, id }, query: { page_size: shown } } })),
    placeholderData: (before: Schemas["Page_EntryUse"] | undefined) => before,
  });
}

export function UsedOn({ site, id }: { site: string; id: string }) {
  const say = useSpeaker();
  const [shown, setShown] = useState(USES_SHOWN);
  const query = useQuery(usesOf(site, id, shown));
  return (
    <section className="card stack stack-narrow">
      <h2>{say("uses.title")}</h2>
      <Loaded query={query} lines={2}>
        {(found) =>
          found.count === 0 ? (
            <p className="soft small">{say("uses.none")}</p>
          ) : (
            <>
              <Uses site={site} uses={found.results} />
              {found.count > found.results.length && shown < MOST_SHOWN && (
                <span>
                  <Button isSmall onClick={() => setShown(MOST_SHOWN)}>
                    {say("uses.all", { count: say.number(found.count) })}
                  </Button>
                </span>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

export function Uses({ site, uses }: { site: string; uses: readonly Schemas["EntryUse"][] }) {
  const say = useSpeaker();
  const types = useQuery(declarations).data?.types ?? [];
  return (
    <ul className="uses">
      {uses.map((use) => {
        const type = types.find((each) => each.name === use.type);
        return (
          <li key={use.entry_id} className="stack stack-tight">
            <Link className="break" to="/dashboard/sites/$site/$collection/$entry" params={{ site, collection: type?.plural ?? use.type, entry: use.entry_id }}>
              {use.title === "" ? say("entries.untitled") : use.title}
            </Link>
            <span className="row soft small">
              {say.of(type?.title) || use.type}
              {!use.in_published && <Badge>{say("uses.inDraft")}</Badge>}
              {!use.in_draft && <Badge kind="waiting">{say("uses.inPublished")}</Badge>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
