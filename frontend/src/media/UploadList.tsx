// Files on their way: how far each is, what was wrong with it, and what can be done.

import { useEffect, useState } from "react";

import { explain } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button } from "../ui/parts";
import type { Speaker } from "../words";
import { LARGEST_BYTES } from "./files";
import { dismiss, isUnderWay, retry, stop, type Upload, useUploads } from "./uploads";

/** What is to be told of an upload, as a sentence. */
export function uploadInWords(upload: Upload, say: Speaker): string {
  switch (upload.state) {
    case "waiting":
      return say("upload.waiting");
    case "sending":
      // What has left is being looked at by the server.
      return upload.sent >= 1 ? say("upload.checking") : say("upload.sent", { percent: say.number(Math.floor(upload.sent * 100)), size: say.bytes(upload.file.size) });
    case "done":
      return say("upload.done");
    case "known":
      return say("upload.known");
    case "stopped":
      return say("upload.stopped");
    case "refused":
    case "failed":
      return upload.flaw === null ? explain(upload.refusal, say) : say(`upload.flaw.${upload.flaw}`, { most: say.bytes(LARGEST_BYTES) });
  }
}

/** What went well is put away by itself, once it could be read. */
const SHOWN_FOR_MS = 6000;

const MARKS = { waiting: "image", sending: "image", done: "check", known: "check", stopped: "close", refused: "warning", failed: "warning" } as const;

export function UploadList({ uploads }: { uploads: readonly Upload[] }) {
  return (
    <ul className="uploads">
      {uploads.map((upload) => (
        <UploadRow key={upload.id} upload={upload} />
      ))}
    </ul>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const say = useSpeaker();
  const { id, file, state } = upload;
  const name = file.name === "" ? say("media.pasted") : file.name;
  return (
    <li className="upload" data-state={state}>
      <Icon name={MARKS[state]} size={16} />
      <div className="grow stack stack-tight">
        <span className="upload-name">{name}</span>
        <span className="small upload-words">{uploadInWords(upload, say)}</span>
        {state === "sending" && <progress className="progress" aria-label={say("upload.of", { name })} max={1} value={upload.sent} />}
      </div>
      {isUnderWay(upload) ? (
        <Button kind="quiet" isSmall aria-label={say("upload.stop", { name })} title={say("action.cancel")} onClick={() => stop(id)}>
          <Icon name="close" size={16} />
        </Button>
      ) : (
        <span className="row row-fixed">
          {(state === "failed" || state === "stopped") && (
            <Button isSmall aria-label={say("upload.retry", { name })} onClick={() => retry(id)}>
              {say("action.retry")}
            </Button>
          )}
          <Button kind="quiet" isSmall aria-label={say("upload.dismiss", { name })} title={say("action.close")} onClick={() => dismiss([id])}>
            <Icon name="close" size={16} />
          </Button>
        </span>
      )}
    </li>
  );
}

/** Shown on every screen while files are on their way, until what became of them was seen. */
export function UploadTray() {
  const say = useSpeaker();
  const uploads = useUploads((state) => state.uploads);
  const [isFolded, setIsFolded] = useState(false);
  const isAllThere = uploads.length > 0 && uploads.every(({ state }) => state === "done" || state === "known");
  useEffect(() => {
    if (!isAllThere) return;
    const timer = setTimeout(() => dismiss(useUploads.getState().uploads.map(({ id }) => id)), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [isAllThere]);
  if (uploads.length === 0) return null;
  const left = uploads.filter(isUnderWay).length;
  const wrong = uploads.filter(({ state }) => state === "refused" || state === "failed").length;
  const there = uploads.filter(({ state }) => state === "done" || state === "known").length;
  const title = left > 0 ? say.count("upload.left", left) : wrong > 0 ? say.count("upload.wrong", wrong) : say.count("upload.there", there);
  return (
    <section className="tray" aria-label={say("upload.title")}>
      <div className="tray-head">
        <span className="strong grow" role="status">
          {title}
        </span>
        <Button kind="quiet" isSmall aria-expanded={!isFolded} aria-label={say(isFolded ? "upload.unfold" : "upload.fold")} onClick={() => setIsFolded(!isFolded)}>
          <Icon name={isFolded ? "up" : "down"} size={16} />
        </Button>
        {left === 0 && (
          <Button kind="quiet" isSmall aria-label={say("upload.clear")} onClick={() => dismiss(uploads.map(({ id }) => id))}>
            <Icon name="close" size={16} />
          </Button>
        )}
      </div>
      {!isFolded && <UploadList uploads={uploads} />}
    </section>
  );
}

/** A picture of a file that is still here, for as long as it is shown. */
export function useLocalPicture(file: File): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!file.type.startsWith("image/")) return;
    const made = URL.createObjectURL(file);
    // The address exists for as long as this effect does; it cannot be made while rendering.
    const shown = requestAnimationFrame(() => setAddress(made));
    return () => {
      cancelAnimationFrame(shown);
      URL.revokeObjectURL(made);
    };
  }, [file]);
  return address;
}
