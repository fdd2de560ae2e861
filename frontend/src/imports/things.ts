// What the things of an import are called: types by their own names, the rest by words.

import { useQuery } from "@tanstack/react-query";

import { declarations } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { isOtherKind } from "./numbers";

export function useThings() {
  const say = useSpeaker();
  const types = useQuery(declarations).data?.types ?? [];
  const typeOf = (name: string) => types.find((type) => type.name === name);
  /** Nouns begin small in the middle of a sentence, but for German ones. */
  const within = (title: string) => (say.language === "de" ? title : title.toLowerCase());
  return {
    typeOf,
    /** Several of them, at the head of a line. */
    plural: (name: string) => (isOtherKind(name) ? say(`imports.things.${name}`) : say.of(typeOf(name)?.title_plural) || name),
    /** “3 pages”. */
    counted: (name: string, count: number) => {
      if (isOtherKind(name)) return say.count(`imports.thing.${name}`, count);
      const type = typeOf(name);
      return `${say.number(count)} ${within(say.of(count === 1 ? type?.title : type?.title_plural) || name)}`;
    },
    /** What the server calls `page /rooms`. */
    became: (became: string) => {
      const [name = "", ...rest] = became.split(" ");
      const title = name === "file" ? say("imports.wordpress.kind.attachment") : say.of(typeOf(name === "menu" ? "navigation" : name)?.title);
      return title === "" ? became : [title, ...rest].join(" ");
    },
  };
}
