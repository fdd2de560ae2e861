// What belongs to an entry beside its fields: its address, what was saved when, a copy, the end.

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useMay } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button } from "../ui/parts";
import { useArchive } from "../work/BringBack";
import { idOf, useEditing, useProblem, useWork } from "./context";
import { CopyDialog } from "./CopyDialog";
import { slugOf } from "./document/slug";
import { DeleteEntry, useDuplicate } from "./entries";
import { History } from "./History";
import type { Entry } from "./saving/session";
import { Shown } from "./Shown";
import { UsedOn } from "./UsedOn";

export function EntryFacts({ entry }: { entry: Entry }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const { site, type, isReadOnly } = useEditing();
  const [isDeleting, setIsDeleting] = useState(false);
  const [isCopying, setIsCopying] = useState(false);
  const duplicate = useDuplicate(site, type);
  const archive = useArchive(site, entry);
  return (
    <aside className="entry-facts stack">
      <section className="card stack">
        <Slug />
      </section>
      <Shown path={[]} />
      <UsedOn site={site.id} id={entry.id} />
      <History entry={entry} />
      {!isReadOnly && (
        <div className="row">
          <Button isSmall icon="copy" isBusy={duplicate.isBusy} onClick={() => duplicate.run(entry)}>
            {say("edit.duplicate")}
          </Button>
          <Button isSmall onClick={() => setIsCopying(true)}>
            {say("copy.open")}
          </Button>
          {entry.actions.includes("archive") && (may("content.publish") || Object.keys(entry.published).length === 0) && (
            <Button isSmall isBusy={archive.isBusy} onClick={() => archive.run(undefined)}>
              {say("bulk.archive")}
            </Button>
          )}
          {(may("content.publish") || Object.keys(entry.published).length === 0) && (
            <Button isSmall kind="quiet-danger" icon="bin" onClick={() => setIsDeleting(true)}>
              {say("action.delete")}
            </Button>
          )}
          {duplicate.error !== null && <span className="field-error">{duplicate.error}</span>}
          {archive.error !== null && <span className="field-error">{archive.error}</span>}
        </div>
      )}
      {isCopying && <CopyDialog entry={entry} onClose={() => setIsCopying(false)} />}
      {isDeleting && <DeleteEntry site={site} entry={entry} onClose={() => setIsDeleting(false)} onDone={() => void navigate({ to: "/dashboard/sites/$site/$collection", params: { site: site.id, collection: type.plural } })} />}
    </aside>
  );
}

/** The entry's name in addresses. */
function Slug() {
  const say = useSpeaker();
  const { session, isReadOnly } = useEditing();
  const slug = useWork((work) => work.slug);
  const problem = useProblem(["slug"], false);
  const [typed, setTyped] = useState<string | null>(null);
  const id = idOf(["slug"]);
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {say("edit.slug")}
      </label>
      <input
        id={id}
        className="control"
        spellCheck={false}
        autoComplete="off"
        disabled={isReadOnly}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-help`}
        value={typed ?? slug}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => {
          const wanted = slugOf(typed ?? slug);
          if (typed !== null && wanted !== "" && wanted !== slug) session.rename(wanted);
          setTyped(null);
        }}
      />
      {problem !== undefined && (
        <div className="field-error">
          <Icon name="warning" size={16} />
          <span>{problem}</span>
        </div>
      )}
      <div className="field-help" id={`${id}-help`}>
        {say("edit.slugHelp")}
      </div>
    </div>
  );
}
