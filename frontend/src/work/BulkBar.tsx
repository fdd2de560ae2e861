// What is done to many at once, with what came of each. What the single action can take back, this can too.

import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { useMay, useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Button, Confirm, Dialog, Notice } from "../ui/parts";

type Entry = Schemas["Entry"];
type Action = Schemas["BulkAction"];

/** The way back, for those actions that have one. */
const BACK: Partial<Record<Action, Action>> = { publish: "undo_publish", delete: "restore", archive: "bring_back" };

interface Wish {
  action: Action;
  entries: Schemas["Chosen"][];
  tags?: string[];
  publish?: boolean;
}

interface BulkBarProps {
  site: Schemas["Site"];
  type: Schemas["TypeDeclaration"];
  chosen: readonly Entry[];
  isArchive: boolean;
  onDone: () => void;
}

export function BulkBar({ site, type, chosen, isArchive, onDone }: BulkBarProps) {
  const say = useSpeaker();
  const may = useMay();
  const [dialog, setDialog] = useState<"delete" | "tags" | null>(null);
  const [failed, setFailed] = useState<{ title: string; detail: string }[]>([]);
  const refresh = [
    ["entries", site.id],
    ["bin", site.id],
    ["entry"],
  ];
  const send = (wish: Wish) => answer(client.POST("/api/v1/sites/{site}/bulk/", { params: { path: { site: site.id } }, body: wish }));
  const undo = useWrite({ isUndo: true, write: send, refresh, message: (done) => say.count("bulk.done", done.done) });
  const change = useWrite({
    write: send,
    refresh,
    message: (done) => say.count("bulk.done", done.done),
    done: (done) => {
      setDialog(null);
      setFailed(done.results.filter((result) => !result.ok).map((result) => ({ title: chosen.find((entry) => entry.id === result.id)?.title ?? result.id, detail: result.problem?.detail ?? "" })));
      if (done.failed === 0) onDone();
    },
    undo: {
      label: say("action.undo"),
      run: (done, wish) => {
        const back = BACK[wish.action];
        const ids = done.results.filter((result) => result.ok);
        if (back !== undefined) undo.run({ action: back, entries: ids.map((result) => ({ id: result.id, ...(result.revision === null ? {} : { revision: result.revision }) })), ...(back === "undo_publish" ? {} : { publish: may("content.publish") }) });
      },
    },
  });
  const run = (action: Action, more: Partial<Wish> = {}) => change.run({ action, entries: chosen.map((entry) => ({ id: entry.id, revision: entry.revision })), ...more });
  const hasTags = type.fields.some((field) => field.name === "tags");
  return (
    <div className="stack stack-narrow" role="region" aria-label={say("bulk.title")}>
      <div className="row bulk-bar">
        <span className="strong numbers">{say.count("bulk.chosen", chosen.length)}</span>
        {isArchive ? (
          <>
            <Button isSmall isBusy={change.isBusy} onClick={() => run("bring_back")}>
              {say("archive.asDraft")}
            </Button>
            {may("content.publish") && (
              <Button isSmall isBusy={change.isBusy} onClick={() => run("bring_back", { publish: true })}>
                {say("archive.asItWas")}
              </Button>
            )}
          </>
        ) : (
          <>
            {may("content.publish") && (
              <>
                <Button isSmall isBusy={change.isBusy} onClick={() => run("publish")}>
                  {say("action.publish")}
                </Button>
                <Button isSmall isBusy={change.isBusy} onClick={() => run("unpublish")}>
                  {say("action.unpublish")}
                </Button>
              </>
            )}
            {hasTags && (
              <Button isSmall isBusy={change.isBusy} onClick={() => setDialog("tags")}>
                {say("bulk.tags")}
              </Button>
            )}
            <Button isSmall isBusy={change.isBusy} onClick={() => run("archive")}>
              {say("bulk.archive")}
            </Button>
          </>
        )}
        <Button isSmall kind="quiet-danger" isBusy={change.isBusy} onClick={() => setDialog("delete")}>
          {say("action.delete")}
        </Button>
        <Button isSmall kind="quiet" onClick={onDone}>
          {say("bulk.none")}
        </Button>
      </div>
      {change.error !== null && <Notice kind="error">{change.error}</Notice>}
      {failed.length > 0 && (
        <Notice kind="waiting">
          <p>{say.count("bulk.failed", failed.length)}</p>
          <ul>
            {failed.map((each) => (
              <li key={each.title} className="break">{`${each.title}: ${each.detail}`}</li>
            ))}
          </ul>
        </Notice>
      )}
      {dialog === "delete" && (
        <Confirm title={say.count("bulk.deleteTitle", chosen.length)} consequence={say("bulk.deleteConsequence")} confirm={say("action.delete")} cancel={say("action.cancel")} isBusy={change.isBusy} error={change.error} onConfirm={() => run("delete")} onClose={() => setDialog(null)} />
      )}
      {dialog === "tags" && <Tags isBusy={change.isBusy} onRun={(action, tags) => run(action, { tags })} onClose={() => setDialog(null)} />}
    </div>
  );
}

function Tags({ isBusy, onRun, onClose }: { isBusy: boolean; onRun: (action: Action, tags: string[]) => void; onClose: () => void }) {
  const say = useSpeaker();
  const [text, setText] = useState("");
  const tags = text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
  return (
    <Dialog title={say("bulk.tags")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={{ message: null, field: () => undefined }} onSubmit={() => onRun("add_tags", tags)}>
        <Input name="/tags" label={say("bulk.whichTags")} help={say("bulk.tagsHelp")} value={text} autoComplete="off" onChange={setText} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button isBusy={isBusy} disabled={tags.length === 0} onClick={() => onRun("remove_tags", tags)}>
            {say("bulk.removeTags")}
          </Button>
          <Button kind="primary" type="submit" isBusy={isBusy} disabled={tags.length === 0}>
            {say("bulk.addTags")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
