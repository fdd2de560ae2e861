import { useSpeaker } from "../../state/interface";
import { Button } from "../../ui/parts";
import { useValue } from "../context";
import { at } from "../document/paths";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";
import { useTyped } from "./typed";

/** Latitude and longitude in one line, as every map copies them. */
function read(text: string): unknown {
  const [latitude, longitude, ...rest] = text.split(/[,;\s]+/).filter(Boolean).map(Number);
  if (latitude === undefined || longitude === undefined || rest.length > 0 || !(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
  return { latitude, longitude };
}

function write(value: unknown): string {
  const [latitude, longitude] = [at(value, ["latitude"]), at(value, ["longitude"])];
  return typeof latitude === "number" && typeof longitude === "number" ? `${latitude}, ${longitude}` : typeof value === "string" ? value : "";
}

export function GeoField(props: KindProps<"geo">) {
  const say = useSpeaker();
  const [value] = useValue(props.path);
  const typed = useTyped(props.path, write, read);
  const place = write(value);
  return (
    <Frame of={{ ...props, help: props.help === "" ? say("edit.geoHelp") : props.help }} isDeep>
      {(control) => (
        <div className="row row-fixed">
          <input className="control" type="text" inputMode="text" autoComplete="off" {...control} {...typed} />
          {place !== "" && (
            <Button isSmall icon="open" onClick={() => window.open(`https://www.openstreetmap.org/?mlat=${place.replace(", ", "&mlon=")}&zoom=17`, "_blank", "noopener")}>
              {say("edit.onMap")}
            </Button>
          )}
        </div>
      )}
    </Frame>
  );
}
