// The house and its rooms as a file for channel managers, as AlpineBits exchanges them.

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { takeAway } from "../api/files";
import { entriesOf, useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Form, Select } from "../ui/form";
import { Button, Notice } from "../ui/parts";

const MESSAGES: readonly Schemas["AlpinebitsMessage"][] = ["all", "info", "basic"];

export function Alpinebits({ site }: { site: Schemas["Site"] }) {
  const say = useSpeaker();
  const heading = useId();
  const houses = useQuery(entriesOf(site.id, "property")).data?.results ?? [];
  const [message, setMessage] = useState<Schemas["AlpinebitsMessage"]>("all");
  const [house, setHouse] = useState("");
  const [isOfDrafts, setIsOfDrafts] = useState(false);
  const wanted = houses.length > 1 && house === "" ? (houses[0]?.slug ?? "") : house;
  const save = useWrite({
    write: () =>
      answer(
        client.GET("/api/v1/sites/{site}/alpinebits/", {
          params: { path: { site: site.id }, query: { message, drafts: isOfDrafts, ...(wanted === "" ? {} : { property: wanted }) } },
        }),
      ),
    done: ({ xml }) => takeAway(new Blob([xml], { type: "application/xml" }), `${wanted === "" ? site.slug : wanted}-alpinebits-${message}.xml`),
  });
  // What is wrong comes as a sentence, or as a line for each thing.
  const [refused = "", ...lines] = (save.error ?? "").split("\n").filter((line) => line.trim() !== "");
  return (
    <section className="card stack" aria-labelledby={heading}>
      <h2 id={heading}>{say("alpinebits.title")}</h2>
      <p className="soft">{say("alpinebits.about")}</p>
      <Form onSubmit={() => save.run(undefined)}>
        <div className="columns">
          <Select
            name="/message"
            label={say("alpinebits.message")}
            value={message}
            onChange={(value) => setMessage(MESSAGES.find((each) => each === value) ?? "all")}
            options={MESSAGES.map((each) => ({ value: each, label: say(`alpinebits.${each}`) }))}
          />
          {houses.length > 1 && <Select name="/property" label={say("alpinebits.house")} value={wanted} onChange={setHouse} options={houses.map(({ slug, title }) => ({ value: slug, label: title }))} />}
        </div>
        <label className="check">
          <input type="checkbox" checked={isOfDrafts} onChange={(event) => setIsOfDrafts(event.target.checked)} />
          <span>{say("alpinebits.drafts")}</span>
        </label>
        <div className="row">
          <Button type="submit" icon="download" isBusy={save.isBusy}>
            {say("alpinebits.save")}
          </Button>
        </div>
      </Form>
      {save.error !== null && (
        <Notice kind="error">
          <p className="break">{refused}</p>
          <Lines lines={lines} />
        </Notice>
      )}
      {save.error === null && save.output !== undefined && !save.isBusy && (
        <Notice kind={save.output.remarks.length === 0 ? "good" : "waiting"}>
          <p>{say(save.output.remarks.length === 0 ? "alpinebits.savedWhole" : "alpinebits.saved")}</p>
          <Lines lines={save.output.remarks} />
        </Notice>
      )}
    </section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className="bulleted break">
      {lines.map((line, place) => (
        <li key={place}>{line}</li>
      ))}
    </ul>
  );
}
