// Something is brought: what it is, which site takes it, its files. Nothing changes before the report was read.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";

import { useQueryParam } from "../shell/address";
import { entriesOf, sites } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useMessages, useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Button, Notice } from "../ui/parts";
import { bring, useBringing } from "./bringing";
import { FilesToBring, placedFor } from "./FilesToBring";
import { type Chosen, isTable, isWhole, type Source, SOURCES } from "./files";
import { useMayBringArchive, type Wish } from "./queries";

/** The four sources; the chosen one stands in the address. */
export function NewImport() {
  const say = useSpeaker();
  const navigate = useNavigate();
  const mayBringArchive = useMayBringArchive();
  const asked = useQueryParam("source");
  const site = useQueryParam("site");
  const offered = SOURCES.filter((source) => source !== "bundle" || mayBringArchive);
  const source = offered.find((each) => each === asked);
  const choose = (chosen: Source) => void navigate({ to: "/dashboard/imports", search: { source: chosen, ...(site === undefined ? {} : { site }) }, replace: true });
  return (
    <>
      <fieldset>
        <legend className="hidden-visually">{say("imports.what")}</legend>
        <div className="choice-list">
          {offered.map((each) => (
            <label className="choice" key={each}>
              <input type="radio" name="source" checked={source === each} onChange={() => choose(each)} />
              <span className="strong">{say(`imports.source.${each}`)}</span>
              <span className="soft small">{say(`imports.source.${each}.about`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {source !== undefined && <Wished key={source} source={source} site={site} />}
    </>
  );
}

function Wished({ source, site }: { source: Source; site: string | undefined }) {
  const say = useSpeaker();
  const query = useQuery(sites);
  const heading = useId();
  return (
    <section className="card stack" aria-labelledby={heading}>
      <h2 id={heading}>{say(`imports.source.${source}`)}</h2>
      <Loaded query={query} lines={4}>
        {({ results }) =>
          results.length === 0 && source !== "bundle" ? (
            <Notice
              kind="waiting"
              action={
                <Link className="button button-small" to="/dashboard">
                  {say("sites.title")}
                </Link>
              }
            >
              <p>{say("imports.noSite")}</p>
            </Notice>
          ) : (
            <WishForm source={source} known={results} site={results.find(({ id }) => id === site)?.id ?? (results.length === 1 ? (results[0]?.id ?? "") : "")} />
          )
        }
      </Loaded>
    </section>
  );
}

interface WishFormProps {
  source: Source;
  known: readonly { id: string; name: string }[];
  site: string;
}

function WishForm({ source, known, site: given }: WishFormProps) {
  const say = useSpeaker();
  const bringIt = useBring();
  const [site, setSite] = useState(given);
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [hotel, setHotel] = useState("");
  const [house, setHouse] = useState("");
  const [isMarked, setIsMarked] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const files = placedFor(source, undefined, chosen);
  const needsSite = source !== "bundle" && site === "";
  const wish = (): Wish => {
    switch (source) {
      case "wordpress":
        return { source, site_id: site };
      case "alpinebits":
        return { source, site_id: site, publish: isMarked, ...(hotel.trim() === "" ? {} : { hotel_code: hotel.trim() }), ...(house === "" ? {} : { property: house }) };
      case "sitemap":
        return { source, site_id: site, table: chosen.some(({ file }) => isTable(file)) };
      case "bundle":
        return { source, submissions: isMarked };
    }
  };
  const send = () => {
    setIsTried(true);
    if (!needsSite && isWhole(files)) bringIt(wish(), null, files);
  };
  return (
    <Form onSubmit={send}>
      {source !== "bundle" && (
        <Select
          name="/site_id"
          label={say("imports.site")}
          help={say(`imports.siteHelp.${source}`)}
          value={site}
          onChange={(chosenSite) => {
            setSite(chosenSite);
            setHouse("");
          }}
          options={[...(given === "" ? [{ value: "", label: say("imports.chooseSite") }] : []), ...known.map(({ id, name }) => ({ value: id, label: name }))]}
          error={isTried && needsSite ? say("imports.siteNeeded") : undefined}
        />
      )}
      <FilesToBring source={source} chosen={chosen} onChange={setChosen} error={isTried && !isWhole(files) && files.every(({ flaw }) => flaw === null) ? say(`imports.fileNeeded.${source}`) : null} />
      {source === "alpinebits" && (
        <>
          <div className="columns">
            <Input name="/hotel_code" label={say("imports.hotelCode")} optional={say("field.optional")} help={say("imports.hotelCodeHelp")} value={hotel} onChange={setHotel} />
            {site !== "" && <HouseSelect site={site} value={house} onChange={setHouse} />}
          </div>
          <Mark label={say("imports.publish")} help={say("imports.publishHelp")} isMarked={isMarked} onChange={setIsMarked} />
        </>
      )}
      {source === "bundle" && <Mark label={say("imports.submissions")} help={say("imports.submissionsHelp")} isMarked={isMarked} onChange={setIsMarked} />}
      <div className="row">
        <Button type="submit" kind="primary">
          {say("imports.look")}
        </Button>
        <span className="soft">{say("imports.lookAbout")}</span>
      </div>
    </Form>
  );
}

function Mark({ label, help, isMarked, onChange }: { label: string; help: string; isMarked: boolean; onChange: (isMarked: boolean) => void }) {
  const id = useId();
  return (
    <div>
      <label className="check">
        <input type="checkbox" checked={isMarked} aria-describedby={id} onChange={(event) => onChange(event.target.checked)} />
        <span>{label}</span>
      </label>
      <p className="field-help" id={id}>
        {help}
      </p>
    </div>
  );
}

/** The house that takes the facts, where the site has one already. */
function HouseSelect({ site, value, onChange }: { site: string; value: string; onChange: (slug: string) => void }) {
  const say = useSpeaker();
  const houses = useQuery(entriesOf(site, "property")).data?.results ?? [];
  if (houses.length === 0) return null;
  return (
    <Select
      name="/property"
      label={say("imports.house")}
      help={say("imports.houseHelp")}
      value={value}
      onChange={onChange}
      options={[{ value: "", label: say("imports.houseOfFile") }, ...houses.map(({ slug, title }) => ({ value: slug, label: title }))]}
    />
  );
}

/** Sends files, and leads to the import once it is looked at; whoever works elsewhere by then is told. */
export function useBring() {
  const say = useSpeaker();
  const navigate = useNavigate();
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return (wish: Wish, id: string | null, files: Parameters<typeof bring>[2]) => {
    // A second click finds the files on their way.
    const before = useBringing.getState().bringing;
    if (before !== null && before.refusal === null) return;
    const open = (brought: string) => void navigate({ to: "/dashboard/imports/$id", params: { id: brought } });
    void bring(wish, id, files).then((brought) => {
      if (brought === null) return;
      if (isHere.current) open(brought);
      else useMessages.getState().show(say("imports.brought"), { label: say("imports.open"), run: () => open(brought) });
    });
  };
}
