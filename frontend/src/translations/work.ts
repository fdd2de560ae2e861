// The work on one translation, saved like an entry's: by itself, kept on the device while there is no line, and with both
// versions shown where two people wrote the same text. Each text is a field, by its path.

import { useMemo } from "react";

import { answer, client, Refusal, type Schemas } from "../api/client";
import type { Field, TypeDeclaration } from "../editing/document/declared";
import { isObject, type JsonObject, same } from "../editing/document/paths";
import { keeper } from "../editing/saving/kept";
import { opened, useOpened } from "../editing/saving/open";
import { type Entry, type Session, startSession } from "../editing/saving/session";
import { queryClient } from "../shell/queries";
import { type TranslatedText, type Translation, translation as asked } from "./queries";

/** The texts of the target language by their path. */
function documentOf({ texts }: Translation): JsonObject {
  return Object.fromEntries(texts.filter((text) => text.target !== null).map((text) => [text.path, text.target]));
}

function entryOf(translation: Translation): Entry {
  return {
    id: `${translation.entry}:${translation.source}:${translation.target}`,
    type: translation.type,
    slug: translation.slug,
    title: translation.title,
    document: documentOf(translation),
    revision: translation.revision,
    sort_order: 0,
    published: {},
    state: "draft",
    actions: [],
    review: null,
    scheduled_at: null,
    archived_at: null,
    created_at: "",
    updated_at: "",
  };
}

/** A text as a field that can be written here; null for a kind that its form alone knows. */
export function fieldOf(text: TranslatedText): Field | null {
  const common = { name: text.path, label: text.label, localized: false, inheritable: false, visibility: "public" as const, searchable: true, required: text.is_required, max_length: text.max_length ?? Number.MAX_SAFE_INTEGER };
  if (text.kind === "text") return { ...common, kind: "text", multiline: text.is_multiline };
  return text.kind === "rich_text" ? { ...common, kind: "rich_text" } : null;
}

/** The texts that differ from what the form began on; one that is gone is `null`. */
function written(began: JsonObject, document: JsonObject): Record<string, unknown> {
  const paths = [...new Set([...Object.keys(began), ...Object.keys(document)])];
  return Object.fromEntries(paths.filter((path) => !same(began[path], document[path])).map((path) => [path, document[path] ?? null]));
}

/** The session meets a conflict at `/revision`, and knows a text by its path. */
function placed(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  if (error.status === 409) return conflict(error);
  return new Refusal(error.status, error.code, error.message, error.fields.map((field) => ({ ...field, pointer: field.pointer.replace(/^\/texts/, "") })), error.requestId);
}

function conflict({ code, message, requestId }: Refusal): Refusal {
  return new Refusal(409, code, message, [{ pointer: "/revision", code, detail: message }], requestId);
}

function start(site: string, first: Translation, user: string): Session {
  const { entry: id, source, target } = first;
  const query = asked(site, id, source, target);
  const keep = (answered: Translation) => {
    queryClient.setQueryData(query.queryKey, answered);
    return entryOf(answered);
  };
  const session: Session = startSession(
    entryOf(first),
    {
      read: async () => keep(await answer(client.GET("/api/v1/sites/{site}/entries/{id}/translation/", { params: { path: { site, id }, query: { source, target } } }))),
      write: async ({ document, revision, autosave = false }) => {
        const began = session.store.getState().base.document;
        const texts = written(began, isObject(document) ? document : {});
        let saved: Entry;
        try {
          const body = { revision, source, target, autosave, texts: texts as Schemas["TranslationChange"]["texts"] };
          saved = keep(await answer(client.PUT("/api/v1/sites/{site}/entries/{id}/translation/", { params: { path: { site, id } }, body })));
        } catch (error) {
          throw placed(error);
        }
        // Others wrote other texts meanwhile: those have to come into the form, or the next save would not know of them.
        const came = Object.keys(written(began, saved.document)).some((path) => !(path in texts));
        if (came) throw conflict(new Refusal(409, "revision_conflict", ""));
        return saved;
      },
      saved: () => {
        void queryClient.invalidateQueries({ queryKey: ["translations", site] });
        void queryClient.invalidateQueries({ queryKey: ["entry", id] });
        void queryClient.invalidateQueries({ queryKey: ["entries", site, first.type] });
      },
    },
    keeper(user, entryOf(first).id),
  );
  return session;
}

interface Around {
  site: Schemas["Site"];
  type: TypeDeclaration;
  types: readonly TypeDeclaration[];
  user: string;
  isReadOnly: boolean;
}

/** What the fields of a translation know. */
export function useTranslationWork(translation: Translation, { site, type, types, user, isReadOnly }: Around) {
  const entry = useMemo(() => entryOf(translation), [translation]);
  const session = useOpened(entry, () => opened(entry.id, () => start(site.id, translation, user)));
  return useMemo(() => {
    const fields = translation.texts.map(fieldOf).filter((field) => field !== null);
    return { session, site, type: { ...type, fields }, types, sections: [], locale: translation.target, isReadOnly, showsOriginal: false };
  }, [session, site, type, types, translation, isReadOnly]);
}
