// A file of the library that guests can open: a menu, a floor plan, a brochure; with its name in each language.

import { useQuery } from "@tanstack/react-query";

import { mediaItem, mediaList } from "../../media/queries";
import { useSpeaker } from "../../state/interface";
import { useEditing, useValue } from "../context";
import { at, isObject } from "../document/paths";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

/** As many as one answer holds: a house has some dozens of brochures. */
const MOST_TO_CHOOSE = 200;

export function FileField(props: KindProps<"file">) {
  const say = useSpeaker();
  const { site, locale } = useEditing();
  const [value, setValue] = useValue(props.path);
  const [label, setLabel] = useValue([...props.path, "label", locale]);
  const media = at(value, ["media"]);
  const chosen = typeof media === "string" ? media : "";
  const documents = useQuery(mediaList({ kind: "document", site: site.id }, MOST_TO_CHOOSE)).data?.results ?? [];
  const item = useQuery({ ...mediaItem(chosen), enabled: chosen !== "" });
  const name = item.data?.name ?? say(item.isError ? "edit.deletedThing" : "state.loading");
  return (
    <Frame of={props} isGroup isDeep>
      {(control) => (
        <div className="stack stack-narrow">
          <select
            className="control"
            {...control}
            aria-label={say("file.choose", { name: props.label })}
            value={chosen}
            onChange={(event) => setValue(event.target.value === "" ? undefined : { ...(isObject(value) ? value : {}), media: event.target.value })}
          >
            <option value="">–</option>
            {chosen !== "" && !documents.some((each) => each.id === chosen) && <option value={chosen}>{name}</option>}
            {documents.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
          {documents.length === 0 && chosen === "" && <span className="soft small">{say("file.none")}</span>}
          {chosen !== "" && (
            <label className="field">
              <span className="field-label">
                {say("file.label")} <span className="field-language">{locale.toUpperCase()}</span>
              </span>
              <input className="control" lang={locale} dir="auto" disabled={control.disabled} value={typeof label === "string" ? label : ""} onChange={(event) => setLabel(event.target.value === "" ? undefined : event.target.value)} />
            </label>
          )}
        </div>
      )}
    </Frame>
  );
}
