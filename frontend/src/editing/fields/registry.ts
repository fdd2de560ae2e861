// The component of every field kind. The closed set is the server's: a kind without a component does not compile.

import type { ComponentType } from "react";

import { BooleanField } from "./Boolean";
import { ColourField } from "./Colour";
import { ChoicesField, CountryField, CurrencyField, EnumField } from "./Choices";
import { CodeField, CodesField } from "./Codes";
import { DateField, DateTimeField, TimeField } from "./Dates";
import { EmailField, PhoneField } from "./Contact";
import { FileField } from "./File";
import { GeoField } from "./Geo";
import { GroupField, Together } from "./Group";
import { HoursField } from "./Hours";
import { ImageField } from "./Image";
import type { KindName, KindProps } from "./kind";
import { ListField } from "./List";
import { IntegerField, MoneyField, NumberField } from "./Numbers";
import { ReferenceField } from "./Reference";
import { RichTextField } from "./RichText";
import { SeasonField } from "./Season";
import { SectionsField } from "./Sections";
import { SlugField, TextField } from "./Text";
import { TextMapField } from "./TextMap";
import { UrlField } from "./Url";
import { WeekdaysField } from "./Weekdays";

export const KINDS: { [K in KindName]: ComponentType<KindProps<K>> } = {
  text: TextField,
  rich_text: RichTextField,
  integer: IntegerField,
  number: NumberField,
  money: MoneyField,
  boolean: BooleanField,
  date: DateField,
  date_range: Together,
  date_time: DateTimeField,
  season: SeasonField,
  time: TimeField,
  weekdays: WeekdaysField,
  hours: HoursField,
  opening_hours: Together,
  code: CodeField,
  codes: CodesField,
  enum: EnumField,
  choices: ChoicesField,
  list: ListField,
  group: GroupField,
  reference: ReferenceField,
  image: ImageField,
  file: FileField,
  url: UrlField,
  email: EmailField,
  phone: PhoneField,
  geo: GeoField,
  address: Together,
  country: CountryField,
  slug: SlugField,
  colour: ColourField,
  currency: CurrencyField,
  text_map: TextMapField,
  sections: SectionsField,
};
