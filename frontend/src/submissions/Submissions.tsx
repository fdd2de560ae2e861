// What guests have sent by the forms of a site: the newest first, by form and by what became of it.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { takeAway } from "../api/files";
import { WithSite } from "../screens/Site";
import { usePageNumber, useQueryParam } from "../shell/address";
import { Paging } from "../shell/Paging";
import { entriesOf, useMay, useWrite } from "../shell/queries";
import { Failed, Loaded } from "../shell/states";
import { Refusal } from "../api/client";
import { useSpeaker } from "../state/interface";
import { Select } from "../ui/form";
import { Badge, Button, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";
import { Erase } from "./Erase";
import { members, PAGE_SIZE, STATUS_KINDS, STATUSES, type Submission, submissions, writerOf } from "./queries";

export function Submissions() {
  return <WithSite>{(site) => <Allowed site={site} />}</WithSite>;
}

function Allowed({ site }: { site: Schemas["Site"] }) {
  const may = useMay();
  // Nothing is asked for that is refused anyway.
  return may("submissions.view") ? <Inbox site={site} /> : <Failed error={new Refusal(403, "forbidden", "")} />;
}

function Inbox({ site }: { site: Schemas["Site"] }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const page = usePageNumber();
  const wantedStatus = useQueryParam("status");
  const status = STATUSES.find((each) => each === wantedStatus);
  const form = useQueryParam("form");
  const [isErasing, setIsErasing] = useState(false);
  const filters = { ...(form === undefined ? {} : { form }), ...(status === undefined ? {} : { status }) };
  const query = useQuery(submissions(site.id, filters, page));
  const forms = useQuery(entriesOf(site.id, "form")).data?.results ?? [];
  const team = useQuery(members).data?.results ?? [];
  const look = (changed: { form?: string; status?: string }) => {
    const wanted = Object.entries({ ...filters, ...changed }).filter(([, value]) => value !== "");
    void navigate({ to: ".", search: Object.fromEntries(wanted), replace: true });
  };
  const table = useWrite({
    write: () => answer(client.GET("/api/v1/sites/{site}/submissions-export/", { params: { path: { site: site.id }, query: filters }, parseAs: "blob" })),
    done: (written) => takeAway(written, `${site.slug}-messages.csv`),
  });
  const isFiltered = form !== undefined || status !== undefined;
  const assigneeOf = (one: Submission) => team.find((member) => member.id === one.assignee)?.user.name;
  return (
    <>
      <div className="row row-apart">
        <p className="soft grow">{say("inbox.about")}</p>
        <div className="row">
          {may("submissions.manage") && <Button onClick={() => setIsErasing(true)}>{say("inbox.erase")}</Button>}
          <Button icon="download" isBusy={table.isBusy} disabled={query.data?.count === 0} onClick={() => table.run(undefined)}>
            {say("inbox.export")}
          </Button>
        </div>
      </div>
      {table.error !== null && <Notice kind="error">{table.error}</Notice>}
      <div className="columns">
        <Select
          name="/form"
          label={say("inbox.form")}
          value={form ?? ""}
          onChange={(value) => look({ form: value })}
          options={[{ value: "", label: say("inbox.everyForm") }, ...forms.map((each) => ({ value: each.id, label: each.title }))]}
        />
        <Select
          name="/status"
          label={say("inbox.status")}
          value={status ?? ""}
          onChange={(value) => look({ status: value })}
          options={[{ value: "", label: say("inbox.everyStatus") }, ...STATUSES.map((each) => ({ value: each, label: say(`inbox.status.${each}`) }))]}
        />
      </div>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty action={isFiltered && <Button onClick={() => look({ form: "", status: "" })}>{say("inbox.showAll")}</Button>}>{say(isFiltered ? "inbox.nothingFound" : forms.length === 0 ? "inbox.noForms" : "inbox.empty")}</Empty>
            ) : (
              <Table
                caption={say("inbox.title")}
                items={found.results}
                keyOf={(one) => one.id}
                columns={[
                  {
                    label: say("inbox.from"),
                    role: "name",
                    cell: (one) => (
                      <div className="stack stack-tight">
                        <Link className={`break ${one.status === "new" ? "strong" : ""}`} to="/dashboard/sites/$site/submissions/$submission" params={{ site: site.id, submission: one.id }}>
                          {writerOf(one) || say("inbox.nobody")}
                        </Link>
                        <span className="soft small break">{one.form_name}</span>
                      </div>
                    ),
                  },
                  { label: say("inbox.received"), cell: (one) => <span className="soft">{say.moment(one.created_at)}</span> },
                  { label: say("inbox.status"), cell: (one) => <StatusBadge status={one.status} /> },
                  { label: say("inbox.assignee"), cell: (one) => assigneeOf(one) ?? <span className="soft">–</span> },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {query.data !== undefined && <Paging page={page} size={PAGE_SIZE} count={query.data.count} onTurn={(to) => void navigate({ to: ".", search: { ...filters, page: to } })} />}
      {isErasing && <Erase onClose={() => setIsErasing(false)} />}
    </>
  );
}

export function StatusBadge({ status }: { status: Submission["status"] }) {
  const say = useSpeaker();
  const kind = STATUS_KINDS[status];
  return <Badge {...(kind === undefined ? {} : { kind })}>{say(`inbox.status.${status}`)}</Badge>;
}
