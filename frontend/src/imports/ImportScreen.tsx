// One thing that is brought: how far it is, what would become of it, and the word that takes it over.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { answer, client } from "../api/client";
import { takeAway } from "../api/files";
import { useParam } from "../shell/address";
import { useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button, Notice } from "../ui/parts";
import { useBringing } from "./bringing";
import { FilesToBring, partWord, placedFor } from "./FilesToBring";
import { type Chosen, isTable, isWhole, type Placed } from "./files";
import { Allowed, broughtBy, sourceFileOf, ThrowAway, useSiteName } from "./Imports";
import { Made } from "./Made";
import { useBring } from "./NewImport";
import { hasChanges } from "./numbers";
import { OnTheWay } from "./OnTheWay";
import { type Import, IMPORTS, importOf, isBusy, type Report, reportOf } from "./queries";
import { ReportInWords } from "./reports/Report";
import { TakeOver } from "./TakeOver";

export function ImportScreen() {
  const say = useSpeaker();
  const id = useParam("id") ?? "";
  const query = useQuery(importOf(id));
  if (query.data !== undefined) return <Shown key={id} import_={query.data} />;
  return (
    <Page title={say("imports.title")} back={<Back />}>
      <Allowed>
        <Loaded query={query}>{() => null}</Loaded>
      </Allowed>
    </Page>
  );
}

function Back() {
  const say = useSpeaker();
  return (
    <Link className="page-back" to="/dashboard/imports">
      {say("imports.title")}
    </Link>
  );
}

function Shown({ import_: one }: { import_: Import }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const nameOf = useSiteName();
  const [isThrowing, setIsThrowing] = useState(false);
  const [isTaking, setIsTaking] = useState(false);
  const bringing = useBringing((state) => state.bringing);
  // Here, where it outlasts the form that goes while the files are on their way.
  const bringIt = useBring();
  const report = useQuery({ ...reportOf(one), enabled: one.has_report && !isBusy(one) });
  const isOnTheWay = bringing?.id === one.id;
  const canTake = one.state === "checked" && !isOnTheWay && report.data !== undefined && hasChanges(report.data);
  useFreshScreens(one);
  return (
    <Page
      title={say(`imports.from.${one.wish.source}`)}
      back={<Back />}
      about={[nameOf(one), broughtBy(one, say)].filter((each) => each !== null).join(" · ")}
      actions={
        <>
          {!isBusy(one) && !isOnTheWay && <Button onClick={() => setIsThrowing(true)}>{say("imports.throw")}</Button>}
          {canTake && (
            <Button kind="primary" onClick={() => setIsTaking(true)}>
              {say("imports.takeOver")}
            </Button>
          )}
        </>
      }
    >
      <Stages import_={one} />
      {bringing !== null && isOnTheWay ? (
        <OnTheWay bringing={bringing} />
      ) : (
        <>
          <AtThisPoint import_={one} report={report.data} onBring={(files) => bringIt(one.wish, one.id, files)} />
          {one.has_report && !isBusy(one) && (
            <Loaded query={report}>
              {(found) => (
                <>
                  <ReportInWords report={found} />
                  <SaveReport report={found} day={one.created_at.slice(0, 10)} />
                </>
              )}
            </Loaded>
          )}
        </>
      )}
      {isThrowing && <ThrowAway import_={one} onGone={() => void navigate({ to: "/dashboard/imports" })} onClose={() => setIsThrowing(false)} />}
      {isTaking && report.data !== undefined && <TakeOver import_={one} report={report.data} siteName={nameOf(one)} onClose={() => setIsTaking(false)} />}
    </Page>
  );
}

/** What was taken over stands in lists that were asked for before. */
function useFreshScreens({ state }: Import) {
  const cache = useQueryClient();
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "importing" && state === "done") void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== IMPORTS[0] });
    before.current = state;
  }, [cache, state]);
}

const STAGES = ["brought", "lookedAt", "takenOver"] as const;

/** How many stages are behind, and whether one is under way. */
function stageOf({ state }: Import): number {
  return { open: 0, failed: 1, checking: 1, checked: 2, importing: 2, done: 3 }[state];
}

function Stages({ import_: one }: { import_: Import }) {
  const say = useSpeaker();
  const behind = stageOf(one);
  return (
    <section className="card stack" aria-label={say("imports.stages")}>
      <ol className="stages">
        {STAGES.map((stage, place) => (
          <li key={stage} data-state={place < behind ? "done" : place > behind ? "later" : one.state === "failed" ? "failed" : "now"} aria-current={place === Math.min(behind, STAGES.length - 1) ? "step" : undefined}>
            <span className="stage-mark">{place < behind ? <Icon name="check" size={16} /> : one.state === "failed" && place === behind ? <Icon name="close" size={16} /> : say.number(place + 1)}</span>
            <span>{say(`imports.stage.${stage}`)}</span>
          </li>
        ))}
      </ol>
      {one.files.length > 0 && (
        <p className="soft small break">
          {one.files.map(({ part, name, size }) => `${say(partWord(one.wish.source, part, isTable({ name })))}: ${name} (${say.bytes(size)})`).join(" · ")}
        </p>
      )}
      {isBusy(one) && (
        <div className="stack stack-tight" role="status">
          <span>{say(one.state === "checking" ? "imports.checking" : "imports.importing")}</span>
          <progress className="progress" aria-label={say(`imports.state.${one.state}`)} />
        </div>
      )}
    </section>
  );
}

