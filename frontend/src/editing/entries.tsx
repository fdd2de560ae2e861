// Making, copying and deleting entries: what lists and the open form both offer.

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Refusal, answer, client, type Schemas } from "../api/client";
import { useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Button, Confirm, Dialog } from "../ui/parts";
import type { TypeDeclaration } from "./document/declared";
import { copyOf } from "./document/lists";
import { isObject, put } from "./document/paths";
import { slugOf } from "./document/slug";
import type { Entry } from "./saving/session";
import { Uses, usesOf } from "./UsedOn";

type Site = Schemas["Site"];

/** Name of the type whose sections stand on pages. */
const SHARED_SECTION = "shared_section";

function useOpen(site: Site, type: TypeDeclaration) {
  const navigate = useNavigate();
  return (entry: Entry) => navigate({ to: "/dashboard/sites/$site/$collection/$entry", params: { site: site.id, collection: type.plural, entry: entry.id } });
}

/** A copy as a draft, under the same name with a number behind it; two homepages there are not. */
export function useDuplicate(site: Site, type: TypeDeclaration) {
  const open = useOpen(site, type);
  const say = useSpeaker();
  return useWrite({
    write: (entry: Entry) => {
      const document = put(copyOf(isObject(entry.document) ? entry.document : {}), ["is_homepage"], undefined);
      const names = document[type.title_field];
      const named = isObject(names) ? Object.fromEntries(Object.entries(names).map(([locale, name]) => [locale, `${String(name)} (2)`])) : typeof names === "string" ? `${names} (2)` : names;
      return answer(client.POST("/api/v1/sites/{site}/entries/", { params: { path: { site: site.id } }, body: { type: type.name, document: put(document, [type.title_field], named) } }));
    },
    refresh: [["entries", site.id, type.name]],
    done: open,
    message: (made) => say("entries.made", { name: made.title }),
  });
}

interface DeleteEntryProps {
  site: Site;
  entry: Entry;
  onClose: () => void;
  onDone?: () => void;
}

export function DeleteEntry({ site, entry, onClose, onDone }: DeleteEntryProps) {
  const say = useSpeaker();
  const restore = useWrite({
    isUndo: true,
    write: () => answer(client.POST("/api/v1/sites/{site}/bin/{id}/restore/", { params: { path: { site: site.id, id: entry.id } }, body: { publish: Object.keys(entry.published).length > 0 } })),
    refresh: [
      ["entries", site.id],
      ["bin", site.id],
    ],
    message: (back) => say(Object.keys(back.published).length > 0 ? "bin.restoredPublic" : "bin.restored", { name: entry.title }),
  });
  const known = useQuery({ ...usesOf(site.id, entry.id), staleTime: 0 }).data;
  const [isRefused, setIsRefused] = useState(false);
  // Others may have begun to name it since it was looked up: then the refusal says which.
  const isUsed = isRefused || (known?.count ?? 0) > 0;
  const remove = useWrite({
    write: (isMeant: boolean) =>
      answer(
        client.DELETE("/api/v1/sites/{site}/entries/{id}/", {
          params: { path: { site: site.id, id: entry.id }, query: isMeant ? { even_if_used: true } : {} },
        }),
      ).catch((error: unknown) => {
        setIsRefused(error instanceof Refusal && error.code === "entry_in_use");
        throw error;
      }),
    refresh: [
      ["entries", site.id, entry.type],
      ["bin", site.id],
    ],
    undo: { label: say("action.undo"), run: () => restore.run(undefined) },
    done: () => {
      onClose();
      onDone?.();
    },
    message: () => say("entries.deleted", { name: entry.title }),
  });
  const languages = site.locales.filter((locale) => locale in entry.published).map((locale) => say.languageName(locale));
  return (
    <Confirm
      title={say("entries.deleteTitle", { name: entry.title })}
      consequence={
        <div className="stack">
          <p>{languages.length === 0 ? say("entries.deleteDraft") : say("entries.deletePublished", { languages: languages.join(", ") })}</p>
          {known !== undefined && known.count > 0 && (
            <div className="stack stack-narrow">
              <strong>{say.count("uses.before", known.count)}</strong>
              <p>{say(entry.type === SHARED_SECTION ? "uses.sectionGone" : "uses.linkGone")}</p>
              <Uses site={site.id} uses={known.results} />
            </div>
          )}
        </div>
      }
      confirm={say(isUsed ? "entries.deleteUsed" : "action.delete")}
      cancel={say("action.cancel")}
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={() => remove.run(isUsed)}
      onClose={onClose}
    />
  );
}

/** Asks for the name in the site's first language, makes a draft and opens its form. */
export function NewEntry({ site, type, onClose }: { site: Site; type: TypeDeclaration; onClose: () => void }) {
  const say = useSpeaker();
  const open = useOpen(site, type);
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const field = type.fields.find((each) => each.name === type.title_field);
  const make = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/sites/{site}/entries/", {
          params: { path: { site: site.id } },
          body: {
            type: type.name,
            document: put({}, [type.title_field, ...(field?.localized === true ? [site.default_locale] : [])], name.trim()),
            // Left alone, the server finds a free one.
            ...(slug === null || slug.trim() === "" ? {} : { slug: slugOf(slug) }),
          },
        }),
      ),
    refresh: [["entries", site.id, type.name]],
    done: open,
  });
  const [isEmpty, setIsEmpty] = useState(false);
  const pointer = `/document/${type.title_field}${field?.localized === true ? `/${site.default_locale}` : ""}`;
  return (
    <Dialog title={say("entries.newTitle", { thing: say.of(type.title) })} closeLabel={say("action.close")} onClose={onClose}>
      {type.help != null && <p className="soft">{say.of(type.help)}</p>}
      <Form
        errors={make.errors}
        onSubmit={() => {
          if (name.trim() === "") setIsEmpty(true);
          else make.run(undefined);
        }}
      >
        <Input
          name={pointer}
          label={say.of(field?.label)}
          {...(site.locales.length > 1 ? { help: say("entries.newHelp", { language: say.languageName(site.default_locale) }) } : {})}
          value={name}
          required
          autoComplete="off"
          error={isEmpty ? say("entries.nameMissing") : undefined}
          onChange={(text) => {
            setName(text);
            setIsEmpty(false);
          }}
        />
        <Input name="/slug" label={say("edit.slug")} help={say("entries.newSlugHelp")} value={slug ?? slugOf(name)} autoComplete="off" spellCheck={false} onChange={setSlug} onBlur={() => setSlug(slug === null || slug.trim() === "" ? null : slugOf(slug))} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={make.isBusy}>
            {say("entries.make")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
