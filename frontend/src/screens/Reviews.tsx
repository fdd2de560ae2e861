// What waits for an answer: what others ask of me, and what I have asked.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { answer, client, type Schemas } from "../api/client";
import { declarations, sites } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Empty } from "../ui/parts";
import { Table } from "../ui/table";

export function Reviews() {
  const say = useSpeaker();
  return (
    <Page title={say("review.list")} about={say("review.listAbout")}>
      <Waiting whose="for_me" />
      <Waiting whose="by_me" />
    </Page>
  );
}

function Waiting({ whose }: { whose: "for_me" | "by_me" }) {
  const say = useSpeaker();
  const known = useQuery(sites).data?.results ?? [];
  const types = useQuery(declarations).data?.types ?? [];
  const query = useQuery({ queryKey: ["reviews", whose], queryFn: () => answer(client.GET("/api/v1/reviews/", { params: { query: { waiting: whose } } })) });
  const typeOf = (review: Schemas["Review"]) => types.find((type) => type.name === review.type);
  return (
    <section className="stack stack-narrow">
      <h2>{say(`review.${whose}`)}</h2>
      <div className="card card-flush">
        <Loaded query={query} lines={3}>
          {(found) =>
            found.results.length === 0 ? (
              <Empty>{say(`review.${whose}.none`)}</Empty>
            ) : (
              <Table
                caption={say(`review.${whose}`)}
                items={found.results}
                keyOf={(review) => review.id}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (review) => (
                      <span className="stack stack-tight">
                        <Link className="strong" to="/dashboard/sites/$site/$collection/$entry" params={{ site: review.site_id, collection: typeOf(review)?.plural ?? review.type, entry: review.entry_id }}>
                          {review.title === "" ? say("entries.untitled") : review.title}
                        </Link>
                        <span className="soft small">{`${known.find((site) => site.id === review.site_id)?.name ?? ""} · ${say.of(typeOf(review)?.title) || review.type}`}</span>
                      </span>
                    ),
                  },
                  { label: say("review.note"), cell: (review) => <span className="break">{review.note}</span> },
                  {
                    label: say("review.of"),
                    cell: (review) => (
                      <span className="stack stack-tight">
                        <span>{whose === "for_me" ? review.asked_by_name : (review.asked_of_name ?? say("review.everybody"))}</span>
                        <span className="soft small">{say.moment(review.created_at)}</span>
                      </span>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </div>
    </section>
  );
}
