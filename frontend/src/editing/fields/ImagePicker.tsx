// Chooses a picture and says what it shows: from the library, from this device, dropped, pasted, or by its address. What
// comes from the library is `{ "media": ID, "alt": {...} }` in the document, the rest `{ "url": ..., "alt": {...} }`.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { addressOf } from "../../api/client";
import { useDrop } from "../../media/drop";
import { filesIn, isPicture } from "../../media/files";
import { MediaChooser } from "../../media/MediaChooser";
import { mediaItem, type MediaItem } from "../../media/queries";
import { Thumb } from "../../media/Thumb";
import { UploadList, useLocalPicture } from "../../media/UploadList";
import { type Upload, upload, useUploads } from "../../media/uploads";
import { useMay } from "../../shell/queries";
import { useSpeaker } from "../../state/interface";
import { Form, Input } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { Button, Dialog } from "../../ui/parts";
import { useEditing, useOriginal, useProblem, useValue } from "../context";
import { at, isObject, type Path } from "../document/paths";

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

/** The picture of a thing in the library; its own text is the library's until another is written here. */
export function pictureFrom(item: MediaItem): Picture {
  return { media: item.id };
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
  const { site, session } = useEditing();
  const mayUpload = useMay()("media.manage") && !isReadOnly;
  const [isChoosing, setIsChoosing] = useState(false);
  const [sending, setSending] = useState<number | null>(null);
  const under = useUploads((state) => state.uploads).find((each) => each.id === sending);
  const take = (files: File[]) => {
    const [started] = upload(files.filter(isPicture).slice(0, 1), site.id);
    if (started === undefined) return;
    setSending(started.id);
    const before = at(session.store.getState().document, path);
    void started.item.then((item) => {
      if (item === null) return;
      setSending(null);
      // Somebody may have chosen another picture, or left this place, in the meantime.
      if (at(session.store.getState().document, path) === before) onChange(pictureFrom(item));
    });
  };
  const drop = useDrop(mayUpload, take);
  return (
    <div
      className="picture"
      id={id}
      // A picture in the clipboard goes where the focus is.
      tabIndex={-1}
      data-over={drop.isOver}
      {...drop.listeners}
      onPaste={(event) => {
        const files = filesIn(event.clipboardData);
        if (!mayUpload || files.length === 0) return;
        event.preventDefault();
        event.stopPropagation();
        take(files);
      }}
    >
      {under !== undefined && under.item === null ? (
        <OnItsWay upload={under} />
      ) : picture === null ? (
        <div className="picture-empty">
          {isReadOnly ? (
            <span className="soft">{say("image.none")}</span>
          ) : (
            <>
              <Button isSmall icon="image" onClick={() => setIsChoosing(true)}>
                {say("image.choose")}
              </Button>
              {mayUpload && <span className="soft small">{say("image.orDrop")}</span>}
            </>
          )}
        </div>
      ) : (
        <>
          <Thumbnail picture={picture} />
          <div className="stack stack-narrow picture-side">
            <AltText path={[...path, "alt"]} picture={picture} />
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
        <ChoosePictures
          url={picture?.url ?? ""}
          onClose={() => setIsChoosing(false)}
          onChoose={([chosen]) => {
            setIsChoosing(false);
            if (chosen === undefined) return;
            // Another picture shows something else; its text is written anew.
            const isSame = picture !== null && picture.url === chosen.url && picture.media === chosen.media;
            onChange(isSame ? picture : chosen);
          }}
        />
      )}
    </div>
  );
}

/** A picture that is being uploaded stands in its place already. */
function OnItsWay({ upload: under }: { upload: Upload }) {
  const local = useLocalPicture(under.file);
  return (
    <>
      <div className="picture-frame">{local !== null && <img src={local} alt="" />}</div>
      <UploadList uploads={[under]} />
    </>
  );
}

interface ChoosePicturesProps {
  url?: string;
  isSeveral?: boolean;
  onChoose: (pictures: Picture[]) => void;
  onClose: () => void;
}

