// The library: every picture and document of the organization. Filters, the page and what is open stand in the address.

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { DeleteMedia } from "../media/DeleteMedia";
import { ChooseFiles, DropVeil, useDropAnywhere } from "../media/drop";
import { FILES } from "../media/files";
import { MediaGrid } from "../media/MediaGrid";
import { MediaPanel } from "../media/MediaPanel";
import { type MediaItem, mediaList, type MediaWish, PAGE_SIZE } from "../media/queries";
import { upload } from "../media/uploads";
import { usePageNumber, useQueryParam } from "../shell/address";
import { Paging } from "../shell/Paging";
import { sites, useMay } from "../shell/queries";
import { SearchBox } from "../shell/Search";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Button, Empty } from "../ui/parts";

const SHOWS = ["all", "without_alt", "unused"] as const;

export function Media() {
  const say = useSpeaker();
  const navigate = useNavigate();
  const mayManage = useMay()("media.manage");
  const known = useQuery(sites).data?.results ?? [];
  const [search, site, show, kind, item] = [useQueryParam("search"), useQueryParam("site"), useQueryParam("show"), useQueryParam("kind"), useQueryParam("item")];
  const page = usePageNumber();
  const wish: MediaWish = {
    search,
    site,
    page,
    show: show === "without_alt" || show === "unused" ? show : undefined,
    kind: kind === "image" || kind === "document" ? kind : undefined,
  };
  const query = useQuery(mediaList(wish));
  const [marked, setMarked] = useState<readonly MediaItem[]>([]);
  const [isDeleting, setIsDeleting] = useState(false);
  const go = (values: Record<string, string | number | undefined>, isSmall = false) =>
    void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, ...(isSmall ? {} : { page: undefined }), ...values }), replace: !("item" in values) });
  const take = (files: File[]) => void upload(files, site ?? null);
  const isOver = useDropAnywhere(mayManage, take);
  const isFiltered = search !== undefined || site !== undefined || wish.show !== undefined || wish.kind !== undefined;
  const add = mayManage && (
    <ChooseFiles kind="primary" accept={FILES} onFiles={take}>
      {say("media.upload")}
    </ChooseFiles>
  );
  return (
    <Page title={say("media.title")} about={say(mayManage ? "media.about" : "media.aboutReadOnly")} size="wide" actions={add}>
      {isOver && <DropVeil />}
      <div className="media-filters">
        <SearchBox label={say("media.search")} value={search ?? ""} onChange={(text) => go({ search: text === "" ? undefined : text })} />
        <div className="segments" role="group" aria-label={say("media.show")}>
          {SHOWS.map((each) => (
            <button type="button" key={each} className="segment" aria-pressed={(wish.show ?? "all") === each} onClick={() => go({ show: each === "all" ? undefined : each })}>
              {say(`media.show.${each}`)}
            </button>
          ))}
        </div>
        <select className="control control-inline" aria-label={say("media.kind")} value={wish.kind ?? ""} onChange={(event) => go({ kind: event.target.value === "" ? undefined : event.target.value })}>
          <option value="">{say("media.kind.all")}</option>
          <option value="image">{say("media.kind.image")}</option>
          <option value="document">{say("media.kind.document")}</option>
        </select>
        {known.length > 1 && (
          <select className="control control-inline" aria-label={say("sites.site")} value={site ?? ""} onChange={(event) => go({ site: event.target.value === "" ? undefined : event.target.value })}>
            <option value="">{say("team.allSites")}</option>
            {known.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        )}
      </div>
      {marked.length > 0 && (
        <div className="notice media-marked" role="status">
          <span className="grow">{say.count("media.marked", marked.length)}</span>
          <Button isSmall onClick={() => setMarked([])}>
            {say("media.unmark")}
          </Button>
          <Button kind="quiet-danger" isSmall icon="bin" onClick={() => setIsDeleting(true)}>
            {say("action.delete")}
          </Button>
        </div>
      )}
      <div className="media-body" data-open={item !== undefined}>
        <div className="stack">
          <Loaded query={query}>
            {(found) =>
              found.results.length === 0 ? (
                <div className="card">{isFiltered ? <NothingFound onReset={() => go({ search: undefined, site: undefined, show: undefined, kind: undefined })} /> : <Empty action={add}>{say(mayManage ? "media.empty" : "media.emptyReadOnly")}</Empty>}</div>
              ) : (
                <MediaGrid
                  items={found.results}
                  open={item}
                  {...(mayManage
                    ? {
                        marked: marked.map(({ id }) => id),
                        onMark: (one: MediaItem, isMarked: boolean) => setMarked(isMarked ? [...marked, one] : marked.filter(({ id }) => id !== one.id)),
                      }
                    : {})}
                  onOpen={(one) => go({ item: one.id === item ? undefined : one.id }, true)}
                />
              )
            }
          </Loaded>
          {query.data !== undefined && <Paging page={page} size={PAGE_SIZE} count={query.data.count} onTurn={(to) => go({ page: to === 1 ? undefined : to }, true)} />}
        </div>
        {item !== undefined && <MediaPanel id={item} onClose={() => go({ item: undefined }, true)} />}
      </div>
      {isDeleting && (
        <DeleteMedia
          items={marked}
          onClose={() => setIsDeleting(false)}
          onDone={() => {
            if (marked.some(({ id }) => id === item)) go({ item: undefined }, true);
            setMarked([]);
          }}
        />
      )}
    </Page>
  );
}

function NothingFound({ onReset }: { onReset: () => void }) {
  const say = useSpeaker();
  return <Empty action={<Button onClick={onReset}>{say("media.showAll")}</Button>}>{say("media.nothing")}</Empty>;
}
