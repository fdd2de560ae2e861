// Publishing the brand: what is published is what is seen here. The dialog saves first, and says for how many hotels each
// field becomes different.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { answer, client, type Schemas } from "../api/client";
import { useEditing } from "../editing/context";
import { queryClient, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Button, Dialog, Notice, Skeleton } from "../ui/parts";
import { BRAND, type BrandDocument, brandOf, TOUCHED } from "./queries";
import { Value } from "./Value";

export function PublishBrand({ brand, onClose }: { brand: BrandDocument; onClose: () => void }) {
  const say = useSpeaker();
  const { session, type } = useEditing();
  const [isReady, setIsReady] = useState<boolean | null>(null);
  useEffect(() => {
    void session.flush(true).then(setIsReady);
  }, [session]);
  return (
    <Dialog title={say("brand.publishTitle", { things: say.of(type.title_plural) })} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      {isReady === null ? <Skeleton label={say("save.saving")} lines={3} /> : isReady ? <Ready brand={brand} onClose={onClose} /> : <Notice kind="error">{say("publish.notSaved")}</Notice>}
    </Dialog>
  );
}

function Ready({ brand, onClose }: { brand: BrandDocument; onClose: () => void }) {
  const say = useSpeaker();
  const { session, type } = useEditing();
  const path = { type_name: brand.type };
  const revision = session.store.getState().base.revision;
  const query = useQuery({
    queryKey: [...BRAND, "impact", brand.type, String(revision)],
    queryFn: () => answer(client.GET("/api/v1/brand/types/{type_name}/impact/", { params: { path } })),
    staleTime: 0,
  });
  const publish = useWrite({
    write: () => answer(client.POST("/api/v1/brand/types/{type_name}/publish/", { params: { path }, body: { revision } })),
    refresh: TOUCHED,
    done: (published) => {
      queryClient.setQueryData(brandOf(brand.type).queryKey, published);
      onClose();
    },
    message: () => say("brand.published"),
  });
  return (
    <>
      {publish.error !== null && <Notice kind="error">{publish.error}</Notice>}
      <p>{say("brand.publishAbout")}</p>
      <Loaded query={query} lines={3}>
        {(impact) =>
          impact.fields.length === 0 ? (
            <p className="soft">{say("publish.same")}</p>
          ) : (
            <dl className="differences">
              {impact.fields.map((change) => {
                const field = type.fields.find((each) => each.name === change.field);
                return (
                  <div key={change.field}>
                    <dt>{field === undefined ? change.field : say.of(field.label)}</dt>
                    <dd className="stack stack-narrow">
                      <Concerns change={change} of={impact.entries} isLocked={brand.fields[change.field]?.mode === "locked"} />
                      {field !== undefined && change.change !== "removed" && <Value field={field} value={brand.fields[change.field]?.value} />}
                    </dd>
                  </div>
                );
              })}
            </dl>
          )
        }
      </Loaded>
      <div className="dialog-foot">
        <Button onClick={onClose}>{say("action.cancel")}</Button>
        <Button kind="primary" isBusy={publish.isBusy} disabled={query.data === undefined || query.data.fields.length === 0} onClick={() => publish.run(undefined)}>
          {say("brand.publish")}
        </Button>
      </div>
    </>
  );
}

/** For how many it becomes different, and what becomes of those that have a value of their own. */
function Concerns({ change, of, isLocked }: { change: Schemas["BrandFieldImpact"]; of: number; isLocked: boolean }) {
  const say = useSpeaker();
  return (
    <span className="soft">
      {say(`brand.change.${change.change}`, { count: say.number(change.entries), of: say.number(of) })} {change.own > 0 && (change.change === "added" || change.change === "changed") && say.count(isLocked ? "brand.ownWaits" : "brand.ownStays", change.own)}
    </span>
  );
}
