import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { explain, me, sites, useMay, useMembership, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Badge, Button, Dialog, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";
import { Checklist } from "./Checklist";

export function Sites() {
  const say = useSpeaker();
  const may = useMay();
  const membership = useMembership();
  const isOperator = useQuery(me).data?.user.is_superuser ?? false;
  const query = useQuery({ ...sites, enabled: membership !== undefined });
  const [isMaking, setIsMaking] = useState(false);
  if (membership === undefined) {
    return (
      <Page title={say("sites.title")}>
        <div className="card">
          <Empty
            action={
              isOperator && (
                <Link className="button button-primary" to="/admin">
                  {say("admin.title")}
                </Link>
              )
            }
          >
            {say("sites.noOrganization")}
          </Empty>
        </div>
      </Page>
    );
  }
  const make = may("sites.manage") && (
    <Button kind="primary" icon="plus" onClick={() => setIsMaking(true)}>
      {say("sites.new")}
    </Button>
  );
  const moveIn = may("content.import") && (
    <Link className="button" to="/dashboard/imports">
      {say("imports.toSite")}
    </Link>
  );
  return (
    <Page
      title={say("sites.title")}
      about={say("sites.about")}
      actions={
        <>
          {moveIn}
          {make}
        </>
      }
    >
      {query.data !== undefined && <Checklist sites={query.data.results} />}
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty action={make}>{say(may("sites.manage") ? "sites.empty" : "sites.emptyReadOnly")}</Empty>
            ) : (
              <Table
                caption={say("sites.title")}
                items={found.results}
                keyOf={(site) => site.id}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (site) => (
                      <div className="stack stack-tight">
                        <Link className="strong" to="/dashboard/sites/$site" params={{ site: site.id }}>
                          {site.name}
                        </Link>
                        <span className="soft small break">{site.domain ?? say("sites.noDomain")}</span>
                      </div>
                    ),
                  },
                  { label: say("field.state"), cell: (site) => <SiteState site={site} /> },
                  { label: say("field.languages"), cell: (site) => say.count("sites.languages", site.locales.length) },
                  { label: say("field.changed"), cell: (site) => <span className="soft">{say.moment(site.updated_at)}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {isMaking && <NewSite onClose={() => setIsMaking(false)} />}
    </Page>
  );
}

export function SiteState({ site }: { site: Schemas["Site"] }) {
  const say = useSpeaker();
  return site.status === "published" ? <Badge kind="good">{say("state.published")}</Badge> : <Badge kind="waiting">{say("state.draft")}</Badge>;
}

function NewSite({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  const [name, setName] = useState("");
  const [domain, setDomain] = useState("");
  const make = useWrite({
    write: () =>
      answer(client.POST("/api/v1/sites/", { body: { name: name.trim(), domain: domain.trim() === "" ? null : domain.trim(), settings: {} } })),
    refresh: [sites.queryKey],
    done: onClose,
    message: (site) => say("sites.made", { name: site.name }),
  });
  return (
    <Dialog title={say("sites.new")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={make.errors} onSubmit={() => make.run(undefined)}>
        <Input name="/name" label={say("field.name")} help={say("sites.nameHelp")} value={name} onChange={setName} required />
        <Input name="/domain" label={say("sites.domain")} optional={say("field.optional")} help={say("sites.domainHelp")} value={domain} onChange={setDomain} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={make.isBusy}>
            {say("sites.make")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** Puts a site before the world, or takes it back. */
export function PublishSite({ site }: { site: Schemas["Site"] }) {
  const say = useSpeaker();
  const isPublished = site.status === "published";
  const change = useWrite({
    write: () => {
      const params = { params: { path: { id: site.id } } };
      return answer(isPublished ? client.POST("/api/v1/sites/{id}/unpublish/", params) : client.POST("/api/v1/sites/{id}/publish/", params));
    },
    refresh: [sites.queryKey],
    message: (changed) => say(changed.status === "published" ? "sites.published" : "sites.unpublished", { name: changed.name }),
  });
  return (
    <>
      <Button kind={isPublished ? "plain" : "primary"} isBusy={change.isBusy} onClick={() => change.run(undefined)}>
        {say(isPublished ? "action.unpublish" : "action.publish")}
      </Button>
      {change.refusal !== null && <Notice kind="error">{explain(change.refusal, say)}</Notice>}
    </>
  );
}
