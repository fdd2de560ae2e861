// One entry in one language beside another: the source to be read, the translation to be written, and what is to be done
// with each text.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Refusal, type Schemas } from "../api/client";
import { EditingContext, idOf, useEditing } from "../editing/context";
import type { TypeDeclaration } from "../editing/document/declared";
import type { Path } from "../editing/document/paths";
import { News } from "../editing/EntryScreen";
import { Problems } from "../editing/Problems";
import { ConflictDialog } from "../editing/saving/ConflictDialog";
import { SaveState } from "../editing/saving/SaveState";
import { useParam, useQueryParam } from "../shell/address";
import { declarations, me, sites, useMay } from "../shell/queries";
import { Failed, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Button, Empty, Skeleton } from "../ui/parts";
import { Text } from "./Text";
import { type TranslatedText, type Translation, translation as asked } from "./queries";
import { useTranslationWork } from "./work";

export function Beside() {
  const say = useSpeaker();
  const siteId = useParam("site") ?? "";
  const id = useParam("entry") ?? "";
  const known = useQuery(sites);
  const declared = useQuery(declarations);
  const user = useQuery(me).data?.user;
  const site = known.data?.results.find((each) => each.id === siteId);
  const languages = useLanguages(site);
  const found = useQuery({ ...asked(siteId, id, languages?.source ?? "", languages?.target ?? ""), enabled: languages !== null });
  const type = declared.data?.types.find((each) => each.name === found.data?.type);
  if (site !== undefined && type !== undefined && found.data !== undefined && user !== undefined && languages !== null) {
    return <Opened key={`${id} ${languages.source} ${languages.target}`} site={site} type={type} types={declared.data?.types ?? []} translation={found.data} user={user.id} />;
  }
  const error = known.error ?? declared.error ?? found.error;
  const isAlone = site !== undefined && languages === null;
  return (
    <Page title={say("translation.title")}>
      {error !== null ? (
        <Failed error={error} retry={() => void Promise.all([known.refetch(), declared.refetch(), found.refetch()])} />
      ) : known.isSuccess && site === undefined ? (
        <Failed error={new Refusal(404, "not_found", say("sites.notFound"))} />
      ) : isAlone ? (
        <Empty>{say("translation.oneLanguage")}</Empty>
      ) : (
        <Skeleton label={say("state.loading")} />
      )}
    </Page>
  );
}

/** From which language into which: as the address says, otherwise from the first into the next. */
function useLanguages(site: Schemas["Site"] | undefined): { source: string; target: string } | null {
  const [wantedSource, wantedTarget] = [useQueryParam("source"), useQueryParam("target")];
  if (site === undefined) return null;
  const offered = (tag: string | undefined) => site.locales.find((each) => each === tag);
  const target = offered(wantedTarget) ?? site.locales.find((each) => each !== site.default_locale);
  const source = [offered(wantedSource), site.default_locale, ...site.locales].find((each) => each !== undefined && each !== target);
  return source === undefined || target === undefined ? null : { source, target };
}

interface OpenedProps {
  site: Schemas["Site"];
  type: TypeDeclaration;
  types: readonly TypeDeclaration[];
  translation: Translation;
  user: string;
}

function Opened({ site, type, types, translation, user }: OpenedProps) {
  const isReadOnly = !useMay()("content.edit");
  const editing = useTranslationWork(translation, { site, type, types, user, isReadOnly });
  return (
    <EditingContext value={editing}>
      <Texts translation={translation} plural={type.plural} />
      <ConflictDialog />
    </EditingContext>
  );
}

/** Whether somebody has to look at a text. */
const isOpen = (text: TranslatedText) => text.state === "missing" || text.state === "stale" || (text.is_required && text.target === null);

function Texts({ translation, plural }: { translation: Translation; plural: string }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const { session, site } = useEditing();
  const showsAll = useQueryParam("show") !== "open";
  // What was open when the screen was stays in its place when it is done: a text that leaves while one looks is lost.
  const [wasOpen] = useState(() => translation.texts.filter(isOpen).map((text) => text.path));
  const open = translation.texts.filter(isOpen);
  const shown = showsAll ? translation.texts : translation.texts.filter((text) => isOpen(text) || wasOpen.includes(text.path));
  const look = (changed: Record<string, string>) => void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, source: translation.source, target: translation.target, ...changed }), replace: true });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      void session.flush(true);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [session]);
  const jump = (path: Path) => {
    const field = document.getElementById(idOf(path));
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  };
  const languages = (wanted: (tag: string) => boolean) => site.locales.filter(wanted).map((tag) => <option key={tag} value={tag}>{say.languageName(tag)}</option>);
  return (
    <Page
      title={translation.title === "" ? say("entries.untitled") : translation.title}
      size="wide"
      back={
        <Link className="page-back" to="/dashboard/sites/$site/translations/entries" params={{ site: site.id }} search={{ locale: translation.target, state: "any" }}>
          {site.name} · {say("translation.title")}
        </Link>
      }
      about={<SaveState />}
      actions={
        <Link className="button" to="/dashboard/sites/$site/$collection/$entry" params={{ site: site.id, collection: plural, entry: translation.entry }} search={{ language: translation.target }}>
          {say("translation.toForm")}
        </Link>
      }
    >
      <News />
      <Problems onJump={jump} />
      <div className="beside-head">
        <label className="row">
          <span className="soft">{say("translation.from")}</span>
          <select className="control control-inline" value={translation.source} onChange={(event) => look({ source: event.target.value })}>
            {languages((tag) => tag !== translation.target)}
          </select>
        </label>
        <label className="row">
          <span className="soft">{say("translation.into")}</span>
          <select className="control control-inline" value={translation.target} onChange={(event) => look({ target: event.target.value })}>
            {languages((tag) => tag !== translation.source)}
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={!showsAll} onChange={(event) => look({ show: event.target.checked ? "open" : "all" })} />
          <span>{say("translation.onlyOpen")}</span>
        </label>
        <span className="soft numbers grow beside-count" role="status">
          {open.length === 0 ? say("translation.allDone") : say.count("translation.open", open.length)}
        </span>
      </div>
      {shown.length === 0 ? (
        <div className="card card-flush">
          <Empty action={!showsAll && <Button onClick={() => look({ show: "all" })}>{say("translation.showAll")}</Button>}>{say(translation.texts.length === 0 ? "translation.noTexts" : "translation.allDone")}</Empty>
        </div>
      ) : (
        shown.map((text) => <Text key={text.path} text={text} translation={translation} plural={plural} />)
      )}
    </Page>
  );
}
