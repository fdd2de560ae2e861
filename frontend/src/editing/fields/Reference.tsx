// Another entry of the site, by its name.

import { useQuery } from "@tanstack/react-query";

import { entriesOf } from "../../shell/queries";
import { useSpeaker } from "../../state/interface";
import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

export function ReferenceField(props: KindProps<"reference">) {
  const say = useSpeaker();
  const { site } = useEditing();
  const [value, setValue] = useValue(props.path);
  const known = useQuery(entriesOf(site.id, props.kind.to)).data?.results;
  const chosen = typeof value === "string" ? value : "";
  return (
    <Frame of={props}>
      {(control) => (
        <select className="control" {...control} value={chosen} onChange={(event) => setValue(event.target.value === "" ? undefined : event.target.value)}>
          <option value="">–</option>
          {chosen !== "" && known?.some((entry) => entry.id === chosen) !== true && <option value={chosen}>{say(known === undefined ? "state.loading" : "edit.deletedThing")}</option>}
          {known?.map((entry) => (
            <option key={entry.id} value={entry.id}>
              {entry.title}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}
