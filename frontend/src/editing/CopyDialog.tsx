// A copy of an entry with what belongs to it, or on another website of the group.

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client } from "../api/client";
import { sites, useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Form, Select } from "../ui/form";
import { Button, Dialog, Notice } from "../ui/parts";
import { useEditing } from "./context";
import type { Entry } from "./saving/session";

type With = "none" | "content";

export function CopyDialog({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const { site, type } = useEditing();
  const all = useQuery(sites).data?.results ?? [site];
  const [target, setTarget] = useState(site.id);
  const [along, setAlong] = useState<With>("content");
  const copy = useWrite({
    write: () => answer(client.POST("/api/v1/sites/{site}/entries/{id}/copy/", { params: { path: { site: site.id, id: entry.id } }, body: { site: target, with: along } })),
    refresh: [["entries", target]],
    message: (made) => say("copy.made", { name: made.entry.title, count: say.number(made.copies.length) }),
    done: async (made) => {
      if (made.left_out.length > 0 || made.locales_left_out.length > 0) return;
      await navigate({ to: "/dashboard/sites/$site/$collection/$entry", params: { site: target, collection: type.plural, entry: made.entry.id } });
      onClose();
    },
  });
  const made = copy.output;
  return (
    <Dialog title={say("copy.title", { name: entry.title })} closeLabel={say("action.close")} onClose={onClose}>
      {made === undefined ? (
        <Form errors={copy.errors} onSubmit={() => copy.run(undefined)}>
          {all.length > 1 && <Select name="/site" label={say("copy.site")} value={target} onChange={setTarget} options={all.map(({ id, name }) => ({ value: id, label: name }))} />}
          <Select
            name="/with"
            label={say("copy.with")}
            help={say("copy.withHelp")}
            value={along}
            onChange={(value) => setAlong(value === "none" ? "none" : "content")}
            options={[
              { value: "content", label: say("copy.content") },
              { value: "none", label: say("copy.alone") },
            ]}
          />
          <div className="dialog-foot">
            <Button onClick={onClose}>{say("action.cancel")}</Button>
            <Button kind="primary" type="submit" isBusy={copy.isBusy}>
              {say("action.copy")}
            </Button>
          </div>
        </Form>
      ) : (
        <>
          <Notice kind="waiting">{say("copy.leftOut", { count: say.number(made.left_out.length) })}</Notice>
          {made.locales_left_out.length > 0 && <p>{say("copy.languagesLeftOut", { languages: made.locales_left_out.map((locale) => say.languageName(locale)).join(", ") })}</p>}
          <ul>
            {made.left_out.map(({ entry: from, pointer, detail }) => (
              <li key={`${from} ${pointer}`}>
                <code>{pointer}</code> <span lang="en">{detail}</span>
              </li>
            ))}
          </ul>
          <div className="dialog-foot">
            <Button kind="primary" onClick={onClose}>
              {say("action.done")}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
