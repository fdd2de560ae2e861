// All things of one type as a file: taken away as a table or as JSON, and brought back after a look at what would change.

import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { takeAway } from "../api/files";
import { useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Dialog, Notice } from "../ui/parts";
import { Table } from "../ui/table";

const FORMATS = ["csv", "json"] as const;
type Format = (typeof FORMATS)[number];
/** Nobody reads further down; what changes comes first. */
const MOST_SHOWN = 100;

interface EntriesFileProps {
  site: Schemas["Site"];
  type: Schemas["TypeDeclaration"];
  onClose: () => void;
}

export function EntriesFile({ site, type, onClose }: EntriesFileProps) {
  const say = useSpeaker();
  const may = useMay();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  if (file !== null) return <Preview site={site} type={type} file={file} onBack={() => setFile(null)} onClose={onClose} />;
  return (
    <Dialog title={say("entriesFile.title", { things: say.of(type.title_plural) })} closeLabel={say("action.close")} onClose={onClose}>
      <h3>{say("entriesFile.take")}</h3>
      <p className="soft">{say("entriesFile.takeAbout")}</p>
      <div className="row">
        {FORMATS.map((format) => (
          <Take key={format} site={site} type={type} format={format} />
        ))}
      </div>
      <h3>{say("entriesFile.bring")}</h3>
      {may("content.edit") ? (
        <>
          <p className="soft">{say("entriesFile.bringAbout")}</p>
          <input
            ref={picker}
            className="hidden-visually"
            type="file"
            tabIndex={-1}
            aria-label={say("entriesFile.file")}
            accept=".csv,.json,text/csv,application/json"
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              event.target.value = "";
            }}
          />
          <div className="row">
            <Button icon="up" onClick={() => picker.current?.click()}>
              {say("entriesFile.choose")}
            </Button>
          </div>
        </>
      ) : (
        <p className="soft">{say("state.readOnly")}</p>
      )}
    </Dialog>
  );
}

function Take({ site, type, format }: { site: Schemas["Site"]; type: Schemas["TypeDeclaration"]; format: Format }) {
  const say = useSpeaker();
  const take = useWrite({
    write: () => answer(client.GET("/api/v1/sites/{site}/entries-file/", { params: { path: { site: site.id }, query: { type: type.name, format } }, parseAs: "blob" })),
    done: (file) => takeAway(file, `${site.slug}-${type.plural}.${format}`),
  });
  return (
    <div className="stack stack-narrow">
      <Button icon="download" isBusy={take.isBusy} onClick={() => take.run(undefined)}>
        {say(`entriesFile.as.${format}`)}
      </Button>
      {take.error !== null && <Notice kind="error">{take.error}</Notice>}
    </div>
  );
}

function send(site: string, type: string, file: File, isDryRun: boolean) {
  const format: Format = file.name.toLowerCase().endsWith(".json") ? "json" : "csv";
  return answer(
    client.POST("/api/v1/sites/{site}/entries-file/", {
      params: { path: { site }, query: { type, format, dry_run: isDryRun } },
      // The file is the body, as it is; the document knows bodies of bytes as lists of numbers only.
      body: file as unknown as number[],
      bodySerializer: (body) => body as unknown as Blob,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
}

interface PreviewProps extends EntriesFileProps {
  file: File;
  onBack: () => void;
}

/** What the file would change, before it changes anything. */
function Preview({ site, type, file, onBack, onClose }: PreviewProps) {
  const say = useSpeaker();
  const check = useQuery({
    queryKey: ["entries-file", site.id, type.name, file.name, file.size, file.lastModified],
    queryFn: () => send(site.id, type.name, file, true),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const write = useWrite({
    write: () => send(site.id, type.name, file, false),
    refresh: [["entries", site.id], ["entry"], ["translations", site.id]],
    message: (report) => say.count("entriesFile.taken", report.counts.created + report.counts.changed),
    done: onClose,
  });
  return (
    <Dialog title={say("entriesFile.preview", { file: file.name })} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      <Loaded query={check} lines={4}>
        {({ counts, records }) => {
          const changes = counts.created + counts.changed;
          return (
            <>
              <p>{changes === 0 ? say("entriesFile.nothing") : say("entriesFile.previewAbout")}</p>
              <div className="figures">
                {(["created", "changed", "unchanged"] as const).map((outcome) => (
                  <div key={outcome}>
                    <div className="figure-number">{say.number(counts[outcome])}</div>
                    <div className="soft small">{say(`entriesFile.outcome.${outcome}`)}</div>
                  </div>
                ))}
              </div>
              {changes > 0 && <Records type={type} records={records.filter((record) => record.outcome !== "unchanged")} />}
              {write.error !== null && <Notice kind="error">{write.error}</Notice>}
              <div className="dialog-foot">
                <Button onClick={onBack}>{say("action.back")}</Button>
                <Button kind="primary" isBusy={write.isBusy} disabled={changes === 0} onClick={() => write.run(undefined)}>
                  {say.count("entriesFile.takeOver", changes)}
                </Button>
              </div>
            </>
          );
        }}
      </Loaded>
      {check.isError && (
        <div className="dialog-foot">
          <Button onClick={onBack}>{say("action.back")}</Button>
        </div>
      )}
    </Dialog>
  );
}

function Records({ type, records }: { type: Schemas["TypeDeclaration"]; records: readonly Schemas["RecordReport"][] }) {
  const say = useSpeaker();
  const called = (name: string) => {
    const field = type.fields.find((each) => each.name === name);
    return field === undefined ? name : say.of(field.label);
  };
  return (
    <div className="card card-flush">
      <Table
        caption={say("entriesFile.records")}
        items={records.slice(0, MOST_SHOWN)}
        keyOf={(record) => record.place}
        columns={[
          {
            label: say("field.name"),
            role: "name",
            cell: (record) => (
              <div className="stack stack-tight">
                <span className="strong break">{record.title}</span>
                <span className="soft small">{record.place}</span>
              </div>
            ),
          },
          { label: say("entriesFile.fields"), cell: (record) => <span className="break">{record.fields.map(called).join(", ")}</span> },
          { label: say("field.state"), cell: (record) => <Badge kind={record.outcome === "created" ? "good" : "waiting"}>{say(`entriesFile.outcome.${record.outcome}`)}</Badge> },
        ]}
      />
      {records.length > MOST_SHOWN && <p className="soft small card-head">{say("entriesFile.more", { count: say.number(records.length - MOST_SHOWN) })}</p>}
    </div>
  );
}
