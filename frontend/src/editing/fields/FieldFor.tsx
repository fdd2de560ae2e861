// A declared field as the component of its kind, at its place in the document.

import { type ComponentType, createElement } from "react";

import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { useEditing } from "../context";
import type { Field, FieldKind } from "../document/declared";
import type { Path } from "../document/paths";
import { Inherited, useStanding } from "../Inherited";
import type { KindName, KindProps } from "./kind";
import { KINDS } from "./registry";

export function FieldFor({ field, path, isBare = false }: { field: Field; path: Path; isBare?: boolean }) {
  const say = useSpeaker();
  const { locale } = useEditing();
  const place = [...path, field.name, ...(field.localized ? [locale] : [])];
  const standing = useStanding(path, field.name);
  const control = (
    <KindFor
      // Another language is another field: nothing half typed goes over.
      key={field.localized ? locale : ""}
      kind={field}
      label={say.of(field.label)}
      help={say.of(field.help)}
      path={place}
      isLocalized={field.localized}
      isRequired={field.required}
      isBare={isBare}
    />
  );
  const shown = standing === undefined ? control : <Inherited standing={standing}>{control}</Inherited>;
  if (field.visibility === "public") return shown;
  return (
    <div role="group" aria-label={say("edit.teamOnly")} className="team-only">
      <p className="team-only-mark">
        <Icon name="team" size={16} /> {say("edit.teamOnly")}
      </p>
      {shown}
    </div>
  );
}

/** The props' kind and the component's are the same by construction of the registry. */
export function KindFor(props: Omit<KindProps<KindName>, "kind"> & { kind: FieldKind }) {
  return createElement(KINDS[props.kind.kind] as ComponentType<KindProps<KindName>>, props);
}

export function Fields({ fields, path }: { fields: readonly Field[]; path: Path }) {
  return fields.map((field) => <FieldFor key={field.name} field={field} path={path} />);
}
