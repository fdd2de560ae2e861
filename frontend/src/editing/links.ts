// Links as the server accepts them, and the addresses of a site's own pages.

import type { Schemas } from "../api/client";
import { at } from "./document/paths";

/** The link as it is stored, completed where only the beginning is missing; undefined for what is none. */
export function addressOf(typed: string): string | undefined {
  const text = typed.trim();
  if (/^\+[\d ()./-]{4,}$/.test(text)) return `tel:${text.replaceAll(/[^\d+]/g, "")}`;
  // Browsers drop tabs and line breaks inside a scheme: anything of the kind makes the whole link suspect.
  if (text === "" || /[\s\\<>"`\p{Cc}]/u.test(text)) return undefined;
  if (/^https?:\/\/[^/?#]+/i.test(text) || /^(mailto|tel):.+/i.test(text)) return text;
  if (/^[/#?]/.test(text)) return text.startsWith("//") ? undefined : text;
  if (/^[^\s@/:]+@[^\s@/]+\.[a-z]{2,}$/i.test(text)) return `mailto:${text}`;
  if (/^([a-z0-9-]+\.)+[a-z]{2,}([/?#].*)?$/i.test(text)) return `https://${text}`;
  return undefined;
}

/** Where the website shows an entry: pages at the top, everything else below its collection. */
export function pathOf(type: Schemas["TypeDeclaration"], entry: Schemas["Entry"]): string {
  if (type.name !== "page") return `/${type.plural}/${entry.slug}`;
  return at(entry.document, ["is_homepage"]) === true ? "/" : `/${entry.slug}`;
}
