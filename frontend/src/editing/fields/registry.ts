// The component of every field kind. The closed set is the server's: a kind without a component does not compile.

import type { ComponentType } from "react";

import { BooleanField } from "./Boolean";
import { ColourField } from "./Colour";
import { ChoicesField, CurrencyField, EnumField } from "./Choices";
import { DateField, DateTimeField, TimeField } from "./Dates";
import { EmailField, PhoneField } from "./Contact";
import { GeoField } from "./Geo";
import { GroupField } from "./Group";
import { ImageField } from "./Image";
import type { KindName, KindProps } from "./kind";
import { ListField } from "./List";
import { IntegerField, MoneyField, NumberField } from "./Numbers";
import { ReferenceField } from "./Reference";
import { RichTextField } from "./RichText";
import { SectionsField } from "./Sections";
import { TextField } from "./Text";
import { TextMapField } from "./TextMap";
import { UrlField } from "./Url";

export const KINDS: { [K in KindName]: ComponentType<KindProps<K>> } = {
  text: TextField,
  rich_text: RichTextField,
  integer: IntegerField,
  number: NumberField,
  money: MoneyField,
  boolean: BooleanField,
  date: DateField,
  date_time: DateTimeField,
  time: TimeField,
  enum: EnumField,
  choices: ChoicesField,
  list: ListField,
  group: GroupField,
  reference: ReferenceField,
  image: ImageField,
  url: UrlField,
  email: EmailField,
  phone: PhoneField,
  geo: GeoField,
  colour: ColourField,
  currency: CurrencyField,
  text_map: TextMapField,
  sections: SectionsField,
};
