// Work with translators: a file that they take, and the file that they bring back.

import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { takeAway } from "../api/files";
import { allEntries, useMay, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Select } from "../ui/form";
import { Badge, Button, Dialog, Notice } from "../ui/parts";
import { Table } from "../ui/table";

const FORMATS = ["xliff-1.2", "xliff-2.1", "csv"] as const;
const ENDINGS = { "xliff-1.2": "xlf", "xliff-2.1": "xlf", csv: "csv" };
/** Nobody reads further down; what is refused comes first. */
const MOST_SHOWN = 100;

interface FilesProps {
  site: Schemas["Site"];
  types: readonly Schemas["TypeDeclaration"][];
}

export function Files({ site, types }: FilesProps) {
  const say = useSpeaker();
  const may = useMay();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  return (
    <section className="files">
      <Taken site={site} types={types} />
      {may("content.edit") && (
        <div className="card stack">
          <h2>{say("translation.bring")}</h2>
          <p className="soft">{say("translation.bringAbout")}</p>
          <input
            ref={picker}
            className="hidden-visually"
            type="file"
            tabIndex={-1}
            aria-label={say("translation.file")}
            accept=".xlf,.xliff,.csv,application/xliff+xml,text/csv"
            onChange={(event) => {
              setFile(event.target.files?.[0] ?? null);
              // The same file once more, corrected, is a choice too.
              event.target.value = "";
            }}
          />
          <div className="row">
            <Button icon="up" onClick={() => picker.current?.click()}>
              {say("translation.chooseFile")}
            </Button>
          </div>
        </div>
      )}
      {file !== null && <Report site={site} file={file} onClose={() => setFile(null)} />}
    </section>
  );
}

function Taken({ site, types }: FilesProps) {
  const say = useSpeaker();
  const [target, setTarget] = useState(site.locales.find((locale) => locale !== site.default_locale) ?? "");
  const [source, setSource] = useState(site.default_locale);
  const [type, setType] = useState("");
  const [format, setFormat] = useState<(typeof FORMATS)[number]>("xliff-1.2");
  const [state, setState] = useState("any");
  const take = useWrite({
    write: () => {
      const query = { target, source, format, ...(type === "" ? {} : { type }), ...(state === "" ? {} : { state }) };
      return answer(client.GET("/api/v1/sites/{site}/translations/file/", { params: { path: { site: site.id }, query }, parseAs: "blob" }));
    },
    done: (written) => takeAway(written, `${site.slug}-${target}.${ENDINGS[format]}`),
  });
  const languages = (other: string) => site.locales.filter((locale) => locale !== other).map((locale) => ({ value: locale, label: say.languageName(locale) }));
  return (
    <Form className="card stack" errors={take.errors} onSubmit={() => take.run(undefined)}>
      <h2>{say("translation.take")}</h2>
      <p className="soft">{say("translation.takeAbout")}</p>
      <div className="columns">
        <Select name="/source" label={say("translation.from")} value={source} onChange={setSource} options={languages(target)} />
        <Select name="/target" label={say("translation.into")} value={target} onChange={setTarget} options={languages(source)} />
        <Select name="/state" label={say("translation.which")} value={state} onChange={setState} options={[{ value: "any", label: say("translation.which.any") }, { value: "", label: say("translation.which.all") }]} />
        <Select name="/type" label={say("translation.type")} value={type} onChange={setType} options={[{ value: "", label: say("translation.everyType") }, ...types.map((each) => ({ value: each.name, label: say.of(each.title_plural) }))]} />
        <Select name="/format" label={say("translation.format")} value={format} onChange={(value) => setFormat(FORMATS.find((each) => each === value) ?? "xliff-1.2")} options={FORMATS.map((each) => ({ value: each, label: say(`translation.format.${each}`) }))} />
      </div>
      <div className="row">
        <Button type="submit" icon="download" isBusy={take.isBusy}>
          {say("translation.takeFile")}
        </Button>
      </div>
    </Form>
  );
}

interface Wish {
  dry_run?: boolean;
  take_changed: boolean;
  partial: boolean;
}

