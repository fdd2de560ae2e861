// Whether a site wants that somebody else has looked before something goes live.

import { useQuery } from "@tanstack/react-query";

import { answer, client, type Schemas } from "../api/client";
import { queryClient, useWrite } from "../shell/queries";
import { Loaded } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Notice } from "../ui/parts";

export function ReviewRule({ site, isReadOnly }: { site: Schemas["Site"]; isReadOnly: boolean }) {
  const say = useSpeaker();
  const key = ["review-rule", site.id];
  const query = useQuery({ queryKey: key, queryFn: () => answer(client.GET("/api/v1/sites/{site}/review-rule/", { params: { path: { site: site.id } } })) });
  const change = useWrite({
    write: (isRequired: boolean) => answer(client.PUT("/api/v1/sites/{site}/review-rule/", { params: { path: { site: site.id } }, body: { is_required: isRequired } })),
    done: (rule) => void queryClient.setQueryData(key, rule),
    message: (rule) => say(rule.is_required ? "rule.on" : "rule.off", { name: site.name }),
  });
  return (
    <section className="card stack stack-narrow">
      <h2>{say("review.list")}</h2>
      {change.error !== null && <Notice kind="error">{change.error}</Notice>}
      <Loaded query={query} lines={1}>
        {(rule) => (
          <label className="check">
            <input type="checkbox" checked={change.isBusy ? !rule.is_required : rule.is_required} disabled={isReadOnly || change.isBusy} aria-describedby="rule-help" onChange={(event) => change.run(event.target.checked)} />
            <span>{say("rule.label")}</span>
          </label>
        )}
      </Loaded>
      <p className="field-help" id="rule-help">
        {say("rule.help")}
      </p>
    </section>
  );
}
