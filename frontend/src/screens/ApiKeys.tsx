import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { useMembership, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Badge, Button, Confirm, Dialog, Empty, Notice, Secret } from "../ui/parts";
import { Table } from "../ui/table";
import { ChangeDialog } from "./ChangeDialog";

type ApiKey = Schemas["ApiKey"];
const KEYS = ["api-keys"] as const;

/** A number somebody typed; nothing where they left it empty. What is no number is sent as it is, for the server to refuse. */
const typed = (text: string) => (text.trim() === "" ? null : Number(text));
/** The end of a day in this browser's zone. */
const endOf = (day: string) => (day === "" ? null : new Date(`${day}T23:59:59`).toISOString());

export function ApiKeys() {
  const say = useSpeaker();
  const query = useQuery({ queryKey: KEYS, queryFn: () => answer(client.GET("/api/v1/api-keys/")) });
  const [isMaking, setIsMaking] = useState(false);
  const [changing, setChanging] = useState<ApiKey | null>(null);
  const [removing, setRemoving] = useState<ApiKey | null>(null);
  const remove = useWrite({
    write: (key: ApiKey) => answer(client.DELETE("/api/v1/api-keys/{id}/", { params: { path: { id: key.id } } })),
    refresh: [KEYS],
    done: () => setRemoving(null),
    message: (_, key) => say("keys.removed", { name: key.name }),
  });
  const make = (
    <Button kind="primary" icon="plus" onClick={() => setIsMaking(true)}>
      {say("keys.new")}
    </Button>
  );
  return (
    <Page title={say("keys.title")} about={say("keys.about")} actions={make}>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty action={make}>{say("keys.empty")}</Empty>
            ) : (
              <Table
                caption={say("keys.title")}
                items={found.results}
                keyOf={(key) => key.id}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (key) => (
                      <div className="stack stack-tight">
                        <span className="strong">{key.name}</span>
                        <span className="soft mono">pk_…{key.hint}</span>
                      </div>
                    ),
                  },
                  { label: say("field.state"), cell: (key) => <KeyState apiKey={key} /> },
                  { label: say("keys.limits"), cell: (key) => say("keys.limitsOf", { minute: say.number(key.per_minute), day: say.number(key.per_day) }) },
                  { label: say("keys.lastUsed"), cell: (key) => (key.last_used_at == null ? <span className="soft">{say("keys.never")}</span> : say.moment(key.last_used_at)) },
                  {
                    label: say("field.actions"),
                    role: "actions",
                    cell: (key) => (
                      <div className="row">
                        <Button isSmall onClick={() => setChanging(key)}>
                          {say("action.change")}
                        </Button>
                        <Button kind="quiet-danger" isSmall onClick={() => setRemoving(key)}>
                          {say("action.delete")}
                        </Button>
                      </div>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {isMaking && <NewKey onClose={() => setIsMaking(false)} />}
      {changing !== null && <ChangeKey apiKey={changing} onClose={() => setChanging(null)} />}
      {removing !== null && (
        <Confirm
          title={say("keys.removeTitle", { name: removing.name })}
          consequence={say("keys.removeConsequence")}
          confirm={say("action.delete")}
          cancel={say("action.cancel")}
          isBusy={remove.isBusy}
          error={remove.error}
          onConfirm={() => remove.run(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Page>
  );
}

function KeyState({ apiKey }: { apiKey: ApiKey }) {
  const say = useSpeaker();
  if (apiKey.suspended_at != null) return <Badge kind="danger">{say("state.suspended")}</Badge>;
  if (apiKey.expires_at == null) return <Badge kind="good">{say("state.active")}</Badge>;
  if (new Date(apiKey.expires_at) < new Date()) return <Badge kind="danger">{say("state.expired")}</Badge>;
  return <Badge kind="good">{say("keys.until", { date: say.date(apiKey.expires_at) })}</Badge>;
}

interface Limits {
  name: string;
  perMinute: string;
  perDay: string;
  until: string;
}

function LimitFields({ limits, onChange }: { limits: Limits; onChange: (limits: Limits) => void }) {
  const say = useSpeaker();
  return (
    <>
      <Input name="/name" label={say("field.name")} help={say("keys.nameHelp")} value={limits.name} onChange={(name) => onChange({ ...limits, name })} required />
      <div className="columns">
        <Input name="/per_minute" type="number" min={1} inputMode="numeric" label={say("keys.perMinute")} value={limits.perMinute} onChange={(perMinute) => onChange({ ...limits, perMinute })} />
        <Input name="/per_day" type="number" min={1} inputMode="numeric" label={say("keys.perDay")} value={limits.perDay} onChange={(perDay) => onChange({ ...limits, perDay })} />
      </div>
      <Input name="/expires_at" type="date" label={say("keys.expires")} optional={say("field.optional")} value={limits.until} onChange={(until) => onChange({ ...limits, until })} />
    </>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  const organization = useMembership()?.organization.id ?? "";
  const [limits, setLimits] = useState<Limits>({ name: "", perMinute: "", perDay: "", until: "" });
  const make = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/api-keys/", {
          body: { name: limits.name.trim(), per_minute: typed(limits.perMinute), per_day: typed(limits.perDay), expires_at: endOf(limits.until) },
        }),
      ),
    refresh: [KEYS],
  });
  if (make.output !== undefined) {
    return (
      <Dialog title={say("keys.made", { name: make.output.name })} closeLabel={say("action.close")} onClose={onClose}>
        <Notice kind="waiting">{say("keys.once")}</Notice>
        <div className="field">
          <span className="field-label">X-API-Key</span>
          <Secret value={make.output.key} label="X-API-Key" copy={say("action.copy")} copied={say("action.copied")} />
        </div>
        <div className="field">
          <span className="field-label">X-Organization-ID</span>
          <Secret value={organization} label="X-Organization-ID" copy={say("action.copy")} copied={say("action.copied")} />
        </div>
        <div className="dialog-foot">
          <Button kind="primary" onClick={onClose}>
            {say("action.done")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={say("keys.new")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={make.errors} onSubmit={() => make.run(undefined)}>
        <LimitFields limits={limits} onChange={setLimits} />
        <p className="soft small">{say("keys.limitsHelp")}</p>
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={make.isBusy}>
            {say("keys.make")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function ChangeKey({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const say = useSpeaker();
  const isSuspended = apiKey.suspended_at != null;
  const [limits, setLimits] = useState<Limits>({
    name: apiKey.name,
    perMinute: String(apiKey.per_minute),
    perDay: String(apiKey.per_day),
    until: apiKey.expires_at?.slice(0, 10) ?? "",
  });
  const change = useWrite({
    write: (body: Schemas["ApiKeyChange"]) => answer(client.PATCH("/api/v1/api-keys/{id}/", { params: { path: { id: apiKey.id } }, body })),
    refresh: [KEYS],
    done: onClose,
    message: (changed) => say("state.saved", { name: changed.name }),
  });
  const wish: Schemas["ApiKeyChange"] = {
    name: limits.name.trim(),
    per_minute: typed(limits.perMinute),
    per_day: typed(limits.perDay),
    // Untouched, the moment stays to the second.
    ...(limits.until === (apiKey.expires_at?.slice(0, 10) ?? "") ? {} : { expires_at: endOf(limits.until) }),
  };
  return (
    <ChangeDialog title={apiKey.name} isSuspended={isSuspended} change={change} onSave={() => change.run(wish)} onSuspend={(suspends) => change.run({ is_suspended: suspends })} onClose={onClose}>
      <LimitFields limits={limits} onChange={setLimits} />
    </ChangeDialog>
  );
}
