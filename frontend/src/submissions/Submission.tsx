// One message of a guest: what was answered and agreed to, and what the team makes of it.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";

import { answer, client, Refusal, type Schemas } from "../api/client";
import { useParam } from "../shell/address";
import { queryClient, sites, useMay, useWrite } from "../shell/queries";
import { Failed, Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Select } from "../ui/form";
import { Badge, Button, Confirm, Notice } from "../ui/parts";
import { members, STATUSES, type Submission as One, submission as asked, writerOf } from "./queries";
import { StatusBadge } from "./Submissions";

/** As the server has it. */
const NOTE_LENGTH = 5000;
const PAUSE_MS = 1000;

export function Submission() {
  const say = useSpeaker();
  const may = useMay();
  const siteId = useParam("site") ?? "";
  const id = useParam("submission") ?? "";
  const site = useQuery(sites).data?.results.find((each) => each.id === siteId);
  const mayView = may("submissions.view");
  const query = useQuery({ ...asked(siteId, id), enabled: mayView });
  const back = (
    <Link className="page-back" to="/dashboard/sites/$site/submissions" params={{ site: siteId }}>
      {site === undefined ? say("inbox.title") : `${site.name} · ${say("inbox.title")}`}
    </Link>
  );
  if (query.data !== undefined) return <Opened key={id} siteId={siteId} one={query.data} back={back} />;
  return (
    <Page title={say("inbox.single")} back={back}>
      {mayView ? <Loaded query={query}>{() => null}</Loaded> : <Failed error={new Refusal(403, "forbidden", "")} />}
    </Page>
  );
}