function send(site: string, file: File, query: Wish) {
  return answer(
    client.POST("/api/v1/sites/{site}/translations/file/", {
      params: { path: { site }, query },
      // The file is the body, as it is; the document knows bodies of bytes as lists of numbers only.
      body: file as unknown as number[],
      bodySerializer: (body) => body as unknown as Blob,
      headers: { "Content-Type": "application/octet-stream" },
    }),
  );
}

/** What a file would do, before it does anything. */
function Report({ site, file, onClose }: { site: Schemas["Site"]; file: File; onClose: () => void }) {
  const say = useSpeaker();
  const [wish, setWish] = useState({ take_changed: false, partial: false });
  const check = useQuery({
    queryKey: ["translations-file", site.id, file.name, file.size, file.lastModified, wish.take_changed],
    queryFn: () => send(site.id, file, { ...wish, dry_run: true }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const write = useWrite({
    write: () => send(site.id, file, wish),
    refresh: [["translations", site.id], ["translation"], ["entries", site.id], ["entry"]],
    message: (report) => (report.is_written ? say.count("translation.written", report.changed) : say("translation.notWritten")),
    done: (report) => {
      if (report.is_written) onClose();
      else void check.refetch();
    },
  });
  return (
    <Dialog title={say("translation.report", { file: file.name })} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      <Loaded query={check} lines={4}>
        {(report) => (
          <>
            <p>{report.changed === 0 && report.refused === 0 ? say("translation.reportNothing") : say("translation.reportAbout")}</p>
            <div className="figures">
              {([["translation.reportChanged", report.changed], ["translation.reportUnchanged", report.unchanged], ["translation.reportRefused", report.refused]] as const).map(([word, number]) => (
                <div key={word}>
                  <div className="figure-number">{say.number(number)}</div>
                  <div className="soft small">{say(word)}</div>
                </div>
              ))}
            </div>
            {(report.refused > 0 || wish.take_changed) && (
              <div>
                <label className="check">
                  <input type="checkbox" checked={wish.take_changed} onChange={(event) => setWish({ ...wish, take_changed: event.target.checked })} />
                  <span>{say("translation.takeChanged")}</span>
                </label>
                <label className="check">
                  <input type="checkbox" checked={wish.partial} onChange={(event) => setWish({ ...wish, partial: event.target.checked })} />
                  <span>{say("translation.partial")}</span>
                </label>
              </div>
            )}
            {report.units.length > 0 && <Units site={site} units={report.units} />}
            {write.error !== null && <Notice kind="error">{write.error}</Notice>}
            <div className="dialog-foot">
              <Button onClick={onClose}>{say("action.cancel")}</Button>
              <Button kind="primary" isBusy={write.isBusy || check.isFetching} disabled={report.changed === 0 || (report.refused > 0 && !wish.partial)} onClick={() => write.run(undefined)}>
                {say.count("translation.write", report.changed)}
              </Button>
            </div>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

function Units({ site, units }: { site: Schemas["Site"]; units: readonly Schemas["ImportedUnit"][] }) {
  const say = useSpeaker();
  const entries = useQuery(allEntries(site.id)).data?.results ?? [];
  const isTaken = (unit: Schemas["ImportedUnit"]) => unit.outcome === "changed" || unit.outcome === "taken";
  const ordered = [...units].sort((a, b) => Number(isTaken(a)) - Number(isTaken(b)));
  return (
    <div className="card card-flush">
      <Table
        caption={say("translation.texts")}
        items={ordered.slice(0, MOST_SHOWN)}
        keyOf={(unit) => `${unit.entry} ${unit.path}`}
        columns={[
          {
            label: say("translation.text"),
            role: "name",
            cell: (unit) => (
              <div className="stack stack-tight">
                <span className="break">{entries.find((entry) => entry.id === unit.entry)?.title ?? ""}</span>
                <code>{unit.path}</code>
                {!isTaken(unit) && <span className="soft small break">{unit.detail}</span>}
              </div>
            ),
          },
          { label: say("field.state"), cell: (unit) => <Badge kind={isTaken(unit) ? "good" : "danger"}>{say(`translation.outcome.${unit.outcome}`)}</Badge> },
        ]}
      />
      {ordered.length > MOST_SHOWN && <p className="soft small card-head">{say("translation.more", { count: say.number(ordered.length - MOST_SHOWN) })}</p>}
    </div>
  );
}
