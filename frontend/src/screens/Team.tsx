import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { me, roles, sites, useMay, useMembership, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Checks, Form, Input, Select } from "../ui/form";
import { Badge, Button, Confirm, Dialog, Notice, Secret } from "../ui/parts";
import { Table } from "../ui/table";
import { ChangeDialog } from "./ChangeDialog";

type Role = Schemas["Role"];
const MEMBERS = ["members"] as const;
const INVITATIONS = ["invitations"] as const;

export function Team() {
  const say = useSpeaker();
  const may = useMay();
  const mayManage = may("members.manage");
  const own = useQuery(me).data?.user;
  const members = useQuery({ queryKey: MEMBERS, queryFn: () => answer(client.GET("/api/v1/members/")) });
  const invitations = useQuery({ queryKey: INVITATIONS, queryFn: () => answer(client.GET("/api/v1/invitations/")), enabled: mayManage });
  const [isInviting, setIsInviting] = useState(false);
  const [changing, setChanging] = useState<Schemas["Member"] | null>(null);
  const [removing, setRemoving] = useState<Schemas["Member"] | null>(null);
  const remove = useWrite({
    write: (member: Schemas["Member"]) =>
      answer(member.user.id === own?.id ? client.DELETE("/api/v1/members/me/") : client.DELETE("/api/v1/members/{id}/", { params: { path: { id: member.id } } })),
    refresh: [MEMBERS, me.queryKey],
    done: () => setRemoving(null),
    message: (_, member) => say("team.removed", { name: member.user.name }),
  });
  return (
    <Page
      title={say("team.title")}
      about={say("team.about")}
      actions={
        mayManage && (
          <Button kind="primary" icon="plus" onClick={() => setIsInviting(true)}>
            {say("team.invite")}
          </Button>
        )
      }
    >
      <div className="card card-flush">
        <Loaded query={members}>
          {(team) => (
            <Table
              caption={say("team.title")}
              items={team.results}
              keyOf={(member) => member.id}
              columns={[
                {
                  label: say("field.name"),
                  role: "name",
                  cell: (member) => (
                    <div className="stack stack-tight">
                      <span className="strong">
                        {member.user.name} {member.user.id === own?.id && <span className="soft">({say("team.you")})</span>}
                      </span>
                      <span className="soft small break">{member.user.email}</span>
                    </div>
                  ),
                },
                { label: say("team.role"), cell: (member) => say(`role.${member.role}`) },
                {
                  label: say("sites.title"),
                  cell: (member) => <SiteNames ids={member.sites ?? null} />,
                },
                { label: say("field.state"), cell: (member) => (member.suspended_at == null ? <Badge kind="good">{say("state.active")}</Badge> : <Badge kind="danger">{say("state.suspended")}</Badge>) },
                {
                  label: say("field.actions"),
                  role: "actions",
                  cell: (member) => (
                    <div className="row">
                      {mayManage && member.user.id !== own?.id && (
                        <Button isSmall onClick={() => setChanging(member)}>
                          {say("action.change")}
                        </Button>
                      )}
                      {(mayManage || member.user.id === own?.id) && (
                        <Button kind="quiet-danger" isSmall onClick={() => setRemoving(member)}>
                          {say(member.user.id === own?.id ? "team.leave" : "action.remove")}
                        </Button>
                      )}
                    </div>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </div>
      {mayManage && (
        <section className="card card-flush">
          <h2 className="card-head">{say("team.invitations")}</h2>
          <Loaded query={invitations} lines={2}>
            {(waiting) => (waiting.results.length === 0 ? <p className="card-head soft">{say("team.noInvitations")}</p> : <Invitations items={waiting.results} />)}
          </Loaded>
        </section>
      )}
      {isInviting && <Invite onClose={() => setIsInviting(false)} />}
      {changing !== null && <ChangeMember member={changing} onClose={() => setChanging(null)} />}
      {removing !== null && (
        <Confirm
          title={say(removing.user.id === own?.id ? "team.leaveTitle" : "team.removeTitle", { name: removing.user.name })}
          consequence={say("team.removeConsequence", { name: removing.user.name })}
          confirm={say(removing.user.id === own?.id ? "team.leave" : "action.remove")}
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

function SiteNames({ ids }: { ids: readonly string[] | null }) {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results ?? [];
  if (ids === null) return <span className="soft">{say("team.allSites")}</span>;
  return (
    <div className="badges">
      {ids.map((id) => (
        <Badge key={id}>{known.find((site) => site.id === id)?.name ?? id}</Badge>
      ))}
    </div>
  );
}

function Invitations({ items }: { items: Schemas["Invitation"][] }) {
  const say = useSpeaker();
  const revoke = useWrite({
    write: (id: string) => answer(client.DELETE("/api/v1/invitations/{id}/", { params: { path: { id } } })),
    refresh: [INVITATIONS],
    message: () => say("team.invitationRevoked"),
  });
  return (
    <>
      {revoke.error !== null && <Notice kind="error">{revoke.error}</Notice>}
      <Table
        caption={say("team.invitations")}
        items={items}
        keyOf={(invitation) => invitation.id}
        columns={[
          { label: say("field.email"), role: "name", cell: (invitation) => <span className="strong break">{invitation.email}</span> },
          { label: say("team.role"), cell: (invitation) => say(`role.${invitation.role}`) },
          { label: say("team.invitedBy"), cell: (invitation) => invitation.invited_by },
          { label: say("field.until"), cell: (invitation) => say.moment(invitation.expires_at) },
          {
            label: say("field.actions"),
            role: "actions",
            cell: (invitation) => (
              <Button kind="quiet-danger" isSmall isBusy={revoke.isBusy} onClick={() => revoke.run(invitation.id)}>
                {say("action.revoke")}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}

interface RightsProps {
  role: Role;
  siteIds: string[] | null;
  onChange: (role: Role, siteIds: string[] | null) => void;
}

/** What somebody may do, and on which sites. */
function Rights({ role, siteIds, onChange }: RightsProps) {
  const say = useSpeaker();
  const own = useMembership();
  const known = useQuery(roles).data?.results ?? [];
  const all = useQuery(sites).data?.results ?? [];
  // Only an owner makes owners.
  const offered = known.filter((each) => each.name !== "owner" || own?.role === "owner");
  return (
    <>
      <Select
        name="/role"
        label={say("team.role")}
        help={say(`role.${role}.help`)}
        value={role}
        onChange={(value) => onChange(value as Role, siteIds)}
        options={offered.map((each) => ({ value: each.name, label: say(`role.${each.name}`) }))}
      />
      {all.length > 1 && (
        <>
          <label className="check">
            <input type="checkbox" checked={siteIds === null} onChange={(event) => onChange(role, event.target.checked ? null : all.map((site) => site.id))} />
            <span>{say("team.allSites")}</span>
          </label>
          {siteIds !== null && (
            <Checks
              name="/sites"
              legend={say("team.onlySites")}
              values={siteIds}
              options={all.map((site) => ({ value: site.id, label: site.name }))}
              onChange={(values) => onChange(role, values)}
            />
          )}
        </>
      )}
    </>
  );
}

function Invite({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  const [email, setEmail] = useState("");
  const [rights, setRights] = useState<{ role: Role; sites: string[] | null }>({ role: "editor", sites: null });
  const invite = useWrite({
    write: () => answer(client.POST("/api/v1/invitations/", { body: { email: email.trim(), ...rights } })),
    refresh: [INVITATIONS],
  });
  if (invite.output !== undefined) {
    return (
      <Dialog title={say("team.invited", { email: invite.output.email })} closeLabel={say("action.close")} onClose={onClose}>
        <p>{say("team.invitedAbout")}</p>
        <Secret value={invite.output.link} label={say("team.link")} copy={say("action.copy")} copied={say("action.copied")} />
        <div className="dialog-foot">
          <Button kind="primary" onClick={onClose}>
            {say("action.done")}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={say("team.invite")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={invite.errors} onSubmit={() => invite.run(undefined)}>
        <Input name="/email" type="email" label={say("field.email")} value={email} onChange={setEmail} required autoComplete="off" />
        <Rights role={rights.role} siteIds={rights.sites} onChange={(role, ids) => setRights({ role, sites: ids })} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={invite.isBusy}>
            {say("team.send")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function ChangeMember({ member, onClose }: { member: Schemas["Member"]; onClose: () => void }) {
  const say = useSpeaker();
  const [rights, setRights] = useState<{ role: Role; sites: string[] | null }>({ role: member.role, sites: member.sites ?? null });
  const isSuspended = member.suspended_at != null;
  const change = useWrite({
    write: (body: Schemas["MemberChange"]) => answer(client.PATCH("/api/v1/members/{id}/", { params: { path: { id: member.id } }, body })),
    refresh: [MEMBERS],
    done: onClose,
    message: () => say("state.saved", { name: member.user.name }),
  });
  return (
    <ChangeDialog title={member.user.name} isSuspended={isSuspended} change={change} onSave={() => change.run({ role: rights.role, sites: rights.sites })} onSuspend={(suspends) => change.run({ is_suspended: suspends })} onClose={onClose}>
      <Rights role={rights.role} siteIds={rights.sites} onChange={(role, ids) => setRights({ role, sites: ids })} />
      <p className="soft small">{say("team.changeConsequence")}</p>
    </ChangeDialog>
  );
}
