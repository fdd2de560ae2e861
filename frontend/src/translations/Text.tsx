// One text in both languages, with the words that changed in the source since it was translated.

import { Link } from "@tanstack/react-router";

import { answer, client } from "../api/client";
import { useEditing, useValue } from "../editing/context";
import { KindFor } from "../editing/fields/FieldFor";
import { inWords } from "../editing/words";
import { useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Badge, Button, Notice } from "../ui/parts";
import { changedWords } from "./changed";
import { Formatted } from "./Formatted";
import type { TranslatedText, Translation } from "./queries";
import { fieldOf } from "./work";

const KINDS = { missing: "danger", stale: "waiting", current: "good" } as const;

interface TextProps {
  text: TranslatedText;
  translation: Translation;
  plural: string;
}

export function Text({ text, translation, plural }: TextProps) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const name = say.of(text.label);
  return (
    <section className="card beside" aria-label={name} data-state={text.state}>
      <div className="beside-side">
        <div className="row row-apart field-head">
          <span className="field-label">
            {name}
            <span className="field-language">{translation.source.toUpperCase()}</span>
          </span>
          <Badge {...(text.state === "empty" ? {} : { kind: KINDS[text.state] })}>{say(`translation.state.${text.state}`)}</Badge>
        </div>
        <div className="beside-source" lang={translation.source} dir={translation.source_direction}>
          {text.source === null ? <span className="soft">{say("translation.noSource")}</span> : text.kind === "rich_text" ? <Formatted value={text.source} /> : inWords(text.source, say)}
        </div>
        {text.state === "stale" && <Since text={text} translation={translation} />}
      </div>
      <div className="beside-side">
        <Target text={text} translation={translation} plural={plural} />
        {text.state === "stale" && !isReadOnly && <StillRight text={text} translation={translation} />}
      </div>
    </section>
  );
}

function Target({ text, translation, plural }: TextProps) {
  const say = useSpeaker();
  const { site, isReadOnly } = useEditing();
  const [value, setValue] = useValue([text.path]);
  const field = fieldOf(text);
  if (field === null) {
    return (
      <>
        <span className="field-label">
          {say.of(text.label)}
          <span className="field-language">{translation.target.toUpperCase()}</span>
        </span>
        <div className="beside-source" lang={translation.target} dir={translation.target_direction}>
          {inWords(text.target, say)}
        </div>
        <Link className="small" to="/dashboard/sites/$site/$collection/$entry" params={{ site: site.id, collection: plural, entry: translation.entry }} search={{ language: translation.target }}>
          {say("translation.inForm")}
        </Link>
      </>
    );
  }
  return (
    <div className="stack stack-narrow">
      <KindFor kind={field} label={say.of(text.label)} help="" path={[text.path]} isLocalized isRequired={text.is_required} isBare={false} />
      {value === undefined && text.source !== null && !isReadOnly && (
        <div>
          <Button kind="quiet" isSmall aria-label={say("translation.takeThing", { name: say.of(text.label) })} onClick={() => setValue(text.source)}>
            {say("edit.takeOriginal")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What happened to the text that the translation was made from. */
function Since({ text, translation }: { text: TranslatedText; translation: Translation }) {
  const say = useSpeaker();
  const was = inWords(text.was, say);
  const isOther = text.made_from !== translation.source;
  const now = inWords(text.source, say);
  const parts = isOther || was === now ? null : changedWords(was, now);
  return (
    <div className="differences">
      <span className="small soft">{isOther ? say("translation.madeFrom", { language: say.languageName(text.made_from) }) : say(parts === null ? "translation.formatChanged" : "translation.since")}</span>
      <div className="difference-words" lang={text.made_from} dir="auto">
        {parts === null
          ? was
          : parts.map((part, index) => {
              const Element = part.kind === "removed" ? "del" : part.kind === "added" ? "ins" : "span";
              return <Element key={index}>{part.text}</Element>;
            })}
      </div>
    </div>
  );
}

function StillRight({ text, translation }: { text: TranslatedText; translation: Translation }) {
  const say = useSpeaker();
  const { session, site } = useEditing();
  const confirm = useWrite({
    write: async () => {
      // What was typed elsewhere on the screen is saved first: what is confirmed is the newest revision.
      await session.flush();
      const { revision } = session.store.getState().base;
      const body = { revision, target: translation.target, paths: [text.path] };
      return answer(client.POST("/api/v1/sites/{site}/entries/{id}/translation/confirm/", { params: { path: { site: site.id, id: translation.entry } }, body }));
    },
    refresh: [
      ["translation", translation.entry],
      ["translations", site.id],
    ],
    message: () => say("translation.confirmed", { name: say.of(text.label) }),
  });
  return (
    <div className="stack stack-narrow">
      <div className="row">
        <Button isSmall icon="check" isBusy={confirm.isBusy} aria-label={say("translation.stillRightThing", { name: say.of(text.label) })} onClick={() => confirm.run(undefined)}>
          {say("translation.stillRight")}
        </Button>
      </div>
      {confirm.error !== null && <Notice kind="error">{confirm.error}</Notice>}
    </div>
  );
}
