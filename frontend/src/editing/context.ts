// What every field of an open form knows: whose work it is, in which language, and whether it may be changed.

import { createContext, useContext } from "react";
import { useStore } from "zustand";

import type { Schemas } from "../api/client";
import type { BrandStanding } from "../brand/queries";
import type { SectionDeclaration, TypeDeclaration } from "./document/declared";
import { at, isObject, type Path, toPointer } from "./document/paths";
import type { Session, Work } from "./saving/session";

interface Editing {
  session: Session;
  site: Schemas["Site"];
  type: TypeDeclaration;
  types: readonly TypeDeclaration[];
  sections: readonly SectionDeclaration[];
  /** The language that is written in. */
  locale: string;
  isReadOnly: boolean;
  showsOriginal: boolean;
  /** How the fields of an entry stand to the brand. */
  brand?: readonly BrandStanding[];
}

export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === null) throw new Error("a field stands outside of a form");
  return editing;
}

export function useWork<T>(select: (work: Work) => T): T {
  return useStore(useEditing().session.store, select);
}

/** The value at a place of the document, and how to change it. */
export function useValue(path: Path): [unknown, (value: unknown) => void] {
  const { session } = useEditing();
  const value = useStore(session.store, (work) => at(work.document, path));
  return [value, (next) => session.change(path, next)];
}

/** What the server said of a place; of what lies inside of it too, where `isDeep`. */
export function useProblem(path: Path, isDeep: boolean): string | undefined {
  const pointer = toPointer(path);
  return useWork((work) => work.problems.find((problem) => problem.pointer === pointer || (isDeep && problem.pointer.startsWith(`${pointer}/`)))?.detail);
}

/** The id of a field's control: a link in the summary of problems leads there. */
export function idOf(path: Path): string {
  return `at${toPointer(path)}`;
}

/** A localized field's text in the site's first language, for whoever translates it. */
export function useOriginal(path: Path, isLocalized: boolean): unknown {
  const { site, locale, showsOriginal } = useEditing();
  return useWork((work) => {
    if (!isLocalized || !showsOriginal || locale === site.default_locale) return undefined;
    const texts = at(work.document, path.slice(0, -1));
    return isObject(texts) ? texts[site.default_locale] : undefined;
  });
}
