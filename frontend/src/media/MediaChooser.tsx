// Chooses pictures for a place of a document: from the library, from this device, by paste, or by their address.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { useMay } from "../shell/queries";
import { Paging } from "../shell/Paging";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Button, Dialog, Empty } from "../ui/parts";
import { ChooseFiles, useDrop } from "./drop";
import { filesIn } from "./files";
import { MediaGrid } from "./MediaGrid";
import { mediaList, type MediaItem } from "./queries";
import { UploadList } from "./UploadList";
import { upload, useUploads } from "./uploads";

const ON_A_PAGE = 24;
const TYPING_MS = 250;

interface MediaChooserProps {
  site: string;
  /** Several at once, for a gallery. */
  isSeveral: boolean;
  onChoose: (items: MediaItem[]) => void;
  onAddress: () => void;
  onClose: () => void;
}

export function MediaChooser({ site, isSeveral, onChoose, onAddress, onClose }: MediaChooserProps) {
  const say = useSpeaker();
  const mayUpload = useMay()("media.manage");
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<readonly MediaItem[]>([]);
  const [started, setStarted] = useState<readonly number[]>([]);
  const mine = useUploads((state) => state.uploads).filter((each) => started.includes(each.id));
  const query = useQuery(mediaList({ kind: "image", search, page }, ON_A_PAGE));
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => {
      setSearch(typed.trim());
      setPage(1);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, search]);

  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const take = (files: File[]) => {
    const sending = upload(isSeveral ? files : files.slice(0, 1), site);
    setStarted((before) => [...before, ...sending.map(({ id }) => id)]);
    for (const { item } of sending) {
      void item.then((made) => {
        if (made === null || !isThere.current) return;
        // What was uploaded here is meant for here.
        if (isSeveral) setChosen((before) => (before.some(({ id }) => id === made.id) ? before : [...before, made]));
        else onChoose([made]);
      });
    }
  };
  const drop = useDrop(mayUpload, take);
  const toggle = (item: MediaItem) => {
    if (!isSeveral) onChoose([item]);
    else setChosen(chosen.some(({ id }) => id === item.id) ? chosen.filter(({ id }) => id !== item.id) : [...chosen, item]);
  };
  return (
    <Dialog title={say(isSeveral ? "image.chooseSeveral" : "image.choose")} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      <div
        className="stack chooser"
        data-over={drop.isOver}
        {...drop.listeners}
        onPaste={(event) => {
          const files = filesIn(event.clipboardData);
          if (files.length === 0 || !mayUpload) return;
          event.preventDefault();
          take(files);
        }}
      >
        <div className="row">
          <input type="search" className="control chooser-search" aria-label={say("media.search")} placeholder={say("media.search")} value={typed} onChange={(event) => setTyped(event.target.value)} />
          {mayUpload && (
            <ChooseFiles isSeveral={isSeveral} onFiles={take}>
              {say("media.upload")}
            </ChooseFiles>
          )}
        </div>
        {mayUpload && <p className="soft small">{say("image.chooseHelp")}</p>}
        {mine.length > 0 && <UploadList uploads={mine} />}
        <Loaded query={query} lines={4}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty>{search === "" ? say("media.emptyPictures") : say("list.nothing", { search })}</Empty>
            ) : (
              <MediaGrid items={found.results} {...(isSeveral ? { marked: chosen.map(({ id }) => id), onMark: toggle } : {})} onOpen={toggle} />
            )
          }
        </Loaded>
        {query.data !== undefined && <Paging page={page} size={ON_A_PAGE} count={query.data.count} onTurn={setPage} />}
      </div>
      <div className="dialog-foot row-apart">
        <Button kind="quiet" onClick={onAddress}>
          {say("image.byAddress")}
        </Button>
        {isSeveral ? (
          <Button kind="primary" disabled={chosen.length === 0} onClick={() => onChoose([...chosen])}>
            {say.count("image.takeSeveral", chosen.length)}
          </Button>
        ) : (
          <Button onClick={onClose}>{say("action.cancel")}</Button>
        )}
      </div>
    </Dialog>
  );
}
