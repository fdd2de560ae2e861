// The page as guests will see it, from the last save. The page inside tells which section was clicked, and is told which
// one is being edited.

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { Refusal } from "../../api/client";
import { useWhenReady } from "../../media/queries";
import { useOnline } from "../../shell/states";
import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button, Empty, Notice, Skeleton } from "../../ui/parts";
import { Stage, type StageWidth, StageWidths } from "../../ui/stage";
import { useEditing, useWork } from "../context";
import { at } from "../document/paths";
import { usesOf } from "../UsedOn";

/** Name of the type whose entries are pages. */
const PAGE = "page";

/** Whether there is a preview to show; a page that was moved or is not there yet has none. */
function usePreview(address: string, isPlaced: boolean) {
  return useQuery({
    queryKey: ["preview", address],
    enabled: isPlaced,
    queryFn: async () => {
      const response = await fetch(address, { credentials: "same-origin" }).catch(() => null);
      if (response === null) throw new Refusal(0, "unreachable", "");
      if (response.status >= 500) throw new Refusal(response.status, "unexpected", "");
      return response.ok && (response.headers.get("Content-Type") ?? "").includes("text/html");
    },
    staleTime: 0,
  });
}

interface PreviewProps {
  section: string | undefined;
  onSection: (id: string) => void;
}

export function Preview({ entry, section, onSection }: PreviewProps & { entry: string }) {
  const say = useSpeaker();
  const { site, type, locale } = useEditing();
  const own = useWork((work) => work.base.slug);
  const isHomepage = useWork((work) => at(work.base.document, ["is_homepage"]) === true);
  const isOnline = useOnline();
  const [width, setWidth] = useState<StageWidth>("desktop");
  // What is no page itself is seen on the first page that it stands on.
  const isPage = type.name === PAGE;
  const uses = useQuery({ ...usesOf(site.id, entry), enabled: !isPage });
  const on = isPage ? null : uses.data?.results.find((use) => use.type === PAGE);
  const slug = on?.slug ?? own;
  const address = `/preview/${site.slug}/${isHomepage ? "" : `${slug}/`}?locale=${encodeURIComponent(locale)}`;
  const there = usePreview(address, on !== undefined);
  return (
    <section className="preview" aria-label={say("preview.title")}>
      <div className="preview-head">
        <h2 className="grow">{say("preview.title")}</h2>
        <StageWidths label={say("preview.width")} words={{ desktop: say("preview.desktop"), phone: say("preview.phone") }} width={width} onChange={setWidth} />
        {there.data === true && (
          <a className="button button-small button-quiet" href={address} target="_blank" rel="noreferrer" aria-label={say("preview.open")} title={say("preview.open")}>
            <Icon name="open" size={16} />
          </a>
        )}
      </div>
      {!isOnline && <Notice kind="waiting">{say("preview.offline")}</Notice>}
      {on != null && <p className="soft small">{say("preview.on", { name: on.title })}</p>}
      {on === undefined && uses.isSuccess ? (
        <Empty>{say("preview.nowhere")}</Empty>
      ) : there.data === true ? (
        <Frame key={address} address={address} width={width} section={section} onSection={onSection} />
      ) : there.data === false ? (
        <Empty>{say("preview.none")}</Empty>
      ) : there.isError || uses.isError ? (
        <Notice
          kind="waiting"
          action={
            <Button isSmall onClick={() => void (uses.isError ? uses.refetch() : there.refetch())}>
              {say("action.retry")}
            </Button>
          }
        >
          {say("preview.failed")}
        </Notice>
      ) : (
        <Skeleton label={say("state.loading")} />
      )}
    </section>
  );
}

/** The page in the frame; none while the browser shows a page of its own there, as it does without a connection. */
function pageIn(frame: HTMLIFrameElement | null): Window | undefined {
  try {
    const page = frame?.contentWindow ?? undefined;
    return page?.location.origin === location.origin ? page : undefined;
  } catch {
    return undefined;
  }
}

function Frame({ address, width, section, onSection }: PreviewProps & { address: string; width: StageWidth }) {
  const say = useSpeaker();
  const revision = useWork((work) => work.base.revision);
  const frame = useRef<HTMLIFrameElement>(null);
  const shown = useRef(revision);
  const scrolled = useRef(0);
  const wanted = useRef(section);

  const show = (id: string | undefined) => {
    if (id !== undefined) pageIn(frame.current)?.postMessage({ type: "gammacms:show", id }, location.origin);
  };

  useEffect(() => {
    wanted.current = section;
    show(section);
  }, [section]);

  const fetchAnew = useCallback(() => {
    if (frame.current === null) return;
    const page = pageIn(frame.current);
    scrolled.current = page?.scrollY ?? 0;
    if (page === undefined) frame.current.src = address;
    else page.location.reload();
  }, [address]);

  // After a save the page is fetched anew and stands where it stood; so it is once a new picture has all of its sizes.
  useEffect(() => {
    if (revision === shown.current) return;
    shown.current = revision;
    fetchAnew();
  }, [revision, fetchAnew]);
  useWhenReady(fetchAnew);

  useEffect(() => {
    const hear = (event: MessageEvent<unknown>) => {
      if (event.origin !== location.origin || event.source !== frame.current?.contentWindow) return;
      const id = at(event.data, ["id"]);
      if (at(event.data, ["type"]) === "gammacms:section" && typeof id === "string" && id !== wanted.current) onSection(id);
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [onSection]);

  return (
    <Stage
      width={width}
      frame={frame}
      title={say("preview.title")}
      src={address}
      onLoad={() => {
        if (scrolled.current > 0) pageIn(frame.current)?.scrollTo(0, scrolled.current);
        else show(wanted.current);
      }}
    />
  );
}
