// An owner takes the content along, as an archive or as the pages that guests see: the file is written in the background, and
// can be downloaded for a day.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { takeAway } from "../api/files";
import { useMayBringArchive } from "../imports/queries";
import { sites, useMay, useMembership, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Checks, Form, Select } from "../ui/form";
import { Badge, Button, Confirm, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";

const KEY = ["exports"] as const;
/** How often an archive that is being written is asked about, in milliseconds. */
const PACE = 1_000;
const PARTS = ["history", "submissions"] as const;
const FORMATS: readonly Schemas["ExportFormat"][] = ["bundle", "static"];

const isOpen = (one: Schemas["Export"]) => one.state === "waiting" || one.state === "working";

export function Exports() {
  const say = useSpeaker();
  const may = useMay();
  const mayBring = useMayBringArchive();
  return (
    <section className="card stack" aria-labelledby="exports">
      <div className="row row-apart">
        <h2 id="exports">{say("export.title")}</h2>
        {mayBring && (
          <Link className="button button-small" to="/dashboard/imports" search={{ source: "bundle" }}>
            {say("imports.bringArchive")}
          </Link>
        )}
      </div>
      <p className="soft">{say("export.about")}</p>
      {may("organization.export") ? <Archives /> : <p className="soft">{say("export.ownersOnly")}</p>}
    </section>
  );
}

function Archives() {
  const say = useSpeaker();
  const query = useQuery({
    queryKey: KEY,
    queryFn: () => answer(client.GET("/api/v1/exports/")),
    refetchInterval: (asked) => (asked.state.data?.results.some(isOpen) === true ? PACE : false),
  });
  return (
    <Loaded query={query} lines={3}>
      {({ results }) => (
        <>
          <Ask isBusy={results.some(isOpen)} />
          {results.length === 0 ? <Empty>{say("export.empty")}</Empty> : <List exports={results} />}
        </>
      )}
    </Loaded>
  );
}

function Ask({ isBusy }: { isBusy: boolean }) {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results ?? [];
  const [site, setSite] = useState("");
  const [format, setFormat] = useState<Schemas["ExportFormat"]>("bundle");
  const [parts, setParts] = useState<readonly (typeof PARTS)[number][]>([]);
  const ask = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/exports/", {
          body: {
            format,
            ...(site === "" ? {} : { site_id: site }),
            // Guests see neither.
            ...(format === "bundle" ? { history: parts.includes("history"), submissions: parts.includes("submissions") } : {}),
          },
        }),
      ),
    refresh: [KEY],
  });
  return (
    <Form errors={ask.errors} onSubmit={() => ask.run(undefined)}>
      <Select
        name="/format"
        label={say("export.format")}
        help={say(`export.formatHelp.${format}`)}
        value={format}
        onChange={(value) => setFormat(FORMATS.find((each) => each === value) ?? "bundle")}
        options={FORMATS.map((each) => ({ value: each, label: say(`export.format.${each}`) }))}
      />
      <Select name="/site_id" label={say("export.what")} value={site} onChange={setSite} options={[{ value: "", label: say("export.everything") }, ...known.map((each) => ({ value: each.id, label: each.name }))]} />
      {format === "bundle" && (
        <Checks legend={say("export.also")} help={say("export.alsoHelp")} name="/parts" values={parts} onChange={setParts} options={PARTS.map((part) => ({ value: part, label: say(`export.${part}`) }))} />
      )}
      <div className="row">
        <Button type="submit" kind="primary" isBusy={ask.isBusy} disabled={isBusy}>
          {say("export.ask")}
        </Button>
        {isBusy && <span className="soft">{say("export.busy")}</span>}
      </div>
    </Form>
  );
}

