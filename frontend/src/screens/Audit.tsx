// What was done, by whom: of an organization, and of the platform.

import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { Failed, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Button, Empty, Skeleton } from "../ui/parts";

type Records = Schemas["AuditRecords"];
const AT_ONCE = 50;

export function Audit() {
  const say = useSpeaker();
  return (
    <Page title={say("audit.title")} about={say("audit.about")}>
      <Log name="organization" read={(before) => answer(client.GET("/api/v1/audit/", { params: { query: { limit: AT_ONCE, ...(before === null ? {} : { before }) } } }))} />
    </Page>
  );
}

export function PlatformAudit() {
  const say = useSpeaker();
  return (
    <Page title={say("audit.title")} about={say("audit.platformAbout")}>
      <Log name="platform" read={(before) => answer(client.GET("/api/v1/admin/audit/", { params: { query: { limit: AT_ONCE, ...(before === null ? {} : { before }) } } }))} />
    </Page>
  );
}

function Log({ name, read }: { name: string; read: (before: number | null) => Promise<Records> }) {
  const say = useSpeaker();
  const query = useInfiniteQuery<Records, Error, InfiniteData<Records>, string[], number | null>({
    queryKey: ["audit", name],
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: null,
    getNextPageParam: (last) => last.next_before ?? null,
  });
  if (query.data === undefined) {
    return <div className="card card-flush">{query.isError ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Skeleton label={say("state.loading")} />}</div>;
  }
  const records = query.data.pages.flatMap((page) => page.results);
  return (
    <>
      <div className="card card-flush">
        {records.length === 0 ? (
          <Empty>{say("audit.empty")}</Empty>
        ) : (
          <ol>
            {records.map((record) => (
              <Record key={record.id} record={record} />
            ))}
          </ol>
        )}
      </div>
      {query.isError && <Failed error={query.error} retry={() => void query.fetchNextPage()} />}
      {query.hasNextPage && (
        <div className="row">
          <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {say("list.older")}
          </Button>
        </div>
      )}
    </>
  );
}

function Record({ record }: { record: Schemas["AuditRecord"] }) {
  const say = useSpeaker();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li className="record">
      <button type="button" className="record-head" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <span>
          <span className="strong">{record.actor.name}</span> {say.did(record.action)}
        </span>
        <code className="soft">{record.action}</code>
        <time className="soft small" dateTime={record.recorded_at}>
          {say.moment(record.recorded_at)}
        </time>
      </button>
      {isOpen && (
        <dl className="facts record-body">
          <dt>{say("audit.subject")}</dt>
          <dd>
            {record.subject_type} <code>{record.subject_id}</code>
          </dd>
          <Change label={say("audit.before")} value={record.before} />
          <Change label={say("audit.after")} value={record.after} />
          <dt>{say("audit.from")}</dt>
          <dd>{record.ip ?? say("audit.fromProgram")}</dd>
          {record.request_id != null && (
            <>
              <dt>{say("audit.request")}</dt>
              <dd>
                <code>{record.request_id}</code>
              </dd>
            </>
          )}
          <dt>{say("audit.hash")}</dt>
          <dd>
            <code>{record.hash}</code>
          </dd>
        </dl>
      )}
    </li>
  );
}

function Change({ label, value }: { label: string; value: unknown }) {
  if (value == null) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <pre className="mono">{JSON.stringify(value, null, 2)}</pre>
      </dd>
    </>
  );
}
