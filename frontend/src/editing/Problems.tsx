// What the server refused of the last save, with a way to each field.

import { useSpeaker } from "../state/interface";
import { explain } from "../shell/queries";
import { Icon } from "../ui/icons";
import { useEditing, useWork } from "./context";
import { placeInWords } from "./document/declared";
import { locate, type Path } from "./document/paths";

export function Problems({ onJump }: { onJump: (path: Path) => void }) {
  const say = useSpeaker();
  const { type, sections } = useEditing();
  const state = useWork((work) => work.state);
  const problems = useWork((work) => work.problems);
  const refusal = useWork((work) => work.refusal);
  const document = useWork((work) => work.document);
  // While a field is put right the others stay listed: a list that goes while one reaches for it cannot be clicked.
  if (state !== "refused" && state !== "gone" && problems.length === 0) return null;
  return (
    <div className="notice notice-error" role="alert">
      <Icon name="warning" />
      <div className="stack stack-narrow grow">
        <p>{state === "gone" ? say("save.goneAbout") : problems.length > 0 ? say("save.problemsAbout") : explain(refusal, say)}</p>
        {problems.length > 0 && (
          <ul className="stack stack-tight">
            {problems.map((problem) => {
              const path = locate(document, problem.pointer);
              const name = problem.pointer === "/slug" ? say("edit.slug") : placeInWords(type.fields, sections, document, path, say);
              return (
                <li key={`${problem.pointer} ${problem.code}`}>
                  <button type="button" className="link-button" onClick={() => onJump(path)}>
                    {name === "" ? problem.pointer : name}
                  </button>
                  : {problem.detail}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </div>
  );
}