/** From the library first; by address for those who ask for it. */
export function ChoosePictures({ url = "", isSeveral = false, onChoose, onClose }: ChoosePicturesProps) {
  const { site } = useEditing();
  const maySee = useMay()("media.view");
  const [byAddress, setByAddress] = useState(url !== "");
  if (byAddress || !maySee) {
    return <PictureDialog url={url} {...(maySee ? { onLibrary: () => setByAddress(false) } : {})} onChoose={(address) => onChoose([{ url: address }])} onClose={onClose} />;
  }
  return <MediaChooser site={site.id} isSeveral={isSeveral} onChoose={(items) => onChoose(items.map(pictureFrom))} onAddress={() => setByAddress(true)} onClose={onClose} />;
}

export function Thumbnail({ picture }: { picture: Picture }) {
  if (picture.media !== undefined) return <FromLibrary id={picture.media} />;
  return <FromAddress url={picture.url} />;
}

function FromLibrary({ id }: { id: string }) {
  const say = useSpeaker();
  const item = useQuery(mediaItem(id));
  if (item.data !== undefined) return <Thumb item={item.data} />;
  return (
    <div className="picture-frame picture-broken">
      <Icon name="image" />
      <span className="small break">{item.isError ? say("image.gone") : say("image.noPreview")}</span>
    </div>
  );
}

function FromAddress({ url }: { url: string | undefined }) {
  const say = useSpeaker();
  const [broken, setBroken] = useState<string | null>(null);
  if (url === undefined || broken === url) {
    return (
      <div className="picture-frame picture-broken">
        <Icon name="image" />
        <span className="small break">{broken === null ? say("image.noPreview") : say("image.broken", { url: url ?? "" })}</span>
      </div>
    );
  }
  return (
    <div className="picture-frame">
      <img src={addressOf(url)} alt="" loading="lazy" onError={() => setBroken(url)} />
    </div>
  );
}

/** Shown beside the picture, so its own words describe nothing: the form's label does. */
function AltText({ path, picture }: { path: Path; picture: Picture }) {
  const say = useSpeaker();
  const { locale, isReadOnly } = useEditing();
  const item = useQuery({ ...mediaItem(picture.media ?? ""), enabled: picture.media !== undefined }).data;
  const place = [...path, locale];
  const [value, setValue] = useValue(place);
  const problem = useProblem(place, false);
  const original = useOriginal(place, true);
  const inLibrary = item?.alt[locale];
  const help = inLibrary !== undefined ? say("image.altInLibrary", { text: inLibrary }) : item === undefined ? say("image.altHelp") : say(item.decorative ? "image.altDecorative" : "image.altMissing");
  return (
    <label className="field">
      <span className="field-label">
        {say("image.alt")} <span className="field-language">{locale.toUpperCase()}</span>
      </span>
      <input className="control" lang={locale} dir="auto" disabled={isReadOnly} value={typeof value === "string" ? value : ""} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)} />
      {problem !== undefined && <span className="field-error">{problem}</span>}
      <span className="field-help">{typeof original === "string" ? original : help}</span>
    </label>
  );
}

interface PictureDialogProps {
  url: string;
  onChoose: (url: string) => void;
  onLibrary?: () => void;
  onClose: () => void;
}

function PictureDialog({ url, onChoose, onLibrary, onClose }: PictureDialogProps) {
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
        {isPictureAddress(address) && <FromAddress url={address} />}
        <div className="dialog-foot row-apart">
          {onLibrary === undefined ? (
            <span />
          ) : (
            <Button kind="quiet" onClick={onLibrary}>
              {say("image.fromLibrary")}
            </Button>
          )}
          <span className="row">
            <Button onClick={onClose}>{say("action.cancel")}</Button>
            <Button kind="primary" type="submit">
              {say("image.take")}
            </Button>
          </span>
        </div>
      </Form>
    </Dialog>
  );
}
