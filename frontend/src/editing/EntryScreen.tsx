// One entry, open for work: its form in the language that is chosen, what is saved of it, and what guests see.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { Refusal, type Schemas } from "../api/client";
import { type BrandStanding, standingOf } from "../brand/queries";
import { useParam, useQueryParam } from "../shell/address";
import { declarations, entry as entryOf, me, sites, useMay } from "../shell/queries";
import { Failed, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Button, Notice, Skeleton } from "../ui/parts";
import { BringBack } from "../work/BringBack";
import { ReviewDialog } from "../work/ReviewDialog";
import { ScheduleDialog } from "../work/ScheduleDialog";
import { ShareDialog } from "../work/ShareDialog";
import { EditingContext, idOf, useEditing, useWork } from "./context";
import type { SectionDeclaration, TypeDeclaration } from "./document/declared";
import { languageOf } from "./document/declared";
import { at, type Path } from "./document/paths";
import { EntryFacts } from "./EntryFacts";
import { Laid } from "./fields/Group";
import { Languages } from "./Languages";
import { Problems } from "./Problems";
import { ConflictDialog } from "./saving/ConflictDialog";
import { useSession } from "./saving/open";
import { PublishDialog, UnpublishDialog } from "./saving/PublishDialog";
import { SaveState } from "./saving/SaveState";
import type { Entry } from "./saving/session";
import { PageForm } from "./sections/PageForm";
import { withoutShown } from "./Shown";

const FRAMES_TO_WAIT = 20;
const NO_BRAND: readonly BrandStanding[] = [];

export function EntryScreen() {
  const say = useSpeaker();
  const siteId = useParam("site") ?? "";
  const id = useParam("entry") ?? "";
  const known = useQuery(sites);
  const declared = useQuery(declarations);
  const user = useQuery(me).data?.user;
  const found = useQuery(entryOf(siteId, id));
  const site = known.data?.results.find((each) => each.id === siteId);
  const type = declared.data?.types.find((each) => each.name === found.data?.type);
  const isInheriting = type?.fields.some((field) => field.inheritable) === true;
  // A form that cannot know of the brand is a form all the same: the server says what it refuses.
  const brand = useQuery({ ...standingOf(siteId, id), enabled: isInheriting });
  const isKnown = !isInheriting || brand.isSuccess || brand.isError;
  if (site !== undefined && declared.data !== undefined && type !== undefined && found.data !== undefined && user !== undefined && isKnown) {
    return <Opened key={found.data.id} site={site} type={type} types={declared.data.types} sections={declared.data.sections} entry={found.data} brand={brand.data ?? NO_BRAND} user={user.id} />;
  }
  const error = known.error ?? declared.error ?? found.error;
  return (
    <Page title={say("edit.title")}>
      {error !== null ? (
        <Failed error={error} retry={() => void Promise.all([known.refetch(), declared.refetch(), found.refetch()])} />
      ) : known.isSuccess && site === undefined ? (
        <Failed error={new Refusal(404, "not_found", say("sites.notFound"))} />
      ) : (
        <Skeleton label={say("state.loading")} />
      )}
    </Page>
  );
}

interface OpenedProps {
  site: Schemas["Site"];
  type: TypeDeclaration;
  types: readonly TypeDeclaration[];
  sections: readonly SectionDeclaration[];
  entry: Entry;
  brand: readonly BrandStanding[];
  user: string;
}

function Opened({ site, type, types, sections, entry, brand, user }: OpenedProps) {
  // What is in the archive is looked at, and edited once it is back.
  const isReadOnly = !useMay()("content.edit") || entry.state === "archived";
  const session = useSession(site.id, entry, user);
  const wanted = useQueryParam("language");
  const locale = wanted !== undefined && site.locales.includes(wanted) ? wanted : site.default_locale;
  const [showsOriginal, setShowsOriginal] = useState(true);
  const editing = useMemo(() => ({ session, site, type, types, sections, locale, isReadOnly, showsOriginal, brand }), [session, site, type, types, sections, locale, isReadOnly, showsOriginal, brand]);
  return (
    <EditingContext value={editing}>
      <Form entry={entry} onShowOriginal={setShowsOriginal} />
      <ConflictDialog />
    </EditingContext>
  );
}

