// What a change does to what is there: counted, and entry by entry, before anything is done.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../../api/client";
import { Paging } from "../../shell/Paging";
import { Loaded } from "../../shell/states";
import { useSpeaker } from "../../state/interface";
import { Badge, Button, Dialog, Notice } from "../../ui/parts";
import type { Word } from "../../words";
import type { OwnKind, Written } from "./written";

/** Entries on a page of the report. */
const PAGE_SIZE = 20;
/** Characters of a value that are shown: enough to recognize it. */
const SHOWN = 80;

interface CheckProps {
  kind: OwnKind;
  name: string;
  /** Nothing where it is to go. */
  declaration: Written | null;
  isBusy: boolean;
  error: string | null;
  onApply: (fingerprint: string) => void;
  onClose: () => void;
}

export function Check({ kind, name, declaration, isBusy, error, onApply, onClose }: CheckProps) {
  const say = useSpeaker();
  const [page, setPage] = useState(1);
  const query = useQuery({
    queryKey: ["custom-types", "check", kind, name, declaration, page, error],
    queryFn: () =>
      answer(
        client.POST("/api/v1/types/custom/check/", {
          params: { query: { page, page_size: PAGE_SIZE } },
          body: { kind, name, declaration: declaration as unknown as Record<string, never> | null },
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  });
  const goes = declaration === null;
  return (
    <Dialog title={say(goes ? "types.checkDelete" : "types.check")} size="wide" closeLabel={say("action.close")} onClose={onClose}>
      <Loaded query={query}>
        {(checked) => (
          <div className="stack">
            <Summary counts={checked.counts} />
            <ul className="stack">
              {checked.results.map((entry) => (
                <li key={entry.entry} className="card stack stack-narrow">
                  <Entry entry={entry} />
                </li>
              ))}
            </ul>
            <Paging page={page} count={checked.count} size={PAGE_SIZE} onTurn={setPage} />
            {error !== null && <Notice kind="error">{error}</Notice>}
            <div className="dialog-foot">
              <Button onClick={onClose}>{say("action.cancel")}</Button>
              <Button kind={goes || checked.counts.dropped > 0 ? "danger" : "primary"} isBusy={isBusy} onClick={() => onApply(checked.fingerprint)}>
                {say(goes ? "action.delete" : "types.apply")}
              </Button>
            </div>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

const COUNTS = ["unchanged", "converted", "dropped", "incomplete", "shown", "deleted"] as const;

function Summary({ counts }: { counts: Schemas["CustomTypeCounts"] }) {
  const say = useSpeaker();
  if (counts.entries === 0) return <Notice kind="good">{say("types.touchesNone")}</Notice>;
  if (counts.unchanged === counts.entries) return <Notice kind="good">{say("types.touchesNothing", { number: say.number(counts.entries) })}</Notice>;
  return (
    <Notice kind="waiting">
      <p>{say("types.touches", { number: say.number(counts.entries) })}</p>
      <ul>
        {COUNTS.filter((name) => counts[name] > 0).map((name) => (
          <li key={name}>{say(`types.count.${name}` as Word, { number: say.number(counts[name]) })}</li>
        ))}
      </ul>
      {counts.dropped > 0 && <p>{say("types.keptInHistory")}</p>}
    </Notice>
  );
}

function Entry({ entry }: { entry: Schemas["Checked"]["results"][number] }) {
  const say = useSpeaker();
  return (
    <>
      <div className="row row-apart">
        <span className="strong break">{entry.title}</span>
        <span className="row">
          {entry.deleted && <Badge kind="danger">{say("types.toBin")}</Badge>}
          {entry.shown.length > 0 && <Badge kind="waiting">{say("types.shownIn", { languages: entry.shown.map((locale) => say.languageName(locale)).join(", ") })}</Badge>}
        </span>
      </div>
      <Values values={entry.values} />
      {entry.new_title != null && <p className="soft">{say("types.newTitle", { title: entry.new_title })}</p>}
      {entry.moved && <p className="soft">{say("types.moved")}</p>}
      {entry.changes_older && <p className="soft">{say("types.changesOlder")}</p>}
      <Values values={entry.published_values} />
      {entry.incomplete.map((one) => (
        <p key={one.locale} className="soft">
          {say("types.incompleteIn", { language: say.languageName(one.locale), fields: one.missing.map((field) => field.pointer).join(", ") })}
        </p>
      ))}
    </>
  );
}

function Values({ values }: { values: Schemas["ValueChange"][] }) {
  const say = useSpeaker();
  if (values.length === 0) return null;
  return (
    <ul>
      {values.map((value, place) => (
        <li key={`${value.pointer} ${place}`} className="break">
          <code>{value.pointer}</code>{" "}
          {value.to === undefined ? say("types.valueDropped", { from: shown(value.from) }) : say("types.valueBecomes", { from: shown(value.from), to: shown(value.to) })}
        </li>
      ))}
    </ul>
  );
}

/** A value in one line. Of a formatted text its words. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : words(value) || JSON.stringify(value ?? null);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function words(value: unknown): string {
  if (typeof value !== "object" || value === null || !("root" in value)) return "";
  const found: string[] = [];
  const walk = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    if ("text" in node && typeof node.text === "string") found.push(node.text);
    if ("children" in node && Array.isArray(node.children)) node.children.forEach(walk);
  };
  walk(value.root);
  return found.join(" ");
}
