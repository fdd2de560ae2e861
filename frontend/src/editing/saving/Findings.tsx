// What the checks say of what is about to be published: what may go live all the same, and what may not.

import { useQuery } from "@tanstack/react-query";

import { answer, client } from "../../api/client";
import { useSpeaker } from "../../state/interface";
import { Badge } from "../../ui/parts";
import { useEditing, useWork } from "../context";
import { placeInWords } from "../document/declared";
import { locate, type Path } from "../document/paths";
import type { Entry } from "./session";

interface FindingsProps {
  entry: Entry;
  /** The languages that are to be published. */
  locales: readonly string[];
  onJump: (path: Path) => void;
  onClose: () => void;
}

/** Nothing where nothing was found: whoever has nothing to mend reads nothing. */
export function Findings({ entry, locales, onJump, onClose }: FindingsProps) {
  const say = useSpeaker();
  const { site, type, sections } = useEditing();
  const base = useWork((work) => work.base);
  const checked = useQuery({
    queryKey: ["entry", entry.id, "checks", base.revision],
    queryFn: () => answer(client.POST("/api/v1/sites/{site}/entries/{id}/checks/", { params: { path: { site: site.id, id: entry.id } } })),
    staleTime: 0,
  });
  const rules = useQuery({ queryKey: ["checks"], queryFn: () => answer(client.GET("/api/v1/checks/")) });
  const findings = (checked.data?.findings ?? []).filter(({ locale }) => locale === null || locales.includes(locale));
  if (findings.length === 0) return null;
  const titleOf = (rule: string) => say.of(rules.data?.results.find((each) => each.name === rule)?.title);
  return (
    <section className="stack stack-narrow">
      <h3>{say("publish.checks")}</h3>
      <dl className="differences">
        {findings.map(({ pointer, rule, level, locale, detail }) => {
          const path = locate(base.document, pointer);
          return (
            <div key={`${rule} ${pointer} ${locale ?? ""}`}>
              <dt>
                {level === "block" ? <Badge kind="danger">{say("publish.refuses")}</Badge> : <Badge kind="waiting">{say("publish.warns")}</Badge>} {titleOf(rule)}
              </dt>
              <dd>
                <button
                  type="button"
                  className="link-button"
                  onClick={() => {
                    onClose();
                    onJump(path);
                  }}
                >
                  {placeInWords(type.fields, sections, base.document, path, say)}
                </button>
                {locale !== null && <span className="soft small"> {say.languageName(locale)}</span>}
                <p lang="en">{detail}</p>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
