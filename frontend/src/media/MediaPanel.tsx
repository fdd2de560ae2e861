// One thing of the library: large, with its texts in every language, what stays in sight when it is cropped, and where it
// is used.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";

import { addressOf, type Schemas } from "../api/client";
import { EditingContext, useEditing, useProblem, useValue } from "../editing/context";
import type { Path } from "../editing/document/paths";
import { ConflictDialog } from "../editing/saving/ConflictDialog";
import { SaveState } from "../editing/saving/SaveState";
import { declarations, me, sites, useMay } from "../shell/queries";
import { Failed, Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Badge, Button, Notice, Skeleton } from "../ui/parts";
import { DeleteMedia } from "./DeleteMedia";
import { FocalPoint } from "./Focal";
import { lacksAlt, mediaItem, type MediaItem, mediaUses } from "./queries";
import { Thumb } from "./Thumb";
import { focalOf, useMediaWork } from "./work";

interface MediaPanelProps {
  id: string;
  onClose: () => void;
}

export function MediaPanel({ id, onClose }: MediaPanelProps) {
  const say = useSpeaker();
  const found = useQuery(mediaItem(id));
  const known = useQuery(sites).data?.results;
  const user = useQuery(me).data?.user.id;
  const panel = useRef<HTMLElement>(null);
  // Whoever opened it goes on here, and back to the picture when it closes.
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [id]);
  useEffect(() => {
    const shown = panel.current;
    const press = (event: KeyboardEvent) => {
      const isInDialog = event.target instanceof Element && event.target.closest("dialog") !== null;
      if (event.key === "Escape" && !event.defaultPrevented && !isInDialog) onClose();
    };
    shown?.addEventListener("keydown", press);
    return () => shown?.removeEventListener("keydown", press);
  }, [onClose]);
  return (
    <aside
      className="media-panel"
      aria-label={found.data?.name ?? say("media.item")}
      ref={panel}
      tabIndex={-1}
    >
      {found.data !== undefined && known !== undefined && user !== undefined ? (
        <Opened key={id} item={found.data} sites={known} user={user} onClose={onClose} />
      ) : (
        <>
          <PanelHead title={say("media.item")} onClose={onClose} />
          {found.isError ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton label={say("state.loading")} />}
        </>
      )}
    </aside>
  );
}

function PanelHead({ title, state, onClose }: { title: string; state?: ReactNode; onClose: () => void }) {
  const say = useSpeaker();
  return (
    <div className="media-panel-head">
      <div className="grow stack stack-tight">
        <h2 className="break">{title}</h2>
        {state}
      </div>
      <Button kind="quiet" isSmall aria-label={say("action.close")} onClick={onClose}>
        <Icon name="close" size={16} />
      </Button>
    </div>
  );
}

interface OpenedProps {
  item: MediaItem;
  sites: readonly Schemas["Site"][];
  user: string;
  onClose: () => void;
}

function Opened({ item, sites: known, user, onClose }: OpenedProps) {
  const isReadOnly = !useMay()("media.manage");
  const home = known.find((site) => site.id === item.site) ?? known[0];
  if (home === undefined) return <WithoutSite item={item} onClose={onClose} />;
  return <Work item={item} home={home} sites={known} user={user} isReadOnly={isReadOnly} onClose={onClose} />;
}

/** Without a site there is no language to write in: the thing is shown, and can be taken or deleted. */
function WithoutSite({ item, onClose }: { item: MediaItem; onClose: () => void }) {
  const say = useSpeaker();
  return (
    <>
      <PanelHead title={item.name} onClose={onClose} />
      <div className="media-panel-body">
        <Thumb item={item} isWhole />
        <Notice kind="plain">{say("media.noSite")}</Notice>
        <Facts item={item} />
        <Actions item={item} isReadOnly={false} onDeleted={onClose} />
      </div>
    </>
  );
}

function Work({ item, home, sites: known, user, isReadOnly, onClose }: OpenedProps & { home: Schemas["Site"]; isReadOnly: boolean }) {
  const editing = useMediaWork(item, user, home, isReadOnly);
  return (
    <EditingContext value={editing}>
      <PanelHead title={item.name} state={<SaveState />} onClose={onClose} />
      <div className="media-panel-body">
        <Fields item={item} sites={known} />
        <Uses item={item} />
        <Facts item={item} />
        <Actions item={item} isReadOnly={isReadOnly} onDeleted={onClose} />
      </div>
      <ConflictDialog />
    </EditingContext>
  );
}

