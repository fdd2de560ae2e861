// Sharing a preview: a link that shows what guests do not see yet to whoever has it, for a while. Its address is shown once;
// afterwards the list says how often it was opened, and withdraws it.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Badge, Button, Dialog, Notice, Secret } from "../ui/parts";
import { momentIn, zoneInWords } from "./clocks";

type PreviewLink = Schemas["PreviewLink"];

/** How long a link is good, in hours; the longest is the server's. */
const SPANS = [24, 72, 168, 720] as const;
type Span = (typeof SPANS)[number];

interface ShareDialogProps {
  site: Schemas["Site"];
  /** The entry whose draft is shown among what is public; without one, the whole website. */
  entry?: Schemas["Entry"];
  /** Whether what is typed has reached the server. */
  isSaved?: boolean;
  onClose: () => void;
}

export function ShareDialog({ site, entry, isSaved = true, onClose }: ShareDialogProps) {
  const say = useSpeaker();
  const [made, setMade] = useState<Schemas["MadeLink"] | null>(null);
  return (
    <Dialog title={say("share.title", { name: entry?.title ?? site.name })} closeLabel={say("action.close")} onClose={onClose}>
      {!isSaved && <Notice kind="waiting">{say("share.notSaved")}</Notice>}
      {made === null ? (
        <>
          <Make site={site} onMade={setMade} {...(entry === undefined ? {} : { entry })} />
          <Given site={site} {...(entry === undefined ? {} : { entry: entry.id })} />
        </>
      ) : (
        <Made made={made} site={site} onAnother={() => setMade(null)} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Make({ site, entry, onMade }: { site: Schemas["Site"]; entry?: Schemas["Entry"]; onMade: (made: Schemas["MadeLink"]) => void }) {
  const say = useSpeaker();
  const [shows, setShows] = useState<Schemas["Shows"]>("drafts");
  const [locale, setLocale] = useState("");
  const [asOf, setAsOf] = useState("");
  const [hours, setHours] = useState<Span>(72);
  const [password, setPassword] = useState("");
  const make = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/sites/{site}/preview-links/", {
          params: { path: { site: site.id } },
          body: {
            shows,
            hours,
            ...(entry === undefined || shows === "published" ? {} : { entry: entry.id }),
            ...(locale === "" ? {} : { locale }),
            ...(asOf === "" ? {} : { as_of: asOf }),
            ...(password === "" ? {} : { password }),
          },
        }),
      ),
    refresh: [["preview-links", site.id]],
    done: onMade,
  });
  return (
    <Form errors={make.errors} onSubmit={() => make.run(undefined)}>
      <p className="soft">{say(entry === undefined ? "share.aboutSite" : "share.about")}</p>
      <Select
        name="/shows"
        label={say("share.shows")}
        value={shows}
        onChange={(value) => setShows(value === "published" ? "published" : "drafts")}
        options={[
          { value: "drafts", label: say(entry === undefined ? "share.draftsSite" : "share.drafts") },
          { value: "published", label: say("share.published") },
        ]}
      />
      <div className="columns">
        <Input name="/as_of" type="datetime-local" label={say("share.asOf")} optional={say("field.optional")} help={say("share.asOfHelp", { zone: zoneInWords(site.time_zone) })} value={asOf} onChange={setAsOf} />
        <Select name="/hours" label={say("share.span")} value={String(hours)} onChange={(value) => setHours(SPANS.find((span) => String(span) === value) ?? 72)} options={SPANS.map((span) => ({ value: String(span), label: say(`share.hours.${span}`) }))} />
      </div>
      <div className="columns">
        {site.locales.length > 1 && (
          <Select name="/locale" label={say("share.language")} value={locale} onChange={setLocale} options={[{ value: "", label: say("share.everyLanguage") }, ...site.locales.map((each) => ({ value: each, label: say.languageName(each) }))]} />
        )}
        <Input name="/password" type="text" label={say("share.password")} optional={say("field.optional")} help={say("share.passwordHelp")} autoComplete="off" spellCheck={false} value={password} onChange={setPassword} />
      </div>
      <div className="dialog-foot">
        <Button kind="primary" type="submit" isBusy={make.isBusy}>
          {say("share.make")}
        </Button>
      </div>
    </Form>
  );
}

