// Puts photographs onto a new website: the first opens the home page, the others go into its gallery, all of them into the
// hotel's fact sheet. Doing it again with other photographs replaces what was placed.

import { answer, client, Refusal, type Schemas } from "../../api/client";
import { at, isObject, type JsonObject, put } from "../../editing/document/paths";

type Entry = Schemas["Entry"];

const pictures = (ids: readonly string[]) => ids.map((media) => ({ media }));

/** The document with the photographs at their places. */
export function withPictures(type: string, document: JsonObject, ids: readonly string[]): JsonObject {
  const [first, ...others] = pictures(ids);
  if (type === "property") return put(put(document, ["featured_image"], first), ["images"], others);
  const sections = document["sections"];
  if (!Array.isArray(sections)) return document;
  const place = (name: string) => sections.findIndex((section) => at(section, ["type"]) === name);
  const [hero, gallery] = [place("hero"), place("gallery")];
  const opened = hero < 0 ? document : put(document, ["sections", hero, "image"], first);
  return gallery < 0 ? opened : put(opened, ["sections", gallery, "images"], others);
}

/** Changes an entry and publishes it. Somebody else's save in between is no reason to fail: the change is made on theirs. */
async function change(site: string, entry: Entry, ids: readonly string[], isAgain = false): Promise<void> {
  const path = { site, id: entry.id };
  const document = withPictures(entry.type, isObject(entry.document) ? entry.document : {}, ids);
  try {
    const saved = await answer(client.PUT("/api/v1/sites/{site}/entries/{id}/", { params: { path }, body: { revision: entry.revision, document } }));
    await answer(client.POST("/api/v1/sites/{site}/entries/{id}/publish/", { params: { path }, body: { revision: saved.revision } }));
  } catch (error) {
    if (isAgain || !(error instanceof Refusal) || error.status !== 409) throw error;
    const newer = await answer(client.GET("/api/v1/sites/{site}/entries/{id}/", { params: { path } }));
    await change(site, newer, ids, true);
  }
}

export async function placePhotos(site: string, ids: readonly string[]): Promise<void> {
  const list = (type: string) => answer(client.GET("/api/v1/sites/{site}/entries/", { params: { path: { site }, query: { type, page_size: 200 } } }));
  const [pages, properties] = await Promise.all([list("page"), list("property")]);
  const home = pages.results.find((page) => at(page.document, ["is_homepage"]) === true);
  const house = properties.results[0];
  for (const entry of [home, house]) if (entry !== undefined) await change(site, entry, ids);
}
