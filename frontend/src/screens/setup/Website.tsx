// The last step: the website itself, as guests see it from now on.

import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { UNREACHABLE, Refusal, type Schemas } from "../../api/client";
import { mediaList } from "../../media/queries";
import { useQueryParam } from "../../shell/address";
import { Gate } from "../../shell/Gate";
import { useMay, useMembership } from "../../shell/queries";
import { Failed, useOnline } from "../../shell/states";
import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button, Notice, Skeleton } from "../../ui/parts";
import { Stage, type StageWidth, StageWidths } from "../../ui/stage";
import { liveAddress } from "../live";
import { useSetUpSite } from "./made";
import { Step } from "./Steps";

/** Narrower than this, a desktop's page is too small to be looked at. */
const PHONE_PX = 760;

export function Website() {
  const say = useSpeaker();
  const wanted = useQueryParam("site");
  const made = useSetUpSite(wanted);
  const membership = useMembership();
  if (made.signIn) return <Navigate to="/dashboard/sign-in" search={{ next: `/setup/website${wanted === undefined ? "" : `?site=${wanted}`}` }} replace />;
  if (made.site !== undefined) return <Shown site={made.site} all={made.all} />;
  if (wanted === undefined && membership !== undefined) return <Nothing organization={membership.organization.name} />;
  if (made.isMissing) return <Navigate to="/dashboard" replace />;
  return (
    <Step step="website" title={say("website.title")} size="whole">
      {made.error !== null ? <Failed error={made.error} retry={made.retry} /> : <Skeleton label={say("state.loading")} />}
    </Step>
  );
}

function Nothing({ organization }: { organization: string }) {
  const say = useSpeaker();
  return (
    <Gate title={say("setup.done", { organization })} about={say("setup.doneEmpty")} size="wide">
      <div className="row">
        <Link className="button button-primary" to="/dashboard">
          {say("setup.toDashboard")}
        </Link>
        <a className="button" href="/docs/">
          {say("shell.help")}
        </a>
      </div>
    </Gate>
  );
}

function Shown({ site: first, all }: { site: Schemas["Site"]; all: readonly Schemas["Site"][] }) {
  const say = useSpeaker();
  const [chosen, setChosen] = useState(first.id);
  const site = all.find((each) => each.id === chosen) ?? first;
  const [width, setWidth] = useState<StageWidth>(() => (innerWidth < PHONE_PX ? "phone" : "desktop"));
  const isOnline = useOnline();
  const address = `/live/${site.slug}/`;
  const there = useQuery({
    queryKey: ["live", site.id],
    queryFn: async () => {
      const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
      if (response === null) throw new Refusal(0, UNREACHABLE, "");
      if (!response.ok) throw new Refusal(response.status, "unexpected", "");
      return true;
    },
    staleTime: 0,
  });
  const pictures = useQuery({ ...mediaList({ site: site.id, kind: "image" }), enabled: useMay()("media.view") });
  const pending = (pictures.data?.results ?? []).filter(({ state }) => state === "pending").length;
  const frame = useRef<HTMLIFrameElement>(null);
  // Once more when the sizes of the photographs are there.
  const before = useRef(pending);
  useEffect(() => {
    if (before.current > 0 && pending === 0) frame.current?.contentWindow?.location.reload();
    before.current = pending;
  }, [pending]);
  return (
    <Step step="website" title={say("website.title")} about={say("website.about", { name: site.name })} size="whole">
      <div className="website">
        <div className="row row-apart">
          <div className="row">
            <StageWidths label={say("preview.width")} words={{ desktop: say("preview.desktop"), phone: say("preview.phone") }} width={width} onChange={setWidth} />
            {all.length > 1 && (
              <select className="control control-inline" aria-label={say("sites.site")} value={site.id} onChange={(event) => setChosen(event.target.value)}>
                {all.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </select>
            )}
            {pending > 0 && (
              <span className="soft small" role="status">
                {say.count("website.pending", pending)}
              </span>
            )}
          </div>
          <div className="row">
            <a className="button" href={liveAddress(site)} target="_blank" rel="noreferrer">
              <Icon name="open" size={16} />
              {say("website.open")}
            </a>
            <Link className="button button-primary" to="/dashboard">
              {say("website.toDashboard")}
            </Link>
          </div>
        </div>
        {!isOnline && <Notice kind="waiting">{say("preview.offline")}</Notice>}
        {there.data === true ? (
          <Stage key={address} width={width} frame={frame} title={say("website.frame", { name: site.name })} src={address} />
        ) : there.isError ? (
          <Notice
            kind="waiting"
            action={
              <Button isSmall onClick={() => void there.refetch()}>
                {say("action.retry")}
              </Button>
            }
          >
            {say("website.failed")}
          </Notice>
        ) : (
          <Skeleton label={say("state.loading")} />
        )}
      </div>
    </Step>
  );
}
