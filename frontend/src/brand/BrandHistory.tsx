// The states that a type's brand has had, with what each changed, and the way back to one.

import { useQuery } from "@tanstack/react-query";

import { answer, client } from "../api/client";
import { useEditing } from "../editing/context";
import { same } from "../editing/document/paths";
import { Loaded } from "../shell/states";
import { useMessages, useSpeaker } from "../state/interface";
import { Badge, Button, Dialog, Empty } from "../ui/parts";
import { BRAND, type BrandDocument } from "./queries";
import { Value } from "./Value";
import { documentOf } from "./wishes";

/** As many as one answer holds: nobody reads further back. */
const MOST_SHOWN = 100;

export function BrandHistory({ brand, onClose }: { brand: BrandDocument; onClose: () => void }) {
  const say = useSpeaker();
  const { session, type, isReadOnly } = useEditing();
  const query = useQuery({
    queryKey: [...BRAND, "revisions", brand.type],
    queryFn: () => answer(client.GET("/api/v1/brand/types/{type_name}/revisions/", { params: { path: { type_name: brand.type }, query: { page_size: MOST_SHOWN } } })),
  });
  return (
    <Dialog title={say("brand.historyTitle", { things: say.of(type.title_plural) })} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      <p className="soft">{say("brand.historyAbout")}</p>
      <Loaded query={query} lines={3}>
        {(found) =>
          found.results.length === 0 ? (
            <Empty>{say("brand.noHistory")}</Empty>
          ) : (
            <ol className="brand-states">
              {found.results.map((state, index) => {
                const before = found.results[index + 1]?.fields ?? {};
                const changed = type.fields.filter(({ name }) => !same(before[name], state.fields[name]));
                return (
                  <li key={state.number} className="stack stack-narrow">
                    <div className="row row-apart">
                      <span className="row">
                        <span className="strong">{say.moment(state.created_at)}</span>
                        <span className="soft small break">{state.author_name}</span>
                        {state.number === brand.published_revision && <Badge kind="good">{say("brand.state.current")}</Badge>}
                        {state.number === brand.revision && <Badge>{say("history.newest")}</Badge>}
                      </span>
                      {!isReadOnly && state.number !== brand.revision && (
                        <Button
                          isSmall
                          icon="undo"
                          onClick={() => {
                            session.change([], documentOf(state.fields));
                            useMessages.getState().show(say("brand.broughtBack", { when: say.moment(state.created_at) }));
                            onClose();
                          }}
                        >
                          {say("brand.bringBack")}
                        </Button>
                      )}
                    </div>
                    <dl className="differences">
                      {changed.map((field) => {
                        const wish = state.fields[field.name];
                        return (
                          <div key={field.name}>
                            <dt>
                              {say.of(field.label)} {wish?.mode === "locked" && <Badge>{say("brand.whose.locked")}</Badge>}
                            </dt>
                            <dd>{wish === undefined ? <span className="soft">{say("brand.eachOwn")}</span> : <Value field={field} value={wish.value} />}</dd>
                          </div>
                        );
                      })}
                    </dl>
                  </li>
                );
              })}
            </ol>
          )
        }
      </Loaded>
    </Dialog>
  );
}
