// The work on one type's brand: kept on the device while it is written, sent when somebody says so, because each state that
// is saved stays in the history and is what previews show. Two who change it at once meet as in an entry's form.

import { useEffect, useMemo, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import type { TypeDeclaration } from "../editing/document/declared";
import { isObject } from "../editing/document/paths";
import { keeper } from "../editing/saving/kept";
import { opened } from "../editing/saving/open";
import { type Ground, type Session, startSession } from "../editing/saving/session";
import { queryClient } from "../shell/queries";
import { BRAND, type BrandDocument, brandOf } from "./queries";
import { documentOf, placed, wishesOf } from "./wishes";

function groundOf(brand: BrandDocument): Ground {
  return { document: documentOf(brand.fields), slug: brand.type, revision: brand.revision };
}

function start(first: BrandDocument, user: string, id: string): Session {
  const path = { type_name: first.type };
  const keep = (brand: BrandDocument) => {
    queryClient.setQueryData(brandOf(first.type).queryKey, brand);
    return groundOf(brand);
  };
  return startSession(
    groundOf(first),
    {
      read: async () => keep(await answer(client.GET("/api/v1/brand/types/{type_name}/", { params: { path } }))),
      write: async ({ document, revision }) => {
        try {
          const body = { revision, fields: wishesOf(isObject(document) ? document : {}) };
          return keep(await answer(client.PUT("/api/v1/brand/types/{type_name}/", { params: { path }, body })));
        } catch (error) {
          throw placed(error);
        }
      },
      saved: () => void queryClient.invalidateQueries({ queryKey: BRAND }),
    },
    keeper(user, id),
    { savesItself: false },
  );
}

interface Around {
  /** Any site of the group: what fields ask a site for. */
  site: Schemas["Site"];
  type: TypeDeclaration;
  types: readonly TypeDeclaration[];
  locale: string;
  user: string;
  isReadOnly: boolean;
}

/** What the fields of the brand's form know. */
export function useBrandWork(brand: BrandDocument, { site, type, types, locale, user, isReadOnly }: Around) {
  const id = `brand:${brand.type}`;
  const [session] = useState(() => opened(id, () => start(brand, user, id)));
  useEffect(() => session.arrive(groundOf(brand)), [session, brand]);
  return useMemo(() => {
    const fields = type.fields.filter((field) => field.inheritable).map((field) => ({ ...field, required: false }));
    return { session, site, type: { ...type, fields }, types, sections: [], locale, isReadOnly, showsOriginal: true };
  }, [session, site, type, types, locale, isReadOnly]);
}