function List({ exports }: { exports: readonly Schemas["Export"][] }) {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results ?? [];
  const slug = useMembership()?.organization.slug ?? "gammacms";
  const [throwing, setThrowing] = useState<Schemas["Export"] | null>(null);
  const remove = useWrite({
    write: (one: Schemas["Export"]) => answer(client.DELETE("/api/v1/exports/{id}/", { params: { path: { id: one.id } } })),
    refresh: [KEY],
    done: () => setThrowing(null),
  });
  const what = (one: Schemas["Export"]) => (one.site_id === null ? say("export.everything") : (known.find((each) => each.id === one.site_id)?.name ?? say("export.goneSite")));
  return (
    <>
      <Table
        caption={say("export.list")}
        items={exports}
        keyOf={(one) => one.id}
        columns={[
          {
            label: say("export.what"),
            role: "name",
            cell: (one) => (
              <div className="stack stack-tight">
                <span className="strong break">{what(one)}</span>
                <span className="small">{say(`export.kind.${one.format}`)}</span>
                <span className="soft small">{say("export.askedBy", { name: one.created_by_name, moment: say.moment(one.created_at) })}</span>
                {one.notes.length > 0 && (
                  <details className="small">
                    <summary>{say("export.notes")}</summary>
                    {one.notes.map((note) => (
                      <p key={note} className="soft break">
                        {note}
                      </p>
                    ))}
                  </details>
                )}
              </div>
            ),
          },
          { label: say("field.state"), cell: (one) => <Standing export_={one} /> },
          {
            label: say("field.actions"),
            role: "actions",
            cell: (one) =>
              !isOpen(one) && (
                <div className="row">
                  {one.state === "ready" && <Take export_={one} name={`${slug}-${one.format === "static" ? "website-" : ""}${one.created_at.slice(0, 10)}.tar.gz`} />}
                  <Button kind="quiet-danger" isSmall aria-label={say("export.deleteThing", { name: what(one) })} onClick={() => setThrowing(one)}>
                    {say("action.delete")}
                  </Button>
                </div>
              ),
          },
        ]}
      />
      {throwing !== null && (
        <Confirm
          title={say("export.deleteThing", { name: what(throwing) })}
          consequence={say("export.deleteAbout")}
          confirm={say("action.delete")}
          cancel={say("action.cancel")}
          isBusy={remove.isBusy}
          error={remove.error}
          onConfirm={() => remove.run(throwing)}
          onClose={() => setThrowing(null)}
        />
      )}
    </>
  );
}

function Standing({ export_: one }: { export_: Schemas["Export"] }) {
  const say = useSpeaker();
  if (one.state === "failed") {
    return (
      <div className="stack stack-tight">
        <div>
          <Badge kind="danger">{say("export.failed")}</Badge>
        </div>
        {one.problem !== null && <span className="soft small break">{one.problem}</span>}
      </div>
    );
  }
  if (one.state === "ready") {
    return (
      <div className="stack stack-tight">
        <div>
          <Badge kind="good">{say("export.ready")}</Badge>
        </div>
        <span className="soft small">{say("export.until", { size: say.bytes(one.size ?? 0), moment: say.moment(one.expires_at ?? one.created_at) })}</span>
      </div>
    );
  }
  // Of pages nobody knows before how many there are.
  const isCounted = one.total > 0;
  return (
    <div className="stack stack-tight" role="status">
      <span>{isCounted ? say("export.working", { done: say.number(one.done), total: say.number(one.total) }) : say(one.state === "waiting" ? "export.waiting" : "export.writing")}</span>
      <progress className="progress" aria-label={say("export.progress")} {...(isCounted ? { max: one.total, value: one.done } : {})} />
    </div>
  );
}

function Take({ export_: one, name }: { export_: Schemas["Export"]; name: string }) {
  const say = useSpeaker();
  const take = useWrite({
    write: () => answer(client.GET("/api/v1/exports/{id}/file/", { params: { path: { id: one.id } }, parseAs: "blob" })),
    done: (file) => takeAway(file, name),
  });
  return (
    <div className="stack stack-narrow">
      <Button isSmall icon="download" isBusy={take.isBusy} onClick={() => take.run(undefined)}>
        {say("export.download")}
      </Button>
      {take.error !== null && <Notice kind="error">{take.error}</Notice>}
    </div>
  );
}
