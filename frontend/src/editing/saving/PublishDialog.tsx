// Publishing: what changes for guests, in which languages, and what is still missing. What is published is what is seen
// here: the dialog saves first and names the revision.

import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { answer, client } from "../../api/client";
import { queryClient, revisionOf, useWrite } from "../../shell/queries";
import { useSpeaker } from "../../state/interface";
import { Badge, Button, Dialog, Notice, Skeleton } from "../../ui/parts";
import { useEditing, useWork } from "../context";
import { completeness, placeInWords } from "../document/declared";
import { difference } from "../document/difference";
import { type Change, changes } from "../document/merge";
import { isObject, type Path, toPointer } from "../document/paths";
import { withBrand } from "../Inherited";
import { inWords } from "../words";
import { Findings } from "./Findings";
import type { Entry } from "./session";

interface PublishDialogProps {
  entry: Entry;
  onJump: (path: Path) => void;
  onClose: () => void;
}

export function PublishDialog({ entry, onJump, onClose }: PublishDialogProps) {
  const say = useSpeaker();
  const { session } = useEditing();
  const [isReady, setIsReady] = useState<boolean | null>(null);
  useEffect(() => {
    void session.flush().then(setIsReady);
  }, [session]);
  return (
    <Dialog title={say("publish.title", { name: entry.title })} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      {isReady === null ? <Skeleton label={say("save.saving")} lines={3} /> : isReady ? <Ready entry={entry} onJump={onJump} onClose={onClose} /> : <Notice kind="error">{say("publish.notSaved")}</Notice>}
    </Dialog>
  );
}

function Ready({ entry, onJump, onClose }: PublishDialogProps) {
  const say = useSpeaker();
  const { site, type, sections, brand = [] } = useEditing();
  const base = useWork((work) => work.base);
  const shownNow = withBrand(base.document, brand);
  const languages = site.locales.map((locale) => ({ locale, shown: entry.published[locale], ...completeness(type.fields, sections, shownNow, locale) }));
  const [chosen, setChosen] = useState(() => languages.filter(({ missing, shown, filled }) => missing.length === 0 && (shown !== undefined || filled > 0 || site.locales.length === 1)).map(({ locale }) => locale));
  const numbers = [...new Set(Object.values(entry.published))];
  const published = useQueries({
    queries: numbers.map((number) => revisionOf(site.id, entry.id, number)),
  });
  const newest = published.map((query) => query.data).reduce((a, b) => (b !== undefined && (a === undefined || b.number > a.number) ? b : a), undefined);
  const isFirst = numbers.length === 0;
  const differences = newest !== undefined && isObject(newest.document) ? changes(withBrand(newest.document, brand), shownNow) : [];
  const undo = useUndoPublish(entry);
  const publish = useWrite({
    write: () => answer(client.POST("/api/v1/sites/{site}/entries/{id}/publish/", { params: { path: { site: site.id, id: entry.id } }, body: { revision: base.revision, locales: chosen } })),
    refresh: [["entries", site.id, entry.type]],
    done: (changed) => {
      queryClient.setQueryData(["entry", entry.id], changed);
      onClose();
    },
    message: (changed) => say("entries.published", { name: changed.title }),
    undo: { label: say("action.undo"), run: (changed) => undo.run(changed.revision) },
  });
  const isNothingNew = chosen.every((locale) => entry.published[locale] === base.revision);
  return (
    <>
      {publish.error !== null && <Notice kind="error">{publish.error}</Notice>}
      {site.status !== "published" && <Notice kind="waiting">{say("publish.siteIsDraft", { name: site.name })}</Notice>}
      <fieldset className="stack stack-narrow">
        <legend className="field-label">{say("publish.languages")}</legend>
        {languages.map(({ locale, shown, missing, filled, total }) => (
          <div key={locale} className="publish-language">
            <label className="check">
              <input type="checkbox" checked={chosen.includes(locale)} disabled={missing.length > 0} onChange={(event) => setChosen(event.target.checked ? [...chosen, locale] : chosen.filter((each) => each !== locale))} />
              <span>
                {say.languageName(locale)} <span className="soft small numbers">{say("edit.filled", { filled: say.number(filled), total: say.number(total) })}</span>
              </span>
            </label>
            {shown === undefined ? <Badge>{say("publish.notYet")}</Badge> : shown === base.revision ? <Badge kind="good">{say("publish.current")}</Badge> : <Badge kind="waiting">{say("publish.older")}</Badge>}
            {missing.length > 0 && (
              <div className="small publish-missing">
                {say("publish.missing")}{" "}
                {missing.map((path) => (
                  <button
                    type="button"
                    className="link-button"
                    key={toPointer(path)}
                    onClick={() => {
                      onClose();
                      onJump(path);
                    }}
                  >
                    {placeInWords(type.fields, sections, base.document, path, say)}
                  </button>
                ))}
              </div>
            )}
          </div>
        ))}
      </fieldset>
      <Findings entry={entry} locales={chosen} onJump={onJump} onClose={onClose} />
      <section className="stack stack-narrow">
        <h3>{say("publish.changes")}</h3>
        {isFirst ? <p className="soft">{say("publish.first")}</p> : newest === undefined ? <Skeleton label={say("state.loading")} lines={2} /> : differences.length === 0 ? <p className="soft">{say("publish.same")}</p> : <Differences changes={differences} document={base.document} />}
      </section>
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="primary" isBusy={publish.isBusy} disabled={chosen.length === 0 || isNothingNew} onClick={() => publish.run(undefined)}>
          {isNothingNew && chosen.length > 0 ? say("publish.current") : say("action.publish")}
        </Button>
      </div>
    </>
  );
}