function Opened({ siteId, one, back }: { siteId: string; one: One; back: ReactNode }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const [isDeleting, setIsDeleting] = useState(false);
  const mayManage = may("submissions.manage");
  const name = writerOf(one) || say("inbox.nobody");
  const remove = useWrite({
    write: () => answer(client.DELETE("/api/v1/sites/{site}/submissions/{id}/", { params: { path: { site: siteId, id: one.id } } })),
    done: () => {
      void navigate({ to: "/dashboard/sites/$site/submissions", params: { site: siteId } });
      queryClient.removeQueries({ queryKey: asked(siteId, one.id).queryKey });
      void queryClient.invalidateQueries({ queryKey: ["submissions", siteId] });
    },
    message: () => say("inbox.deleted", { name }),
  });
  return (
    <Page
      title={name}
      size="wide"
      back={back}
      about={
        <span className="row">
          <StatusBadge status={one.status} />
          <span>{`${one.form_name} · ${say.moment(one.created_at)}`}</span>
        </span>
      }
      actions={
        mayManage && (
          <Button kind="quiet-danger" onClick={() => setIsDeleting(true)}>
            {say("action.delete")}
          </Button>
        )
      }
    >
      <div className="message-parts">
        <div className="stack">
          <section className="card stack">
            <h2>{say("inbox.answers")}</h2>
            <dl className="facts">
              {one.answers.map((each) => (
                <div className="facts-row" key={each.key}>
                  <dt>{each.label}</dt>
                  <dd className="lines" dir="auto" lang={one.locale}>
                    {each.value === "" ? <span className="soft">–</span> : <Answer value={each.value} />}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
          <Consents one={one} />
        </div>
        <div className="stack">
          <Handling siteId={siteId} one={one} isReadOnly={!mayManage} />
          <section className="card stack">
            <h2>{say("inbox.facts")}</h2>
            <dl className="facts">
              <dt>{say("inbox.page")}</dt>
              <dd dir="ltr" className="break">{one.page}</dd>
              <dt>{say("translation.language")}</dt>
              <dd>{say.languageName(one.locale)}</dd>
              <dt>{say("inbox.keptUntil")}</dt>
              <dd>{say.date(one.deleted_after)}</dd>
            </dl>
            <p className="soft small">{say("inbox.keptAbout")}</p>
          </section>
        </div>
      </div>
      {isDeleting && (
        <Confirm
          title={say("inbox.deleteTitle", { name })}
          consequence={say("inbox.deleteConsequence")}
          confirm={say("action.delete")}
          cancel={say("action.cancel")}
          isBusy={remove.isBusy}
          error={remove.error}
          onConfirm={() => remove.run(undefined)}
          onClose={() => setIsDeleting(false)}
        />
      )}
    </Page>
  );
}

const EMAIL = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/;
const TELEPHONE = /^\+?[\d\s()/.-]{7,24}$/;

/** An address or a number to answer to is one step away. */
function Answer({ value }: { value: string }) {
  if (EMAIL.test(value)) return <a href={`mailto:${value}`}>{value}</a>;
  // A day such as 2027-05-01 is no number that rings.
  if (TELEPHONE.test(value) && !/^\d{4}-\d\d-\d\d/.test(value) && value.replaceAll(/\D/g, "").length >= 7) return <a href={`tel:${value.replaceAll(/[^\d+]/g, "")}`}>{value}</a>;
  return value;
}

function Consents({ one }: { one: One }) {
  const say = useSpeaker();
  if (one.consents.length === 0) return null;
  return (
    <section className="card stack">
      <h2>{say("inbox.consents")}</h2>
      <p className="soft">{say("inbox.consentsAbout")}</p>
      <ul className="stack">
        {one.consents.map((consent) => (
          <li key={`${consent.version} ${consent.text}`} className="stack stack-tight">
            <div className="row">
              <Badge kind={consent.given ? "good" : "danger"}>{say(consent.given ? "inbox.given" : "inbox.notGiven")}</Badge>
              <span className="soft small">{say("inbox.version", { version: consent.version })}</span>
            </div>
            <p className="lines break" dir="auto" lang={one.locale}>
              {consent.text}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the team notes; each is saved when it is chosen or written. */
function Handling({ siteId, one, isReadOnly }: { siteId: string; one: One; isReadOnly: boolean }) {
  const say = useSpeaker();
  const team = useQuery(members).data?.results ?? [];
  const change = useWrite({
    write: (body: Schemas["SubmissionChange"]) => answer(client.PATCH("/api/v1/sites/{site}/submissions/{id}/", { params: { path: { site: siteId, id: one.id } }, body })),
    done: (changed) => {
      queryClient.setQueryData(asked(siteId, one.id).queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: ["submissions", siteId] });
    },
  });
  // Whoever has left the team is still who took care of it.
  const isGone = one.assignee !== null && !team.some((member) => member.id === one.assignee);
  const people = [...team.filter((member) => (member.suspended_at ?? null) === null || member.id === one.assignee).map((member) => ({ value: member.id, label: member.user.name })), ...(isGone ? [{ value: one.assignee ?? "", label: say("inbox.somebodyGone") }] : [])];
  return (
    <Form className="card stack" errors={change.errors} isReadOnly={isReadOnly} onSubmit={() => undefined}>
      <h2>{say("inbox.handling")}</h2>
      {isReadOnly && <p className="soft">{say("state.readOnly")}</p>}
      <Select
        name="/status"
        label={say("inbox.status")}
        value={one.status}
        disabled={change.isBusy}
        onChange={(value) => {
          const status = STATUSES.find((each) => each === value);
          if (status !== undefined) change.run({ status });
        }}
        options={STATUSES.map((each) => ({ value: each, label: say(`inbox.status.${each}`) }))}
      />
      <Select
        name="/assignee"
        label={say("inbox.assignee")}
        value={one.assignee ?? ""}
        disabled={change.isBusy}
        onChange={(value) => change.run({ assignee: value === "" ? null : value })}
        options={[{ value: "", label: say("inbox.nobodyYet") }, ...people]}
      />
      <Note siteId={siteId} one={one} isReadOnly={isReadOnly} />
    </Form>
  );
}

function Note({ siteId, one, isReadOnly }: { siteId: string; one: One; isReadOnly: boolean }) {
  const say = useSpeaker();
  const [note, setNote] = useState(one.note);
  const save = useWrite({
    write: (text: string) => answer(client.PATCH("/api/v1/sites/{site}/submissions/{id}/", { params: { path: { site: siteId, id: one.id } }, body: { note: text } })),
    done: (changed) => queryClient.setQueryData(asked(siteId, one.id).queryKey, changed),
  });
  const isDirty = note !== one.note;
  const waiting = useRef<(() => void) | null>(null);
  const { run, isBusy, refusal } = save;
  useEffect(() => {
    waiting.current = isDirty && !isReadOnly ? () => run(note) : null;
    if (!isDirty || isReadOnly || isBusy || note.length > NOTE_LENGTH || refusal !== null) return;
    const timer = setTimeout(() => run(note), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  // Left before the pause was over, it is saved all the same.
  useEffect(() => () => waiting.current?.(), []);
  const isTooLong = Array.from(note).length > NOTE_LENGTH;
  return (
    <div className="field">
      <label className="field-label" htmlFor="note">
        {say("inbox.note")}
      </label>
      <textarea
        id="note"
        className="control control-area"
        rows={4}
        dir="auto"
        disabled={isReadOnly}
        aria-invalid={isTooLong || save.error !== null}
        aria-describedby="note-help"
        value={note}
        onChange={(event) => {
          save.reset();
          setNote(event.target.value);
        }}
      />
      {isTooLong && <div className="field-error">{say("edit.length", { length: say.number(Array.from(note).length), most: say.number(NOTE_LENGTH) })}</div>}
      {save.error !== null && (
        <Notice
          kind="error"
          action={
            <Button isSmall onClick={() => run(note)}>
              {say("action.retry")}
            </Button>
          }
        >
          {save.error}
        </Notice>
      )}
      <div className="field-help" id="note-help" role="status">
        {isReadOnly ? say("inbox.noteHelp") : isDirty ? (save.error === null ? say("save.saving") : say("inbox.noteUnsaved")) : save.output === undefined ? say("inbox.noteHelp") : say("save.saved")}
      </div>
    </div>
  );
}