interface AtThisPointProps {
  import_: Import;
  report: Report | undefined;
  onBring: (files: readonly Placed[]) => void;
}

/** What is to be said and done at this point. */
function AtThisPoint({ import_: one, report, onBring }: AtThisPointProps) {
  const say = useSpeaker();
  const [isBringing, setIsBringing] = useState(false);
  switch (one.state) {
    case "open":
      return <OtherFiles import_={one} onBring={onBring} />;
    case "checking":
    case "importing":
      return null;
    case "checked":
      return (
        <>
          <Notice
            kind="plain"
            action={
              <Button isSmall onClick={() => setIsBringing(!isBringing)} aria-expanded={isBringing}>
                {say("imports.anotherFile")}
              </Button>
            }
          >
            <p>
              <span className="strong">{say("imports.nothingChanged")}</span>{" "}
              {report !== undefined && say(hasChanges(report) ? "imports.readAndTake" : "imports.nothingToTake")}
            </p>
            <p className="soft small">{say("imports.keptUntil", { moment: say.moment(one.expires_at) })}</p>
          </Notice>
          {isBringing && <OtherFiles import_={one} onBring={onBring} />}
        </>
      );
    case "done":
      return report === undefined ? null : <Made import_={one} report={report} />;
    case "failed":
      return (
        <>
          <Problem import_={one} isBringing={isBringing} onTurn={() => setIsBringing(!isBringing)} />
          {isBringing && <OtherFiles import_={one} onBring={onBring} />}
        </>
      );
  }
}

/** Files take the place of those before, or come at last. */
function OtherFiles({ import_: one, onBring }: Pick<AtThisPointProps, "import_" | "onBring">) {
  const say = useSpeaker();
  const { wish } = one;
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const awaitsTable = wish.source === "sitemap" ? wish.table === true : undefined;
  const files = placedFor(wish.source, awaitsTable, chosen);
  const isOther = useBringing((state) => state.bringing) !== null;
  // What is there already need not come again.
  const canSend = isWhole(files) || (files.length > 0 && files.every(({ flaw }) => flaw === null) && one.files.some(({ part }) => part === "source"));
  return (
    <section className="card stack">
      <h2>{say(one.state === "open" ? "imports.bringFile" : "imports.anotherFile")}</h2>
      {one.state === "open" && <p className="soft">{say("imports.openAbout")}</p>}
      <FilesToBring source={wish.source} {...(awaitsTable === undefined ? {} : { awaitsTable })} chosen={chosen} onChange={setChosen} />
      <div className="row">
        <Button kind="primary" disabled={!canSend || isOther} onClick={() => onBring(files)}>
          {say("imports.look")}
        </Button>
        {isOther && <span className="soft">{say("imports.otherOnTheWay")}</span>}
      </div>
    </section>
  );
}

/** Nobody reads further down; the file has all of it. */
const MOST_LINES = 50;

function Problem({ import_: one, isBringing, onTurn }: { import_: Import; isBringing: boolean; onTurn: () => void }) {
  const say = useSpeaker();
  const again = useWrite({
    write: () => answer(client.POST("/api/v1/imports/{id}/check/", { params: { path: { id: one.id } } })),
    refresh: [IMPORTS],
  });
  const [head = "", ...lines] = (one.problem ?? "").split("\n").filter((line) => line.trim() !== "");
  return (
    <section className="card stack">
      <Notice kind="error">
        <p className="strong">{say("imports.failed")}</p>
        <p className="break">{head}</p>
      </Notice>
      {lines.length > 0 && (
        <ul className="bulleted break">
          {lines.slice(0, MOST_LINES).map((line, place) => (
            <li key={place}>{line}</li>
          ))}
        </ul>
      )}
      {lines.length > MOST_LINES && <p className="soft">{say("imports.moreLines", { count: say.number(lines.length - MOST_LINES) })}</p>}
      <div className="row">
        <Button kind={isBringing ? "plain" : "primary"} aria-expanded={isBringing} onClick={onTurn}>
          {say("imports.anotherFile")}
        </Button>
        <Button isBusy={again.isBusy} onClick={() => again.run(undefined)}>
          {say("imports.lookAgain")}
        </Button>
        {lines.length > MOST_LINES && (
          <Button kind="quiet" icon="download" onClick={() => takeAway(new Blob([one.problem ?? ""], { type: "text/plain" }), `${sourceFileOf(one) ?? one.wish.source}.txt`)}>
            {say("imports.saveLines")}
          </Button>
        )}
      </div>
      {again.error !== null && <Notice kind="error">{again.error}</Notice>}
    </section>
  );
}

function SaveReport({ report, day }: { report: Report; day: string }) {
  const say = useSpeaker();
  const save = () => takeAway(new Blob([JSON.stringify(report, null, 2)], { type: "application/json" }), `${report.source}-report-${day}.json`);
  return (
    <div className="row">
      <Button icon="download" onClick={save}>
        {say("imports.saveReport")}
      </Button>
    </div>
  );
}
