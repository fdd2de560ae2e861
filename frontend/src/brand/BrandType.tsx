// What the brand says of one type, field by field: whose each field is, its value in every language, and what guests see of
// it. It is saved as a draft, and published for all hotels at once.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { EditingContext, idOf, useEditing, useWork } from "../editing/context";
import type { Field, TypeDeclaration } from "../editing/document/declared";
import { at, isAbsent, isObject, type Path, same } from "../editing/document/paths";
import { FieldFor } from "../editing/fields/FieldFor";
import { News } from "../editing/EntryScreen";
import { Problems } from "../editing/Problems";
import { ConflictDialog } from "../editing/saving/ConflictDialog";
import { SaveState } from "../editing/saving/SaveState";
import { useParam, useQueryParam } from "../shell/address";
import { declarations, me, sites } from "../shell/queries";
import { Failed, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Empty, Skeleton } from "../ui/parts";
import { State } from "./Brand";
import { BrandHistory } from "./BrandHistory";
import { PublishBrand } from "./PublishBrand";
import { type BrandDocument, brandOf, useMayManageBrand } from "./queries";
import { LOCKED, VALUES } from "./wishes";
import { useBrandWork } from "./work";

export function BrandType() {
  const say = useSpeaker();
  const name = useParam("type") ?? "";
  const declared = useQuery(declarations);
  const brand = useQuery(brandOf(name));
  const known = useQuery(sites);
  const organization = useQuery({ queryKey: ["organization"], queryFn: () => answer(client.GET("/api/v1/organizations/current/")) });
  const user = useQuery(me).data?.user;
  const type = declared.data?.types.find((each) => each.name === name);
  const site = known.data?.results[0];
  if (type !== undefined && brand.data !== undefined && site !== undefined && known.data !== undefined && organization.data !== undefined && user !== undefined) {
    const { locales, default_locale: first } = organization.data;
    const all = [...new Set([...locales, ...known.data.results.flatMap((each) => each.locales)])];
    return <Opened key={name} brand={brand.data} type={type} types={declared.data?.types ?? []} site={{ ...site, locales: all, default_locale: first }} user={user.id} />;
  }
  const error = declared.error ?? brand.error ?? known.error ?? organization.error;
  return (
    <Page title={say("brand.title")}>
      {error !== null ? (
        <Failed error={error} retry={() => void Promise.all([declared.refetch(), brand.refetch(), known.refetch(), organization.refetch()])} />
      ) : known.data?.results.length === 0 ? (
        <Empty>{say("brand.noSite")}</Empty>
      ) : (
        <Skeleton label={say("state.loading")} />
      )}
    </Page>
  );
}

interface OpenedProps {
  brand: BrandDocument;
  type: TypeDeclaration;
  types: readonly TypeDeclaration[];
  /** Stands for the group: with all of its languages. */
  site: Schemas["Site"];
  user: string;
}

function Opened({ brand, type, types, site, user }: OpenedProps) {
  const isReadOnly = !useMayManageBrand();
  const wanted = useQueryParam("language");
  const locale = wanted !== undefined && site.locales.includes(wanted) ? wanted : site.default_locale;
  const editing = useBrandWork(brand, { site, type, types, locale, user, isReadOnly });
  return (
    <EditingContext value={editing}>
      <BrandForm brand={brand} />
      <ConflictDialog />
    </EditingContext>
  );
}

