// One declaration: its words, its fields, and the check that stands before every change.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, Refusal } from "../../api/client";
import { declarations, useWrite } from "../../shell/queries";
import { Page } from "../../shell/states";
import { useSpeaker } from "../../state/interface";
import { Form, Input, Select } from "../../ui/form";
import { Button } from "../../ui/parts";
import { Check } from "./Check";
import { Fields, TwoWords } from "./Fields";
import { nameOf, OWN, type OwnKind, tidy, type Words, type Written } from "./written";

/** Drawings to choose from, by the names that declarations use. */
const ICONS = ["file-text", "align-left", "layout-grid", "bed", "building", "sparkles", "star", "tag", "image", "map", "quote", "list", "circle-help", "phone"];

interface EditorProps {
  kind: OwnKind;
  name: string;
  written: Written;
  isNew: boolean;
  isReadOnly: boolean;
  onClose: () => void;
}

export function Editor({ kind, name, written, isNew, isReadOnly, onClose }: EditorProps) {
  const say = useSpeaker();
  const known = useQuery(declarations).data;
  const [draft, setDraft] = useState(written);
  const [checking, setChecking] = useState<Written | null>(null);
  const fixed = isNew ? [] : written.fields.map((field) => field.name ?? "");
  const isChanged = isNew || JSON.stringify(tidy(draft)) !== JSON.stringify(tidy(written));
  const body = (declaration: Written, fingerprint: string | null) => ({ declaration: declaration as unknown as Record<string, never>, fingerprint });
  const look = useWrite({
    // What the declaration itself lacks is told at the fields, before anything is said of entries.
    write: (declaration: Written) =>
      answer(client.POST("/api/v1/types/custom/check/", { params: { query: { page_size: 1 } }, body: { kind, name, declaration: declaration as unknown as Record<string, never> } })),
    done: (_, declaration) => setChecking(declaration),
  });
  const apply = useWrite({
    write: ({ declaration, fingerprint }: { declaration: Written; fingerprint: string }) =>
      answer(client.PUT("/api/v1/types/custom/{kind}/{name}/", { params: { path: { kind, name } }, body: body(declaration, fingerprint) })),
    refresh: [OWN, declarations.queryKey, ["entries"], ["entry"]],
    message: () => say("state.saved", { name: title }),
    done: onClose,
  });
  const builtIn = known?.types.find((type) => type.name === name);
  const title = kind === "extension" ? say("types.addedTo", { name: say.of(builtIn?.title_plural) || name }) : say.of(draft.title) || name;
  const retitle = (words: Words) => {
    const follows = isNew && kind === "type" && (draft.plural ?? "") === nameOf(draft.title_plural?.en ?? "");
    setDraft({ ...draft, title_plural: words, ...(follows ? { plural: nameOf(words.en) } : {}) });
  };
  const texts = draft.fields.filter((field) => field.kind === "text").map((field) => ({ value: field.name ?? "", label: field.label === undefined ? "" : say.of(field.label) }));
  const numbers = draft.fields.filter((field) => field.kind === "integer" && field.localized !== true);
  const choices = {
    types: (known?.types ?? []).map((type) => ({ value: type.name, label: say.of(type.title) })),
    sections: (known?.sections ?? []).map((section) => ({ value: section.name, label: say.of(section.title) })),
  };
  const back = (
    <button type="button" className="page-back" onClick={onClose}>
      {say("types.title")}
    </button>
  );
  return (
    <Page title={title} back={back} about={isReadOnly ? say("state.readOnly") : say("types.editAbout")}>
      <Form className="stack" errors={look.errors} isReadOnly={isReadOnly} onSubmit={() => look.run(tidy(draft))}>
        {kind !== "extension" && (
          <div className="card stack">
            <TwoWords name="/declaration/title" label={say("types.singular")} words={draft.title ?? { en: "", de: "" }} onChange={(words) => setDraft({ ...draft, title: words })} />
            {kind === "type" && <TwoWords name="/declaration/title_plural" label={say("types.several")} words={draft.title_plural ?? { en: "", de: "" }} onChange={retitle} />}
            <div className="columns">
              {kind === "type" && (
                <Input name="/declaration/plural" label={say("types.plural")} help={say("types.pluralHelp")} value={draft.plural ?? ""} onChange={(plural) => setDraft({ ...draft, plural })} />
              )}
              <Select
                name="/declaration/icon"
                label={say("types.icon")}
                value={draft.icon ?? ""}
                options={[...new Set([...(draft.icon === undefined ? [] : [draft.icon]), ...ICONS])].map((icon) => ({ value: icon, label: icon }))}
                onChange={(icon) => setDraft({ ...draft, icon })}
              />
            </div>
            {kind === "type" && (
              <div className="columns">
                <Select name="/declaration/title_field" label={say("types.titleField")} value={draft.title_field ?? ""} options={texts} onChange={(field) => setDraft({ ...draft, title_field: field })} />
                <Select name="/declaration/slug_from" label={say("types.slugFrom")} value={draft.slug_from ?? ""} options={texts} onChange={(field) => setDraft({ ...draft, slug_from: field })} />
                <Select
                  name="/declaration/order_from"
                  label={say("types.orderFrom")}
                  value={draft.order_from ?? ""}
                  options={[{ value: "", label: say("types.byAge") }, ...numbers.map((field) => ({ value: field.name ?? "", label: field.label === undefined ? "" : say.of(field.label) }))]}
                  onChange={(field) => setDraft({ ...draft, order_from: field })}
                />
              </div>
            )}
            <TwoWords name="/declaration/help" label={say("types.purpose")} optional={say("field.optional")} words={draft.help ?? { en: "", de: "" }} onChange={(help) => setDraft({ ...draft, help })} />
          </div>
        )}
        <h2>{say("types.fields")}</h2>
        <Fields
          fields={draft.fields}
          pointer="/declaration/fields"
          known={choices}
          isReadOnly={isReadOnly}
          fixed={fixed}
          isOfType={kind !== "section"}
          onChange={(fields) => setDraft({ ...draft, fields })}
        />
        {look.refusal instanceof Refusal && <Refused errors={look.refusal.fields} />}
        {!isReadOnly && (
          <div className="row">
            <Button kind="primary" type="submit" disabled={!isChanged} isBusy={look.isBusy}>
              {say("types.checkFirst")}
            </Button>
            <Button onClick={onClose}>{say("action.cancel")}</Button>
          </div>
        )}
      </Form>
      {checking !== null && (
        <Check
          kind={kind}
          name={name}
          declaration={checking}
          isBusy={apply.isBusy}
          error={apply.error}
          onApply={(fingerprint) => apply.run({ declaration: checking, fingerprint })}
          onClose={() => setChecking(null)}
        />
      )}
    </Page>
  );
}

/** Every mistake with its place: a folded field does not show its own. */
function Refused({ errors }: { errors: readonly { pointer: string; detail: string }[] }) {
  return (
    <ul className="stack stack-tight">
      {errors.map((error, index) => (
        <li key={index} className="break">
          <code>{error.pointer}</code> {error.detail}
        </li>
      ))}
    </ul>
  );
}
