// Where hotels differ from the brand: who says something else, since when, and both values side by side. Either the hotels
// give their own values up, or the brand takes one over.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client } from "../api/client";
import { usePageNumber, useQueryParam } from "../shell/address";
import { Paging } from "../shell/Paging";
import { declarations, sites, useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Select } from "../ui/form";
import { Badge, Button, Dialog, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";
import { BrandPage } from "./Brand";
import { BRAND, brands, type Drift as Line, TOUCHED, useMayManageBrand } from "./queries";
import { Value } from "./Value";

/** As many as somebody looks through at once; they are given up in one step. */
const PAGE_SIZE = 50;

const keyOf = (line: Line) => `${line.entry_id} ${line.field}`;

export function Drift() {
  const say = useSpeaker();
  const navigate = useNavigate();
  const mayManage = useMayManageBrand();
  const types = useQuery(declarations).data?.types ?? [];
  const known = useQuery(sites).data?.results ?? [];
  const [type, field, site] = [useQueryParam("type"), useQueryParam("field"), useQueryParam("site")];
  const page = usePageNumber();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [adopting, setAdopting] = useState<Line | null>(null);
  const filter = { ...(type === undefined ? {} : { type }), ...(field === undefined ? {} : { field }), ...(site === undefined ? {} : { site }) };
  const query = useQuery({
    queryKey: [...BRAND, "drift", filter, page],
    queryFn: () => answer(client.GET("/api/v1/brand/drift/", { params: { query: { ...filter, page, page_size: PAGE_SIZE } } })),
    placeholderData: (before) => before,
  });
  const said = useQuery(brands).data ?? [];
  const typeOf = (name: string) => types.find((each) => each.name === name);
  const fieldOf = (line: Pick<Line, "type" | "field">) => typeOf(line.type)?.fields.find((each) => each.name === line.field);
  const offered = said.filter((brand) => type === undefined || brand.type === type).flatMap((brand) => Object.keys(brand.published).map((name) => ({ type: brand.type, field: name })));
  const narrow = (change: Record<string, string>) => {
    setChosen([]);
    const next = { ...filter, ...change };
    void navigate({ to: "/dashboard/brand/drift", search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")), replace: true });
  };
  const isFiltered = Object.keys(filter).length > 0;
  const lines = (query.data?.results ?? []).filter((line) => chosen.includes(keyOf(line)));
  return (
    <BrandPage>
      <div className="columns">
        <Select
          name="/type"
          label={say("translation.type")}
          value={type ?? ""}
          onChange={(value) => narrow({ type: value, field: "" })}
          options={[{ value: "", label: say("drift.everyType") }, ...said.map((brand) => ({ value: brand.type, label: say.of(typeOf(brand.type)?.title_plural) || brand.type }))]}
        />
        <Select
          name="/field"
          label={say("drift.field")}
          value={field ?? ""}
          onChange={(value) => narrow({ field: value })}
          options={[{ value: "", label: say("drift.everyField") }, ...offered.map((each) => ({ value: each.field, label: say.of(fieldOf(each)?.label) || each.field }))]}
        />
        <Select name="/site" label={say("sites.site")} value={site ?? ""} onChange={(value) => narrow({ site: value })} options={[{ value: "", label: say("team.allSites") }, ...known.map(({ id, name }) => ({ value: id, label: name }))]} />
      </div>
      {mayManage && lines.length > 0 && <PushBar lines={lines} onDone={() => setChosen([])} />}
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty>{say(isFiltered ? "drift.noneFiltered" : offered.length === 0 ? "drift.nothingSaid" : "drift.none")}</Empty>
            ) : (
              <>
                <Table
                  caption={say("drift.title")}
                  items={found.results}
                  keyOf={keyOf}
                  columns={[
                    {
                      label: say("field.name"),
                      role: "name",
                      cell: (line) => {
                        const [title, place] = [line.title === "" ? say("entries.untitled") : line.title, known.find((each) => each.id === line.site_id)?.name ?? ""];
                        return (
                          <span className="drift-name">
                            {mayManage && (
                              <input
                                type="checkbox"
                                aria-label={say("bulk.chooseThing", { name: `${title}, ${say.of(fieldOf(line)?.label)}` })}
                                checked={chosen.includes(keyOf(line))}
                                onChange={(event) => setChosen(event.target.checked ? [...chosen, keyOf(line)] : chosen.filter((each) => each !== keyOf(line)))}
                              />
                            )}
                            <span className="stack stack-tight">
                              <Link className="strong break" to="/dashboard/sites/$site/$collection/$entry" params={{ site: line.site_id, collection: typeOf(line.type)?.plural ?? line.type, entry: line.entry_id }}>
                                {title}
                              </Link>
                              <span className="soft small break">{`${place} · ${say.of(typeOf(line.type)?.title) || line.type}`}</span>
                            </span>
                          </span>
                        );
                      },
                    },
                    {
                      label: say("drift.field"),
                      cell: (line) => (
                        <span className="stack stack-tight">
                          <span>{say.of(fieldOf(line)?.label) || line.field}</span>
                          {line.mode === "locked" && (
                            <span className="badges">
                              <Badge kind="waiting">{say("drift.locked")}</Badge>
                            </span>
                          )}
                          {line.is_same && (
                            <span className="badges">
                              <Badge>{say("drift.same")}</Badge>
                            </span>
                          )}
                        </span>
                      ),
                    },
                    { label: say("drift.own"), cell: (line) => <Shown line={line} value={line.own} field={fieldOf(line)} /> },
                    { label: say("drift.brand"), cell: (line) => <Shown line={line} value={line.brand} field={fieldOf(line)} /> },
                    {
                      label: say("drift.since"),
                      cell: (line) => (
                        <span className="stack stack-tight">
                          <span>{say.date(line.since)}</span>
                          <span className="soft small break">{line.author_name}</span>
                        </span>
                      ),
                    },
                    mayManage && {
                      label: say("field.actions"),
                      role: "actions",
                      cell: (line) =>
                        !line.is_same && (
                          <Button isSmall aria-label={say("drift.adoptThing", { field: say.of(fieldOf(line)?.label), name: line.title })} onClick={() => setAdopting(line)}>
                            {say("drift.adopt")}
                          </Button>
                        ),
                    },
                  ]}
                />
                <Paging page={page} size={PAGE_SIZE} count={found.count} onTurn={(next) => narrow({ page: next > 1 ? String(next) : "" })} />
              </>
            )
          }
        </Loaded>
      </div>
      {adopting !== null && <Adopt line={adopting} onClose={() => setAdopting(null)} />}
    </BrandPage>
  );
}

function Shown({ line, value, field }: { line: Line; value: unknown; field: Parameters<typeof Value>[0]["field"] | undefined }) {
  return <div className="drift-value break">{field === undefined ? line.field : <Value field={field} value={value} />}</div>;
}

/** What is done with the chosen ones, and what came of each. */
function PushBar({ lines, onDone }: { lines: readonly Line[]; onDone: () => void }) {
  const say = useSpeaker();
  const mayPublish = useMay()("content.publish");
  const [isAsking, setIsAsking] = useState(false);
  const [publishes, setPublishes] = useState(mayPublish);
  const [failed, setFailed] = useState<{ key: string; title: string; detail: string }[]>([]);
  const push = useWrite({
    write: () => answer(client.POST("/api/v1/brand/drift/push/", { body: { publish: publishes, items: lines.map(({ site_id, entry_id, field }) => ({ site_id, entry_id, field })) } })),
    refresh: TOUCHED,
    message: (done) => say.count("bulk.done", done.filter((each) => each.ok).length),
    done: (done) => {
      setIsAsking(false);
      const refused = done.filter((each) => !each.ok);
      setFailed(refused.map((each) => ({ key: `${each.entry_id} ${each.field}`, title: lines.find((line) => line.entry_id === each.entry_id)?.title ?? each.entry_id, detail: each.problem?.detail ?? "" })));
      if (refused.length === 0) onDone();
    },
  });
  return (
    <div className="stack stack-narrow" role="region" aria-label={say("bulk.title")}>
      <div className="row bulk-bar">
        <span className="strong numbers">{say.count("bulk.chosen", lines.length)}</span>
        <Button isSmall onClick={() => setIsAsking(true)}>
          {say("drift.push")}
        </Button>
        <Button isSmall kind="quiet" onClick={onDone}>
          {say("bulk.none")}
        </Button>
      </div>
      {failed.length > 0 && (
        <Notice kind="waiting">
          <p>{say.count("bulk.failed", failed.length)}</p>
          <ul>
            {failed.map((each) => (
              <li key={each.key} className="break">{`${each.title}: ${each.detail}`}</li>
            ))}
          </ul>
        </Notice>
      )}
      {isAsking && (
        <Dialog title={say.count("drift.pushTitle", lines.length)} closeLabel={say("action.close")} onClose={() => setIsAsking(false)}>
          <p>{say("drift.pushAbout")}</p>
          {push.error !== null && <Notice kind="error">{push.error}</Notice>}
          {mayPublish && (
            <label className="check">
              <input type="checkbox" checked={publishes} onChange={(event) => setPublishes(event.target.checked)} />
              <span>{say("drift.pushPublish")}</span>
            </label>
          )}
          {mayPublish && <p className="field-help">{say("drift.pushPublishHelp")}</p>}
          <div className="dialog-foot">
            <Button onClick={() => setIsAsking(false)}>{say("action.cancel")}</Button>
            <Button kind="primary" isBusy={push.isBusy} onClick={() => push.run(undefined)}>
              {say("drift.push")}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** The brand takes a hotel's value over, as a draft. */
function Adopt({ line, onClose }: { line: Line; onClose: () => void }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const types = useQuery(declarations).data?.types ?? [];
  const brand = useQuery(brands).data?.find((each) => each.type === line.type);
  const field = types.find((each) => each.name === line.type)?.fields.find((each) => each.name === line.field);
  const adopt = useWrite({
    write: () => answer(client.POST("/api/v1/brand/drift/adopt/", { body: { site_id: line.site_id, entry_id: line.entry_id, field: line.field, revision: brand?.revision ?? 0 } })),
    refresh: [BRAND],
    done: onClose,
    message: () => say("drift.adopted"),
    undo: { label: say("drift.toBrand"), run: () => void navigate({ to: "/dashboard/brand/types/$type", params: { type: line.type } }) },
  });
  return (
    <Dialog title={say("drift.adoptTitle", { field: say.of(field?.label) || line.field })} closeLabel={say("action.close")} onClose={onClose}>
      <p>{say("drift.adoptAbout", { name: line.title })}</p>
      {adopt.error !== null && <Notice kind="error">{adopt.error}</Notice>}
      <Shown line={line} value={line.own} field={field} />
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="primary" isBusy={adopt.isBusy} disabled={brand === undefined} onClick={() => adopt.run(undefined)}>
          {say("drift.adopt")}
        </Button>
      </div>
    </Dialog>
  );
}