function Fields({ item, sites: known }: { item: MediaItem; sites: readonly Schemas["Site"][] }) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const [focal, setFocal] = useValue(["focal"]);
  const [decorative, setDecorative] = useValue(["decorative"]);
  const [site, setSite] = useValue(["site"]);
  const isPicture = item.kind === "image";
  const locales = localesOf(item, known);
  return (
    <>
      {isPicture && item.state !== "failed" ? (
        <FocalPoint url={addressOf(item.url)} focal={focalOf(focal)} isReadOnly={isReadOnly} onChange={(point) => setFocal(point === null ? undefined : [point.x, point.y])} />
      ) : (
        <Thumb item={item} isWhole />
      )}
      {item.state === "failed" && <Notice kind="error">{item.problem ?? say("media.failed")}</Notice>}
      {isPicture && (
        <fieldset className="stack stack-narrow">
          <legend className="field-label media-legend">{say("image.alt")}</legend>
          <p className="field-help">{say("media.altHelp")}</p>
          <label className="check">
            <input type="checkbox" checked={decorative === true} disabled={isReadOnly} onChange={(event) => setDecorative(event.target.checked ? true : undefined)} />
            <span>{say("media.isDecorative")}</span>
          </label>
          {decorative !== true && locales.map((locale) => <Text key={locale} path={["alt", locale]} label={say("media.altIn", { language: say.languageName(locale) })} language={locale} />)}
        </fieldset>
      )}
      {isPicture && (
        <fieldset className="stack stack-narrow">
          <legend className="field-label media-legend">{say("media.caption")}</legend>
          {locales.map((locale) => (
            <Text key={locale} path={["caption", locale]} label={say("media.captionIn", { language: say.languageName(locale) })} language={locale} />
          ))}
        </fieldset>
      )}
      {isPicture && <Text path={["credit"]} label={say("media.credit")} help={say("media.creditHelp")} />}
      <Text path={["name"]} label={say("media.name")} />
      <label className="field">
        <span className="field-label">{say("sites.site")}</span>
        <select className="control" disabled={isReadOnly} value={typeof site === "string" ? site : ""} onChange={(event) => setSite(event.target.value === "" ? undefined : event.target.value)}>
          <option value="">{say("media.allSites")}</option>
          {known.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** The languages of the thing's site, or of all sites; and those that it has texts in already. */
function localesOf(item: MediaItem, known: readonly Schemas["Site"][]): string[] {
  const own = known.filter((site) => item.site == null || site.id === item.site);
  return [...new Set([...own.flatMap((site) => [site.default_locale, ...site.locales]), ...Object.keys(item.alt), ...Object.keys(item.caption)])];
}

function Text({ path, label, help, language }: { path: Path; label: string; help?: string; language?: string }) {
  const { isReadOnly } = useEditing();
  const id = useId();
  const [value, setValue] = useValue(path);
  const problem = useProblem(path, false);
  const described = [problem !== undefined && `${id}-error`, help !== undefined && `${id}-help`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label className={language === undefined ? "field-label" : "small"} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="control"
        autoComplete="off"
        disabled={isReadOnly}
        aria-invalid={problem !== undefined}
        aria-describedby={described === "" ? undefined : described}
        {...(language === undefined ? {} : { lang: language, dir: "auto" })}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)}
      />
      {problem !== undefined && (
        <span className="field-error" id={`${id}-error`}>
          <Icon name="warning" size={16} />
          {problem}
        </span>
      )}
      {help !== undefined && (
        <span className="field-help" id={`${id}-help`}>
          {help}
        </span>
      )}
    </div>
  );
}

function Uses({ item }: { item: MediaItem }) {
  const say = useSpeaker();
  const uses = useQuery(mediaUses(item.id));
  const types = useQuery(declarations).data?.types ?? [];
  return (
    <section className="stack stack-narrow">
      <h3>{say("media.uses")}</h3>
      <Loaded query={uses} lines={2}>
        {(found) =>
          found.results.length === 0 ? (
            <p className="soft">{say("media.unused")}</p>
          ) : (
            <ul className="stack stack-tight">
              {found.results.map((use) => {
                const type = types.find((each) => each.name === use.type);
                return (
                  <li key={use.entry} className="row">
                    <Link to="/dashboard/sites/$site/$collection/$entry" params={{ site: use.site, collection: type?.plural ?? use.type, entry: use.entry }}>
                      {use.title === "" ? say("entries.untitled") : use.title}
                    </Link>
                    <span className="soft small">{say.of(type?.title)}</span>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function Facts({ item }: { item: MediaItem }) {
  const say = useSpeaker();
  return (
    <dl className="facts media-facts">
      {item.width != null && item.height != null && (
        <>
          <dt>{say("media.dimensions")}</dt>
          <dd className="numbers">
            {say.number(item.width)} × {say.number(item.height)}
          </dd>
        </>
      )}
      <dt>{say("media.size")}</dt>
      <dd className="numbers">
        {say.bytes(item.size)} · {item.content_type.replace(/^\w+\//, "").toUpperCase()}
      </dd>
      <dt>{say("media.added")}</dt>
      <dd>{say.moment(item.created_at)}</dd>
      {lacksAlt(item) && (
        <>
          <dt>{say("image.alt")}</dt>
          <dd>
            <Badge kind="waiting">{say("media.withoutAlt")}</Badge>
          </dd>
        </>
      )}
    </dl>
  );
}

function Actions({ item, isReadOnly, onDeleted }: { item: MediaItem; isReadOnly: boolean; onDeleted: () => void }) {
  const say = useSpeaker();
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <div className="row row-apart">
      <a className="button" href={addressOf(item.url)} download={item.name}>
        <Icon name="download" size={16} />
        {say("media.download")}
      </a>
      {!isReadOnly && (
        <Button kind="quiet-danger" icon="bin" onClick={() => setIsDeleting(true)}>
          {say("action.delete")}
        </Button>
      )}
      {isDeleting && <DeleteMedia items={[item]} onClose={() => setIsDeleting(false)} onDone={onDeleted} />}
    </div>
  );
}
