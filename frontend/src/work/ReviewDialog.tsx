// A review: asking a colleague to look at what is saved, answering, and what was said before. It is for exactly the version
// that is on the screen; the dialog saves first.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { useEditing, useWork } from "../editing/context";
import type { Entry } from "../editing/saving/session";
import { me, queryClient, useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Badge, Button, Dialog, Notice, Skeleton } from "../ui/parts";

interface ReviewDialogProps {
  entry: Entry;
  onClose: () => void;
}

export function ReviewDialog({ entry, onClose }: ReviewDialogProps) {
  const say = useSpeaker();
  const { session, site } = useEditing();
  const [isReady, setIsReady] = useState<boolean | null>(null);
  useEffect(() => {
    void session.flush().then(setIsReady);
  }, [session]);
  const query = useQuery({
    queryKey: ["entry", entry.id, "reviews"],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/{id}/reviews/", { params: { path: { site: site.id, id: entry.id } } })),
    enabled: isReady === true,
  });
  return (
    <Dialog title={say("review.title", { name: entry.title })} closeLabel={say("action.close")} onClose={onClose}>
      {isReady === null ? (
        <Skeleton label={say("save.saving")} lines={3} />
      ) : isReady ? (
        <Loaded query={query} lines={3}>
          {(found) => (
            <>
              <Open entry={entry} reviews={found.results} onClose={onClose} />
              <Past reviews={found.results} />
            </>
          )}
        </Loaded>
      ) : (
        <Notice kind="error">{say("publish.notSaved")}</Notice>
      )}
    </Dialog>
  );
}

type Review = Schemas["Review"];

function Open({ entry, reviews, onClose }: { entry: Entry; reviews: readonly Review[]; onClose: () => void }) {
  const say = useSpeaker();
  const may = useMay();
  const user = useQuery(me).data?.user;
  const revision = useWork((work) => work.base.revision);
  const open = reviews.find((review) => review.revision === revision && (review.state === "requested" || review.state === "approved"));
  if (open === undefined) return may("content.edit") ? <Ask entry={entry} revision={revision} onClose={onClose} /> : <p className="soft">{say("review.none")}</p>;
  const isOwn = open.asked_by === user?.id;
  return (
    <div className="stack">
      <p>{open.state === "approved" ? say("review.isApproved", { name: open.answered_by_name ?? "" }) : say("review.isRequested", { name: open.asked_by_name, when: say.moment(open.created_at) })}</p>
      {open.note !== "" && <blockquote className="break">{open.note}</blockquote>}
      {open.state === "requested" && !isOwn && may("content.publish") ? <Answer entry={entry} revision={revision} onClose={onClose} /> : isOwn && open.state === "requested" && <p className="soft">{say("review.waits")}</p>}
      {may("content.edit") && <Withdraw entry={entry} onClose={onClose} />}
    </div>
  );
}

/** What changed in the entry is on every screen that shows it. */
async function renew(id: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ["entry", id] });
}

function Ask({ entry, revision, onClose }: { entry: Entry; revision: number; onClose: () => void }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const [note, setNote] = useState("");
  const [of, setOf] = useState("");
  const user = useQuery(me).data?.user;
  const team = useQuery({ queryKey: ["members"], queryFn: () => answer(client.GET("/api/v1/members/")) });
  const others = (team.data?.results ?? []).filter((member) => member.user.id !== user?.id && member.suspended_at === null && member.role !== "viewer");
  const ask = useWrite({
    write: () => answer(client.POST("/api/v1/sites/{site}/entries/{id}/review/", { params: { path: { site: site.id, id: entry.id } }, body: { revision, note, ...(of === "" ? {} : { of }) } })),
    refresh: [["entries", site.id], ["reviews"]],
    done: () => void renew(entry.id).then(onClose),
    message: () => say("review.asked"),
  });
  return (
    <Form errors={ask.errors} onSubmit={() => ask.run(undefined)}>
      <p className="soft">{say("review.about")}</p>
      <Select name="/of" label={say("review.of")} value={of} onChange={setOf} options={[{ value: "", label: say("review.everybody") }, ...others.map((member) => ({ value: member.user.id, label: member.user.name }))]} />
      <Input name="/note" label={say("review.note")} value={note} autoComplete="off" onChange={setNote} />
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="primary" type="submit" isBusy={ask.isBusy}>
          {say("review.ask")}
        </Button>
      </div>
    </Form>
  );
}

function Answer({ entry, revision, onClose }: { entry: Entry; revision: number; onClose: () => void }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const [note, setNote] = useState("");
  const params = { path: { site: site.id, id: entry.id } };
  const change = useWrite({
    write: (how: "approve" | "publish" | "send-back") =>
      answer(
        how === "send-back"
          ? client.POST("/api/v1/sites/{site}/entries/{id}/review/send-back/", { params, body: { revision, note } })
          : client.POST("/api/v1/sites/{site}/entries/{id}/review/approve/", { params, body: { revision, note, publish: how === "publish" } }),
      ),
    refresh: [["entries", site.id], ["reviews"]],
    done: () => void renew(entry.id).then(onClose),
    message: (_, how) => say(how === "send-back" ? "review.sentBack" : how === "publish" ? "entries.published" : "review.approved", { name: entry.title }),
  });
  return (
    <Form errors={change.errors} onSubmit={() => change.run("approve")}>
      <Input name="/note" label={say("review.answer")} value={note} autoComplete="off" onChange={setNote} />
      <div className="dialog-foot">
        <Button isBusy={change.isBusy} onClick={() => change.run("send-back")}>
          {say("review.sendBack")}
        </Button>
        <Button type="submit" isBusy={change.isBusy}>
          {say("review.approve")}
        </Button>
        <Button kind="primary" isBusy={change.isBusy} onClick={() => change.run("publish")}>
          {say("review.approveAndPublish")}
        </Button>
      </div>
    </Form>
  );
}

function Withdraw({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const say = useSpeaker();
  const { site } = useEditing();
  const withdraw = useWrite({
    write: () => answer(client.DELETE("/api/v1/sites/{site}/entries/{id}/review/", { params: { path: { site: site.id, id: entry.id } } })),
    refresh: [["entries", site.id], ["reviews"]],
    done: () => void renew(entry.id).then(onClose),
    message: () => say("review.withdrawn"),
  });
  return (
    <div className="stack stack-narrow">
      {withdraw.error !== null && <Notice kind="error">{withdraw.error}</Notice>}
      <div>
        <Button kind="quiet" isSmall isBusy={withdraw.isBusy} onClick={() => withdraw.run(undefined)}>
          {say("review.withdraw")}
        </Button>
      </div>
    </div>
  );
}

function Past({ reviews }: { reviews: readonly Review[] }) {
  const say = useSpeaker();
  const past = reviews.filter((review) => review.state !== "requested");
  if (past.length === 0) return null;
  return (
    <section className="stack stack-narrow">
      <h3>{say("review.past")}</h3>
      <ul className="stack stack-narrow">
        {past.map((review) => (
          <li key={review.id} className="stack stack-tight">
            <span className="row">
              <Badge kind={review.state === "sent_back" ? "waiting" : "good"}>{say(`review.state.${review.state}`)}</Badge>
              <span className="soft small">{say.moment(review.answered_at ?? review.created_at)}</span>
            </span>
            {review.answer !== null && review.answer !== "" && <span className="break">{`${review.answered_by_name ?? ""}: ${review.answer}`}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
