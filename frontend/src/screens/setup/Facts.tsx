// The facts that a first website is made of. Only the name is needed; what is left out stays empty on the website.

import type { Schemas } from "../../api/client";
import { useSpeaker } from "../../state/interface";
import { Input, Select } from "../../ui/form";
import { Button } from "../../ui/parts";
import { countries } from "../places";

export type Facts = Required<Omit<Schemas["WishedFacts"], "rooms" | "sentence">> & { sentence: Record<string, string>; rooms: { name: string; price: string }[] };

export const NO_FACTS: Facts = { name: "", sentence: {}, street: "", postal_code: "", city: "", country: "", phone: "", email: "", rooms: [] };

/** As many as setup takes. */
const MOST_ROOMS = 12;

export function withoutEmptyRooms(facts: Facts): Facts {
  return { ...facts, rooms: facts.rooms.filter((room) => room.name.trim() !== "" || room.price.trim() !== "") };
}

/** What is sent: languages that were taken away again say nothing, and a row without a word is no room. */
export function factsToSend(facts: Facts, locales: readonly string[]): Schemas["WishedFacts"] {
  const sentence = Object.fromEntries(Object.entries(facts.sentence).filter(([locale]) => locales.includes(locale)));
  return { ...withoutEmptyRooms(facts), sentence };
}

interface FactsStepProps {
  facts: Facts;
  locales: readonly string[];
  defaultLocale: string;
  currency: string;
  onChange: (facts: Facts) => void;
}

export function FactFields({ facts, locales, defaultLocale, currency, onChange }: FactsStepProps) {
  const say = useSpeaker();
  const set = (values: Partial<Facts>) => onChange({ ...facts, ...values });
  const ordered = [defaultLocale, ...locales.filter((locale) => locale !== defaultLocale)];
  const field = (name: "street" | "postal_code" | "city" | "phone" | "email") => ({ name: `/facts/${name}`, value: facts[name], onChange: (text: string) => set({ [name]: text }) });
  return (
    <>
      <Input name="/facts/name" label={say("facts.name")} help={say("facts.nameHelp")} autoComplete="organization" value={facts.name} onChange={(name) => set({ name })} />
      {ordered.map((locale, index) => (
        <Input
          key={locale}
          name={`/facts/sentence/${locale}`}
          label={locales.length === 1 ? say("facts.sentence") : say("facts.sentenceIn", { language: say.languageName(locale) })}
          {...(index === 0 ? { help: say("facts.sentenceHelp") } : { optional: say("field.optional") })}
          lang={locale}
          dir="auto"
          value={facts.sentence[locale] ?? ""}
          onChange={(text) => set({ sentence: { ...facts.sentence, [locale]: text } })}
        />
      ))}
      <fieldset className="stack stack-narrow">
        <legend className="field-label facts-legend">{say("facts.place")}</legend>
        <Input {...field("street")} label={say("facts.street")} autoComplete="street-address" />
        <div className="facts-town">
          <Input {...field("postal_code")} label={say("facts.postalCode")} autoComplete="postal-code" />
          <Input {...field("city")} label={say("facts.city")} autoComplete="address-level2" />
        </div>
        <Select name="/facts/country" label={say("facts.country")} value={facts.country} options={[{ value: "", label: say("facts.noCountry") }, ...countries(say)]} onChange={(country) => set({ country })} />
      </fieldset>
      <div className="columns">
        <Input {...field("phone")} type="tel" label={say("facts.phone")} help={say("facts.phoneHelp")} autoComplete="tel" />
        <Input {...field("email")} type="email" label={say("facts.email")} autoComplete="email" />
      </div>
      <fieldset className="stack stack-narrow">
        <legend className="field-label facts-legend">
          {say("facts.rooms")} <span className="field-optional">({say("field.optional")})</span>
        </legend>
        {facts.rooms.map((room, index) => {
          const write = (values: Partial<typeof room>) => set({ rooms: facts.rooms.map((each, place) => (place === index ? { ...each, ...values } : each)) });
          return (
            // A row has nothing of its own but its place.
            <div className="facts-room" key={index}>
              <Input name={`/facts/rooms/${index}/name`} label={say("facts.roomName")} value={room.name} onChange={(name) => write({ name })} />
              <Input name={`/facts/rooms/${index}/price`} label={say("facts.roomPrice", { currency })} inputMode="decimal" value={room.price} onChange={(price) => write({ price: price.replace(",", ".") })} />
              <Button kind="quiet" isSmall icon="close" aria-label={say("action.removeThing", { name: room.name === "" ? say("facts.roomName") : room.name })} onClick={() => set({ rooms: facts.rooms.filter((_, place) => place !== index) })} />
            </div>
          );
        })}
        {facts.rooms.length < MOST_ROOMS && (
          <div className="row">
            <Button isSmall icon="plus" onClick={() => set({ rooms: [...facts.rooms, { name: "", price: "" }] })}>
              {say("facts.addRoom")}
            </Button>
          </div>
        )}
        <p className="field-help">{say("facts.roomsHelp")}</p>
      </fieldset>
    </>
  );
}
