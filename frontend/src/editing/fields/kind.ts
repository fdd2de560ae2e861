// What a component of a field kind is given. A new kind is a file with such a component and a line in the registry.

import type { FieldKind } from "../document/declared";
import type { Path } from "../document/paths";

export type KindName = FieldKind["kind"];
export type KindOf<K extends KindName> = Extract<FieldKind, { kind: K }>;

export interface KindProps<K extends KindName> {
  kind: KindOf<K>;
  label: string;
  help: string;
  /** Where the value stands; with the language at its end where the field has one value per language. */
  path: Path;
  isLocalized: boolean;
  isRequired: boolean;
  /** The label is told to screen readers only: in the cell of a table, in a row of a list. */
  isBare: boolean;
}