function BrandForm({ brand }: { brand: BrandDocument }) {
  const say = useSpeaker();
  const { session, type, isReadOnly } = useEditing();
  const [dialog, setDialog] = useState<"publish" | "history" | null>(null);
  const state = useWork((work) => work.state);
  const canUndo = useWork((work) => work.history.past.length > 0);
  const canRedo = useWork((work) => work.history.future.length > 0);
  const isOpen = state !== "saved";
  const isCurrent = !isOpen && (brand.revision === 0 || brand.published_revision === brand.revision);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isReadOnly || !(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      void session.flush(true);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [session, isReadOnly]);
  const jump = (path: Path) => {
    const field = document.getElementById(idOf(path));
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  };
  return (
    <Page
      title={say("brand.ofType", { things: say.of(type.title_plural) })}
      size="wide"
      back={
        <Link className="page-back" to="/dashboard/brand">
          {say("brand.title")}
        </Link>
      }
      about={
        <span className="row">
          <State brand={brand} />
          {isOpen || isReadOnly ? <Unsaved /> : null}
        </span>
      }
      actions={
        <>
          {!isReadOnly && (
            <>
              <Button kind="quiet" icon="undo" aria-label={say("edit.undo")} title={say("edit.undo")} disabled={!canUndo} onClick={session.undo} />
              <Button kind="quiet" icon="redo" aria-label={say("edit.redo")} title={say("edit.redo")} disabled={!canRedo} onClick={session.redo} />
            </>
          )}
          <Button onClick={() => setDialog("history")}>{say("brand.history")}</Button>
          {!isReadOnly && (
            <>
              <Button kind={isOpen ? "primary" : "plain"} disabled={!isOpen} isBusy={state === "saving"} onClick={() => void session.flush(true)}>
                {say("brand.save")}
              </Button>
              <Button kind={isOpen || isCurrent ? "plain" : "primary"} disabled={isCurrent} onClick={() => setDialog("publish")}>
                {say(isCurrent ? "publish.current" : "publish.open")}
              </Button>
            </>
          )}
        </>
      }
    >
      <News />
      <Problems onJump={jump} />
      <BrandLanguages />
      <div className="card brand-fields">
        {type.fields.map((field) => (
          <BrandField key={field.name} field={field} published={brand.published[field.name]} />
        ))}
      </div>
      {dialog === "publish" && <PublishBrand brand={brand} onClose={() => setDialog(null)} />}
      {dialog === "history" && <BrandHistory brand={brand} onClose={() => setDialog(null)} />}
    </Page>
  );
}

/** Where the work stands: what is not sent yet is on this device. */
function Unsaved() {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const state = useWork((work) => work.state);
  if (isReadOnly || state !== "waiting") return <SaveState />;
  return (
    <span className="save-state save-waiting">
      <span className="save-dot" />
      <span role="status">{say("brand.unsaved")}</span>
    </span>
  );
}

/** The languages of the group: which one is written in. */
function BrandLanguages() {
  const say = useSpeaker();
  const navigate = useNavigate();
  const { site, locale } = useEditing();
  if (site.locales.length < 2) return null;
  return (
    <div className="languages">
      <div className="segments" role="group" aria-label={say("edit.languages")}>
        {site.locales.map((each) => (
          <button type="button" key={each} className="segment" aria-pressed={each === locale} onClick={() => void navigate({ to: ".", search: { language: each }, replace: true })}>
            {say.languageName(each)}
          </button>
        ))}
      </div>
    </div>
  );
}

const WHOSE = ["own", "inherit", "locked"] as const;

function BrandField({ field, published }: { field: Field; published: BrandDocument["fields"][string] | undefined }) {
  const say = useSpeaker();
  const { session, isReadOnly } = useEditing();
  const value = useWork((work) => at(work.document, [VALUES, field.name]));
  const isLocked = useWork((work) => at(work.document, [LOCKED, field.name]));
  const label = say.of(field.label);
  const whose = isLocked === undefined && isAbsent(value) ? "own" : isLocked === true ? "locked" : "inherit";
  const choose = (next: (typeof WHOSE)[number]) => {
    const { document } = session.store.getState();
    const [values, locked] = [document[VALUES], document[LOCKED]];
    const without = (from: unknown) => Object.fromEntries(Object.entries(isObject(from) ? from : {}).filter(([name]) => name !== field.name));
    session.change([], {
      [VALUES]: next === "own" ? without(values) : isObject(values) ? values : {},
      [LOCKED]: { ...without(locked), ...(next === "own" ? {} : { [field.name]: next === "locked" }) },
    });
  };
  const isShown = published === undefined ? isAbsent(value) : same(published.value, value) && (published.mode === "locked") === (isLocked === true);
  return (
    <section className="brand-field" aria-label={label}>
      <div className="stack stack-narrow">
        {whose === "own" ? (
          <>
            <span className="field-label">{label}</span>
            <span className="soft small">{say("brand.eachOwn")}</span>
          </>
        ) : (
          <FieldFor field={field} path={[VALUES]} />
        )}
      </div>
      <div className="stack stack-narrow brand-whose">
        <select className="control" aria-label={say("brand.whose", { name: label })} value={whose} disabled={isReadOnly} onChange={(event) => choose(WHOSE.find((each) => each === event.target.value) ?? "own")}>
          {WHOSE.map((each) => (
            <option key={each} value={each}>
              {say(`brand.whose.${each}`)}
            </option>
          ))}
        </select>
        {whose !== "own" && isAbsent(value) ? <span className="soft small">{say("brand.needsValue")}</span> : !isShown && <Badge kind="waiting">{say("brand.notShown")}</Badge>}
      </div>
    </section>
  );
}