/** Takes a publication back: guests see what they saw before it. */
function useUndoPublish(entry: Entry) {
  const say = useSpeaker();
  const { site } = useEditing();
  return useWrite({
    isUndo: true,
    write: (revision: number) => answer(client.POST("/api/v1/sites/{site}/entries/{id}/publish/undo/", { params: { path: { site: site.id, id: entry.id } }, body: { revision } })),
    refresh: [["entries", site.id, entry.type]],
    done: (changed) => void queryClient.setQueryData(["entry", entry.id], changed),
    message: (changed) => say(Object.keys(changed.published).length > 0 ? "publish.undone" : "entries.unpublished", { name: changed.title }),
  });
}

function Differences({ changes: all, document }: { changes: readonly Change[]; document: unknown }) {
  const say = useSpeaker();
  const { type, sections } = useEditing();
  return (
    <dl className="differences">
      {all.map((change) => {
        const { before, removed, added, after } = difference(inWords(change.before, say), inWords(change.after, say));
        return (
          <div key={toPointer(change.path)}>
            <dt>{placeInWords(type.fields, sections, document, change.path, say)}</dt>
            <dd dir="auto">
              {before}
              {removed !== "" && <del>{removed}</del>}
              {added !== "" && <ins>{added}</ins>}
              {after}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Takes an entry from the guests of some languages, or of all. */
export function UnpublishDialog({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const shown = site.locales.filter((locale) => locale in entry.published);
  const [chosen, setChosen] = useState(shown);
  const withdraw = useWrite({
    write: () => answer(client.POST("/api/v1/sites/{site}/entries/{id}/unpublish/", { params: { path: { site: site.id, id: entry.id } }, body: { locales: chosen } })),
    refresh: [["entries", site.id, entry.type]],
    done: (changed) => {
      queryClient.setQueryData(["entry", entry.id], changed);
      onClose();
    },
    message: (changed) => say("entries.unpublished", { name: changed.title }),
  });
  return (
    <Dialog title={say("publish.withdrawTitle", { name: entry.title })} closeLabel={say("action.close")} onClose={onClose}>
      <p>{say("publish.withdrawConsequence")}</p>
      {withdraw.error !== null && <Notice kind="error">{withdraw.error}</Notice>}
      {shown.length > 1 && (
        <fieldset>
          <legend className="field-label">{say("field.languages")}</legend>
          {shown.map((locale) => (
            <label className="check" key={locale}>
              <input type="checkbox" checked={chosen.includes(locale)} onChange={(event) => setChosen(event.target.checked ? [...chosen, locale] : chosen.filter((each) => each !== locale))} />
              <span>{say.languageName(locale)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="danger" isBusy={withdraw.isBusy} disabled={chosen.length === 0} onClick={() => withdraw.run(undefined)}>
          {say("action.unpublish")}
        </Button>
      </div>
    </Dialog>
  );
}
