// Chooses a picture and says what it shows. Pictures come by address; a media library has its door here and nowhere else:
// it adds a way beside the address and hands on `{ "media": ID, "alt": {...} }` in the address' place.

import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Form, Input } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { Button, Dialog } from "../../ui/parts";
import { useEditing, useOriginal, useProblem, useValue } from "../context";
import { isObject, type Path } from "../document/paths";

export interface Picture {
  id?: string;
  url?: string;
  media?: string;
  alt?: Record<string, string>;
}

export function pictureOf(value: unknown): Picture | null {
  if (typeof value === "string" && value !== "") return { url: value };
  return isObject(value) ? value : null;
}

/** The server's rule for pictures: a file, not a telephone. */
function isPictureAddress(text: string): boolean {
  return /^(https?:\/\/[^/?#\s]+|\/(?!\/))[^\s\\<>"`]*$/i.test(text);
}

interface ImagePickerProps {
  id: string;
  /** Where the picture stands in the document; its text lies below. */
  path: Path;
  picture: Picture | null;
  isReadOnly: boolean;
  /** In a gallery the item is removed, not its picture. */
  isItem?: boolean;
  onChange: (picture: Picture | null) => void;
}

export function ImagePicker({ id, path, picture, isReadOnly, isItem = false, onChange }: ImagePickerProps) {
  const say = useSpeaker();
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <div className="picture" id={id} tabIndex={-1}>
      {picture === null ? (
        <div className="picture-empty">
          {isReadOnly ? (
            <span className="soft">{say("image.none")}</span>
          ) : (
            <Button isSmall icon="image" onClick={() => setIsChoosing(true)}>
              {say("image.choose")}
            </Button>
          )}
        </div>
      ) : (
        <>
          <Thumbnail picture={picture} />
          <div className="stack stack-narrow picture-side">
            <AltText path={[...path, "alt"]} />
            {!isReadOnly && (
              <div className="row">
                <Button isSmall onClick={() => setIsChoosing(true)}>
                  {say("image.replace")}
                </Button>
                {!isItem && (
                  <Button kind="quiet-danger" isSmall onClick={() => onChange(null)}>
                    {say("action.remove")}
                  </Button>
                )}
              </div>
            )}
          </div>
        </>
      )}
      {isChoosing && (
        <PictureDialog
          url={picture?.url ?? ""}
          onClose={() => setIsChoosing(false)}
          onChoose={(url) => {
            // Another picture shows something else; its text is written anew.
            onChange(picture !== null && picture.url === url ? picture : { url });
            setIsChoosing(false);
          }}
        />
      )}
    </div>
  );
}

export function Thumbnail({ picture }: { picture: Picture }) {
  const say = useSpeaker();
  const [broken, setBroken] = useState<string | null>(null);
  if (picture.url === undefined || broken === picture.url) {
    return (
      <div className="picture-frame picture-broken">
        <Icon name="image" />
        <span className="small break">{broken === null ? say("image.noPreview") : say("image.broken", { url: picture.url ?? "" })}</span>
      </div>
    );
  }
  return (
    <div className="picture-frame">
      <img src={picture.url} alt="" loading="lazy" onError={() => setBroken(picture.url ?? null)} />
    </div>
  );
}

/** Shown beside the picture, so its own words describe nothing: the form's label does. */
function AltText({ path }: { path: Path }) {
  const say = useSpeaker();
  const { locale, isReadOnly } = useEditing();
  const place = [...path, locale];
  const [value, setValue] = useValue(place);
  const problem = useProblem(place, false);
  const original = useOriginal(place, true);
  return (
    <label className="field">
      <span className="field-label">
        {say("image.alt")} <span className="field-language">{locale.toUpperCase()}</span>
      </span>
      <input className="control" lang={locale} dir="auto" disabled={isReadOnly} value={typeof value === "string" ? value : ""} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)} />
      {problem !== undefined && <span className="field-error">{problem}</span>}
      <span className="field-help">{typeof original === "string" ? original : say("image.altHelp")}</span>
    </label>
  );
}

export function PictureDialog({ url, onChoose, onClose }: { url: string; onChoose: (url: string) => void; onClose: () => void }) {
  const say = useSpeaker();
  const [typed, setTyped] = useState(url);
  const [isWrong, setIsWrong] = useState(false);
  const address = typed.trim();
  return (
    <Dialog title={say("image.choose")} closeLabel={say("action.close")} onClose={onClose}>
      <Form
        onSubmit={() => {
          if (isPictureAddress(address)) onChoose(address);
          else setIsWrong(true);
        }}
      >
        <Input
          name="/url"
          label={say("image.url")}
          help={say("image.urlHelp")}
          inputMode="url"
          autoComplete="off"
          value={typed}
          error={isWrong ? say("image.urlWrong") : undefined}
          onChange={(text) => {
            setTyped(text);
            setIsWrong(false);
          }}
        />
        {isPictureAddress(address) && <Thumbnail picture={{ url: address }} />}
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit">
            {say("image.take")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
