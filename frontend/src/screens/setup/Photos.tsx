// The photographs of a new website. They go to the server as soon as they are chosen: whoever comes back after a lost line
// or a closed window finds them here again.

import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { answer, client, type Schemas } from "../../api/client";
import { move } from "../../editing/document/lists";
import { ChooseFiles, DropVeil, useDropAnywhere } from "../../media/drop";
import { mediaList, type MediaItem } from "../../media/queries";
import { Thumb } from "../../media/Thumb";
import { UploadList } from "../../media/UploadList";
import { dismiss, isUnderWay, upload, useUploads } from "../../media/uploads";
import { useQueryParam } from "../../shell/address";
import { explain, queryClient, roles, useMay, useWrite } from "../../shell/queries";
import { Failed } from "../../shell/states";
import { useAnnouncement, useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button, Notice, Skeleton } from "../../ui/parts";
import { useReorder } from "../../ui/reorder";
import { placePhotos } from "./placing";
import { useSetUpSite } from "./made";
import { Step } from "./Steps";

/** As many as a gallery takes with its opening picture. */
const MOST_PHOTOS = 60;

export function Photos() {
  const say = useSpeaker();
  const wanted = useQueryParam("site");
  const made = useSetUpSite(wanted);
  const mayBring = useMay()("media.manage");
  const known = useQuery({ ...roles, enabled: made.site !== undefined });
  if (made.signIn) return <Navigate to="/dashboard/sign-in" search={{ next: `/setup/photos?site=${wanted ?? ""}` }} replace />;
  // Who may not bring photographs is not asked for any.
  if (made.site !== undefined && known.isSuccess && !mayBring) return <Navigate to="/setup/website" search={{ site: made.site.id }} replace />;
  if (made.site !== undefined && mayBring) return <Chosen site={made.site} />;
  if (made.isMissing) return <Navigate to="/dashboard" replace />;
  return (
    <Step step="photos" title={say("photos.title")} about={say("photos.about")}>
      {made.error !== null ? <Failed error={made.error} retry={made.retry} /> : <Skeleton label={say("state.loading")} />}
    </Step>
  );
}

function Chosen({ site }: { site: Schemas["Site"] }) {
  const say = useSpeaker();
  const navigate = useNavigate();
  const announce = useAnnouncement((state) => state.announce);
  const there = useQuery(mediaList({ kind: "image", site: site.id }, MOST_PHOTOS));
  const sending = useUploads((state) => state.uploads);
  const [order, setOrder] = useState<readonly string[]>([]);
  const [alts, setAlts] = useState<Record<string, string>>({});
  const photos = inOrder(there.data?.results ?? [], order);
  const left = sending.filter(isUnderWay).length;
  const take = (files: File[]) => void upload(files, site.id);
  const isOver = useDropAnywhere(true, take);
  const reorder = useReorder(photos.length, (from, to) => {
    setOrder(move(photos, from, to).map(({ id }) => id));
    announce(say("edit.moved", { place: say.number(to + 1), of: say.number(photos.length) }));
  });
  const place = useWrite({
    write: async () => {
      for (const photo of photos) {
        const alt = alts[photo.id]?.trim();
        if (alt === undefined || alt === photo.alt[site.default_locale]) continue;
        const kept: Record<string, string> = {};
        for (const [locale, text] of Object.entries(photo.alt)) if (locale !== site.default_locale) kept[locale] = text;
        if (alt !== "") kept[site.default_locale] = alt;
        await answer(client.PATCH("/api/v1/media/{id}/", { params: { path: { id: photo.id } }, body: { version: photo.version, alt: kept } }));
        await queryClient.invalidateQueries({ queryKey: ["media", "list"] });
      }
      await placePhotos(site.id, photos.filter(({ state }) => state !== "failed").map(({ id }) => id));
    },
    done: () => {
      dismiss(sending.map(({ id }) => id));
      void navigate({ to: "/setup/website", search: { site: site.id } });
    },
  });
  const remove = useWrite({
    write: (photo: MediaItem) => answer(client.DELETE("/api/v1/media/{id}/", { params: { path: { id: photo.id }, query: { even_if_used: true } } })),
    refresh: [["media", "list"]],
  });
  const seen = sending.filter(({ state }) => state !== "done" && state !== "known");
  return (
    <Step step="photos" title={say("photos.title")} about={say("photos.about")}>
      {isOver && <DropVeil />}
      <div className="stack">
        <div className="drop">
          <Icon name="image" />
          <p className="drop-words">{say("photos.drop")}</p>
          <div className="row">
            <ChooseFiles onFiles={take}>{say("photos.choose")}</ChooseFiles>
            <span className="photos-camera">
              <ChooseFiles isCamera isSeveral={false} onFiles={take}>
                {say("photos.camera")}
              </ChooseFiles>
            </span>
          </div>
        </div>
        {seen.length > 0 && <UploadList uploads={seen} />}
        {there.isError && <Failed error={there.error} retry={() => void there.refetch()} />}
        {photos.length > 0 && <p className="field-help">{say("photos.altHelp")}</p>}
        {photos.length > 0 && (
          <ol className="photos" aria-label={say("photos.list")}>
            {photos.map((photo, index) => (
              <li key={photo.id} className="photo" data-item data-drag={reorder.mark(index)}>
                <button
                  type="button"
                  className="handle"
                  aria-label={say("edit.moveThing", { name: photo.name })}
                  title={say("edit.moveHelp")}
                  {...reorder.handle(index)}
                  onKeyDown={reorder.keys(index)}
                >
                  <Icon name="handle" size={16} />
                </button>
                <Thumb item={photo} />
                <div className="grow stack stack-tight">
                  <span className="row row-apart photo-words">
                    <label className="small" htmlFor={`alt-${photo.id}`}>
                      {say("photos.alt")}
                    </label>
                    <span className="small soft">{say(index === 0 ? "photos.first" : "photos.other")}</span>
                  </span>
                  <input
                    id={`alt-${photo.id}`}
                    className="control"
                    lang={site.default_locale}
                    dir="auto"
                    value={alts[photo.id] ?? photo.alt[site.default_locale] ?? ""}
                    onChange={(event) => setAlts({ ...alts, [photo.id]: event.target.value })}
                  />
                </div>
                <Button kind="quiet" isSmall icon="close" aria-label={say("action.removeThing", { name: photo.name })} disabled={remove.isBusy} onClick={() => remove.run(photo)} />
              </li>
            ))}
          </ol>
        )}
        {remove.error !== null && <Notice kind="error">{remove.error}</Notice>}
        {place.refusal !== null && (
          <Notice kind="error">
            <p>{explain(place.refusal, say)}</p>
            <p>{say("photos.safe")}</p>
          </Notice>
        )}
        <div className="row row-apart">
          <Button kind="quiet" onClick={() => void navigate({ to: "/setup/website", search: { site: site.id } })}>
            {say(photos.length === 0 ? "photos.skip" : "photos.skipPlacing")}
          </Button>
          <Button kind="primary" disabled={photos.length === 0 || left > 0} isBusy={place.isBusy} onClick={() => place.run(undefined)}>
            {place.isBusy ? say("setup.busy") : left > 0 ? say.count("photos.wait", left) : say("photos.place")}
          </Button>
        </div>
      </div>
    </Step>
  );
}

/** In the order that was chosen; what came since stands behind, the earlier ones first. */
function inOrder(items: readonly MediaItem[], order: readonly string[]): MediaItem[] {
  const rank = ({ id }: MediaItem) => (order.includes(id) ? order.indexOf(id) : order.length);
  return [...items].sort((a, b) => rank(a) - rank(b) || a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id));
}