function Form({ entry, onShowOriginal }: { entry: Entry; onShowOriginal: (shows: boolean) => void }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const { session, site, type, isReadOnly } = useEditing();
  const [dialog, setDialog] = useState<"publish" | "unpublish" | "review" | "schedule" | "share" | null>(null);
  const [wanted, setWanted] = useState<Path | null>(null);
  const title = useWork((work) => titleIn(work.document, type, site));
  const canUndo = useWork((work) => work.history.past.length > 0);
  const canRedo = useWork((work) => work.history.future.length > 0);
  const revision = useWork((work) => work.base.revision);
  const isSaved = useWork((work) => work.state === "saved" || work.state === "waiting" || work.state === "saving");
  const isArchived = entry.state === "archived";
  const sectionsField = type.fields.find((field) => field.kind === "sections");

  const jump = (path: Path) => {
    const language = languageOf(path, site.locales);
    const section = path[0] === sectionsField?.name ? at(session.store.getState().document, [...path.slice(0, 2), "id"]) : undefined;
    void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, ...(language === null ? {} : { language }), section: typeof section === "string" ? section : undefined, view: undefined }) });
    setWanted(path);
  };

  // The field may only just be coming onto the screen, in another language or section: it is waited for a few frames,
  // then the nearest thing around it has to do.
  useEffect(() => {
    if (wanted === null) return;
    let frame = 0;
    let request = requestAnimationFrame(function look() {
      const exact = document.getElementById(idOf(wanted));
      frame += 1;
      if (exact === null && frame < FRAMES_TO_WAIT) {
        request = requestAnimationFrame(look);
        return;
      }
      const around = wanted.map((_, depth) => document.getElementById(idOf(wanted.slice(0, wanted.length - depth))));
      const found = exact ?? around.find((element) => element !== null);
      const fold = found?.closest("details");
      if (fold) fold.open = true;
      found?.scrollIntoView({ block: "center" });
      found?.focus({ preventScroll: true });
      setWanted(null);
    });
    return () => cancelAnimationFrame(request);
  }, [wanted]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const isInText = event.target instanceof Element && event.target.closest("[data-rich-text], dialog") !== null;
      if (key === "s") {
        event.preventDefault();
        void session.flush(true);
      } else if (key === "enter" && !isArchived && may("content.publish")) {
        event.preventDefault();
        setDialog("publish");
      } else if ((key === "z" || key === "y") && !isInText && !isReadOnly) {
        event.preventDefault();
        if (key === "y" || event.shiftKey) session.redo();
        else session.undo();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  const isCurrent = Object.keys(entry.published).length > 0 && Object.values(entry.published).every((number) => number === revision);
  return (
    <Page
      title={title === "" ? say("entries.untitled") : title}
      size={sectionsField === undefined ? "wide" : "whole"}
      back={
        <span className="row">
          <Link className="page-back" to="/dashboard/sites/$site/$collection" params={{ site: site.id, collection: type.plural }}>
            {site.name} · {say.of(type.title_plural)}
          </Link>
        </span>
      }
      about={isArchived ? say("entries.standing.archived") : <SaveState />}
      actions={
        <>
          {!isReadOnly && (
            <>
              <Button kind="quiet" icon="undo" aria-label={say("edit.undo")} title={say("edit.undo")} disabled={!canUndo} onClick={session.undo} />
              <Button kind="quiet" icon="redo" aria-label={say("edit.redo")} title={say("edit.redo")} disabled={!canRedo} onClick={session.redo} />
            </>
          )}
          {!isArchived && may("content.edit") && <Button onClick={() => setDialog("share")}>{say("share.open")}</Button>}
          {!isArchived && <Button onClick={() => setDialog("review")}>{say(entry.review === null ? "review.open" : `review.open.${entry.review.state}`)}</Button>}
          {!isArchived && <Button onClick={() => setDialog("schedule")}>{say("schedule.open")}</Button>}
          {!isArchived && may("content.publish") && Object.keys(entry.published).length > 0 && <Button onClick={() => setDialog("unpublish")}>{say("action.unpublish")}</Button>}
          {!isArchived && may("content.publish") && (
            <Button kind={isCurrent ? "plain" : "primary"} onClick={() => setDialog("publish")}>
              {say(isCurrent ? "publish.current" : "publish.open")}
            </Button>
          )}
        </>
      }
    >
      {isArchived && <BringBack site={site} entry={entry} />}
      <News />
      <Problems onJump={jump} />
      <Languages entry={entry} onShowOriginal={onShowOriginal} />
      {sectionsField === undefined ? (
        <div className="form-wide">
          <div className="card">
            <Laid fields={withoutShown(type.fields)} path={[]} />
          </div>
          <EntryFacts entry={entry} />
        </div>
      ) : (
        <PageForm entry={entry} field={sectionsField} />
      )}
      {dialog === "publish" && <PublishDialog entry={entry} onJump={jump} onClose={() => setDialog(null)} />}
      {dialog === "review" && <ReviewDialog entry={entry} onClose={() => setDialog(null)} />}
      {dialog === "schedule" && <ScheduleDialog entry={entry} onClose={() => setDialog(null)} />}
      {dialog === "share" && <ShareDialog site={site} entry={entry} isSaved={isSaved} onClose={() => setDialog(null)} />}
      {dialog === "unpublish" && <UnpublishDialog entry={entry} onClose={() => setDialog(null)} />}
    </Page>
  );
}

/** What happened without the writer's doing: others' changes came in, or work from before came back. */
export function News() {
  const say = useSpeaker();
  const { session } = useEditing();
  const news = useWork((work) => work.news);
  if (news === null) return null;
  return (
    <Notice
      kind="waiting"
      action={
        <span className="row row-fixed">
          {news.kind === "restored" && (
            <Button isSmall onClick={session.discard}>
              {say("save.discard")}
            </Button>
          )}
          <Button isSmall kind="quiet" onClick={session.dismissNews}>
            {say("action.close")}
          </Button>
        </span>
      }
    >
      {news.kind === "restored" ? say("save.restored", { when: say.moment(new Date(news.at).toISOString()) }) : say.count("save.joined", news.count)}
    </Notice>
  );
}

function titleIn(document: unknown, type: TypeDeclaration, site: Schemas["Site"]): string {
  const value = at(document, [type.title_field]);
  const text = typeof value === "string" ? value : (at(value, [site.default_locale]) ?? at(value, [site.locales.find((locale) => at(value, [locale]) !== undefined) ?? ""]));
  return typeof text === "string" ? text : "";
}