/** The link itself, the only time it is there to be copied. */
function Made({ made, site, onAnother, onClose }: { made: Schemas["MadeLink"]; site: Schemas["Site"]; onAnother: () => void; onClose: () => void }) {
  const say = useSpeaker();
  return (
    <>
      <Notice kind="waiting">{say("share.once")}</Notice>
      <Secret value={made.address} label={say("share.address")} copy={say("action.copy")} copied={say("action.copied")} />
      <p className="soft">{say(made.has_password ? "share.goodWithPassword" : "share.good", { when: momentIn(site.time_zone, made.expires_at, say.language) })}</p>
      <div className="dialog-foot">
        <a className="button" href={made.address} target="_blank" rel="noreferrer">
          {say("share.look")}
        </a>
        <Button onClick={onAnother}>{say("share.another")}</Button>
        <Button kind="primary" onClick={onClose}>
          {say("action.done")}
        </Button>
      </div>
    </>
  );
}

function Given({ site, entry }: { site: Schemas["Site"]; entry?: string }) {
  const say = useSpeaker();
  const query = useQuery({
    queryKey: ["preview-links", site.id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/preview-links/", { params: { path: { site: site.id } } })),
    // Somebody may have opened one just now.
    staleTime: 0,
  });
  const withdraw = useWrite({
    write: (id: string) => answer(client.DELETE("/api/v1/sites/{site}/preview-links/{id}/", { params: { path: { site: site.id, id } } })),
    refresh: [["preview-links", site.id]],
    message: () => say("share.withdrawn"),
  });
  return (
    <section className="stack stack-narrow">
      <h3>{say("share.given")}</h3>
      {withdraw.error !== null && <Notice kind="error">{withdraw.error}</Notice>}
      <Loaded query={query} lines={2}>
        {(found) => {
          const shown = found.results.filter((link) => entry === undefined || link.entry === entry || link.entry === null);
          if (shown.length === 0) return <p className="soft">{say("share.none")}</p>;
          return (
            <ul className="rows">
              {shown.map((link) => (
                <li key={link.id} className="row row-apart share-link">
                  <Facts link={link} site={site} />
                  {stateOf(link) === "good" ? (
                    <Button isSmall kind="quiet-danger" isBusy={withdraw.isBusy} aria-label={say("share.withdrawThing", { what: factsOf(link, site, say) })} onClick={() => withdraw.run(link.id)}>
                      {say("action.revoke")}
                    </Button>
                  ) : (
                    <Badge>{say(stateOf(link) === "withdrawn" ? "share.isWithdrawn" : "state.expired")}</Badge>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

function stateOf(link: PreviewLink): "good" | "withdrawn" | "expired" {
  if (link.withdrawn_at !== null) return "withdrawn";
  return new Date(link.expires_at) <= new Date() ? "expired" : "good";
}

function factsOf(link: PreviewLink, site: Schemas["Site"], say: ReturnType<typeof useSpeaker>): string {
  const facts = [
    say(link.shows === "published" ? "share.isPublished" : link.entry === null ? "share.isSite" : "share.isEntry"),
    ...(link.locale === null ? [] : [say.languageName(link.locale)]),
    ...(link.as_of === null ? [] : [say("share.isAsOf", { when: momentIn(site.time_zone, link.as_of, say.language) })]),
    ...(link.has_password ? [say("share.hasPassword")] : []),
  ];
  return facts.join(" · ");
}

function Facts({ link, site }: { link: PreviewLink; site: Schemas["Site"] }) {
  const say = useSpeaker();
  return (
    <span className="stack stack-tight">
      <span>{factsOf(link, site, say)}</span>
      <span className="soft small">
        {link.use_count === 0 ? say("share.neverOpened") : say.count("share.opened", link.use_count)}
        {link.last_used_at !== null && ` · ${say("share.lastOpened", { when: say.moment(link.last_used_at) })}`}
      </span>
      <span className="soft small">{say("share.by", { name: link.created_by, until: momentIn(site.time_zone, link.expires_at, say.language) })}</span>
    </span>
  );
}
