// Files are dropped or chosen; of each it is said what it is to the import, and what is wrong with it before anything is sent.

import { useId } from "react";

import { ChooseFiles, useDrop } from "../media/drop";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button } from "../ui/parts";
import { added, type Chosen, endingsOf, isIndex, isTable, largestOf, type Placed, placed, readable, type Source, takesSeveral } from "./files";

interface FilesToBringProps {
  source: Source;
  /** Of a list of addresses that was begun before: whether a table is awaited, or sitemaps. */
  awaitsTable?: boolean;
  chosen: readonly Chosen[];
  onChange: (chosen: readonly Chosen[]) => void;
  error?: string | null;
}

export function FilesToBring({ source, awaitsTable, chosen, onChange, error = null }: FilesToBringProps) {
  const say = useSpeaker();
  const label = useId();
  const take = async (files: readonly File[]) => {
    const more = await Promise.all(files.map(async (file) => ({ file, isIndex: await isIndex(file) })));
    onChange(added(source, chosen, more));
  };
  const { isOver, listeners } = useDrop(true, (files) => void take(files));
  const files = placedFor(source, awaitsTable, chosen);
  return (
    <div className="field">
      <div className="field-label" id={label}>
        {say("imports.files")}
      </div>
      <div className="drop" role="group" aria-labelledby={label} data-over={isOver} {...listeners}>
        {files.length > 0 && (
          <ul className="uploads">
            {files.map((each) => (
              <FileToBring key={each.file.name} source={source} placed={each} onRemove={() => onChange(chosen.filter(({ file }) => file !== each.file))} />
            ))}
          </ul>
        )}
        <div className="row">
          <ChooseFiles accept={endingsOf(source).join(",")} isSeveral={takesSeveral(source)} isSmall={files.length > 0} onFiles={(more) => void take(more)}>
            {say(files.length === 0 ? (takesSeveral(source) ? "imports.chooseSeveral" : "imports.choose") : takesSeveral(source) ? "imports.chooseMore" : "imports.chooseAnother")}
          </ChooseFiles>
          <span className="soft small drop-words">{say("imports.orDrop")}</span>
        </div>
      </div>
      {error !== null && (
        <div className="field-error" role="alert">
          <Icon name="warning" size={16} />
          <span>{error}</span>
        </div>
      )}
      <div className="field-help">
        {say(`imports.filesHelp.${source}`, { most: say.bytes(readable(largestOf(source))), pictures: say.bytes(readable(largestOf(source, "attachments"))) })}
      </div>
    </div>
  );
}

/** What is wrong is said of the file at once; one that another source awaits is wrong too. */
export function placedFor(source: Source, awaitsTable: boolean | undefined, chosen: readonly Chosen[]): Placed[] {
  return placed(source, chosen).map((each) => (awaitsTable !== undefined && each.flaw === null && isTable(each.file) !== awaitsTable ? { ...each, flaw: "ending" } : each));
}

function FileToBring({ source, placed: { file, part, flaw, largest }, onRemove }: { source: Source; placed: Placed; onRemove: () => void }) {
  const say = useSpeaker();
  return (
    <li className="upload" data-state={flaw === null ? "waiting" : "refused"}>
      <Icon name={flaw === null ? "page" : "warning"} size={16} />
      <div className="grow stack stack-tight">
        <span className="upload-name">{file.name}</span>
        <span className="small upload-words">
          {flaw === null ? `${say(partWord(source, part, isTable(file)))}, ${say.bytes(file.size)}` : say(`imports.flaw.${flaw}`, { most: say.bytes(readable(largest)) })}
        </span>
      </div>
      <Button kind="quiet" isSmall aria-label={say("action.removeThing", { name: file.name })} title={say("action.remove")} onClick={onRemove}>
        <Icon name="close" size={16} />
      </Button>
    </li>
  );
}

/** What a file is to its source, in words. */
export function partWord(source: Source, part: Placed["part"], isOfTable: boolean) {
  if (part !== "source") return `imports.part.${part}` as const;
  return source === "sitemap" && isOfTable ? "imports.part.table" : (`imports.part.${source}` as const);
}
