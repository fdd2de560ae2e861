// The work on one thing of the library, saved like an entry's: by itself, kept on the device while there is no line, and
// with both versions shown where two people changed the same.

import { useMemo } from "react";

import { answer, client, Refusal, type Schemas } from "../api/client";
import type { TypeDeclaration } from "../editing/document/declared";
import { isAbsent, isObject, type JsonObject } from "../editing/document/paths";
import { keeper } from "../editing/saving/kept";
import { opened, useOpened } from "../editing/saving/open";
import { type Entry, type Session, startSession } from "../editing/saving/session";
import { queryClient } from "../shell/queries";
import { speaker, type Word } from "../words";
import type { MediaItem } from "./queries";

/** What is called what where two versions stand side by side. */
const FIELDS: readonly { name: string; word: Word; isLocalized?: boolean }[] = [
  { name: "name", word: "media.name" },
  { name: "alt", word: "image.alt", isLocalized: true },
  { name: "decorative", word: "media.decorative" },
  { name: "caption", word: "media.caption", isLocalized: true },
  { name: "credit", word: "media.credit" },
  { name: "focal", word: "focal.title" },
  { name: "site", word: "sites.site" },
];

const both = (word: Word) => ({ en: speaker("en")(word), de: speaker("de")(word) });

const TYPE: TypeDeclaration = {
  name: "media",
  plural: "media",
  icon: "image",
  title: both("media.item"),
  title_plural: both("media.title"),
  title_field: "name",
  slug_from: "name",
  fields: FIELDS.map(({ name, word, isLocalized = false }) => ({ name, kind: "text", label: both(word), localized: isLocalized, inheritable: false, visibility: "public" as const, searchable: true, required: false, max_length: 500, multiline: false })),
};

/** The parts that people write, as a document: nothing empty in it, and the focal point as one thing. */
function documentOf(item: MediaItem): JsonObject {
  const { name, alt, decorative, caption, credit, focal, site } = item;
  const parts: JsonObject = { name, alt, decorative: decorative ? true : undefined, caption, credit, focal: [focal.x, focal.y], site };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => !isAbsent(part)));
}

function entryOf(item: MediaItem): Entry {
  return {
    id: item.id,
    type: TYPE.name,
    slug: "",
    title: item.name,
    document: documentOf(item),
    revision: item.version,
    sort_order: 0,
    published: {},
    state: "draft",
    actions: [],
    review: null,
    scheduled_at: null,
    archived_at: null,
    created_at: item.created_at,
    updated_at: item.created_at,
  };
}

export function focalOf(value: unknown): { x: number; y: number } | null {
  if (!Array.isArray(value)) return null;
  const [x, y] = value as unknown[];
  return typeof x === "number" && typeof y === "number" ? { x, y } : null;
}

function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

function changeOf(document: JsonObject, version: number): Schemas["MediaChange"] {
  const text = (name: string) => (typeof document[name] === "string" ? document[name] : "");
  return {
    version,
    name: text("name"),
    alt: texts(document["alt"]),
    decorative: document["decorative"] === true,
    caption: texts(document["caption"]),
    credit: text("credit"),
    focal: focalOf(document["focal"]),
    site: text("site") === "" ? null : text("site"),
  };
}

/** Known items come from the last answer; the document that a save answers is what the session goes on with. */
function start(item: MediaItem, user: string): Session {
  const path = { id: item.id };
  const keep = (saved: MediaItem) => {
    queryClient.setQueryData(["media", "item", item.id], saved);
    void queryClient.invalidateQueries({ queryKey: ["media", "list"] });
    return entryOf(saved);
  };
  return startSession(
    entryOf(item),
    {
      read: async () => entryOf(await answer(client.GET("/api/v1/media/{id}/", { params: { path } }))),
      write: async ({ document, revision }) => {
        try {
          return keep(await answer(client.PATCH("/api/v1/media/{id}/", { params: { path }, body: changeOf(isObject(document) ? document : {}, revision) })));
        } catch (error) {
          if (!(error instanceof Refusal) || error.status !== 409) throw error;
          throw new Refusal(409, error.code, error.message, [{ pointer: "/revision", code: error.code, detail: error.message }], error.requestId);
        }
      },
      saved: () => undefined,
    },
    keeper(user, item.id),
  );
}

/** What the fields of an item's form know; `site` is where its languages come from. */
export function useMediaWork(item: MediaItem, user: string, site: Schemas["Site"], isReadOnly: boolean) {
  const entry = useMemo(() => entryOf(item), [item]);
  const session = useOpened(entry, () => opened(item.id, () => start(item, user)));
  return useMemo(() => ({ session, site, type: TYPE, types: [TYPE], sections: [], locale: site.default_locale, isReadOnly, showsOriginal: false }), [session, site, isReadOnly]);
}
