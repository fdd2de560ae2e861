// The brand: what the group says once for all of its hotels, and where hotels say something else.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { declarations } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Badge, Empty, Notice } from "../ui/parts";
import { Table } from "../ui/table";
import { type BrandDocument, brands, useManagers, useMayManageBrand } from "./queries";

/** The head of both screens of the brand. */
export function BrandPage({ children }: { children: ReactNode }) {
  const say = useSpeaker();
  const managers = useManagers(say);
  return (
    <Page title={say("brand.title")} about={say("brand.about")} size="wide">
      <nav className="tabs" aria-label={say("brand.parts")}>
        <Link className="tab" to="/dashboard/brand" activeOptions={{ exact: true }}>
          {say("brand.says")}
        </Link>
        <Link className="tab" to="/dashboard/brand/drift">
          {say("drift.title")}
        </Link>
      </nav>
      {!useMayManageBrand() && managers !== "" && <Notice kind="plain">{say("brand.readOnly", { roles: managers })}</Notice>}
      {children}
    </Page>
  );
}

export function Brand() {
  const say = useSpeaker();
  const types = useQuery(declarations).data?.types ?? [];
  const query = useQuery(brands);
  const titleOf = (brand: BrandDocument) => say.of(types.find((type) => type.name === brand.type)?.title_plural) || brand.type;
  return (
    <BrandPage>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty>{say("brand.noTypes")}</Empty>
            ) : (
              <Table
                caption={say("brand.says")}
                items={found}
                keyOf={(brand) => brand.type}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (brand) => (
                      <Link className="strong" to="/dashboard/brand/types/$type" params={{ type: brand.type }}>
                        {titleOf(brand)}
                      </Link>
                    ),
                  },
                  { label: say("brand.saidFor"), cell: (brand) => <span className="numbers">{say("brand.saidOf", { count: say.number(Object.keys(brand.fields).length), of: say.number(brand.inheritable.length) })}</span> },
                  { label: say("brand.locked"), align: "end", cell: (brand) => <span className="numbers">{say.number(Object.values(brand.fields).filter((wish) => wish.mode === "locked").length)}</span> },
                  { label: say("field.state"), cell: (brand) => <State brand={brand} /> },
                  { label: say("field.changed"), cell: (brand) => <span className="soft">{brand.updated_at === null ? "–" : say.moment(brand.updated_at)}</span> },
                ]}
              />
            )
          }
        </Loaded>
      </div>
    </BrandPage>
  );
}

/** What of it guests see. */
export function State({ brand }: { brand: BrandDocument }) {
  const say = useSpeaker();
  if (brand.revision === 0) return <Badge>{say("brand.state.none")}</Badge>;
  if (brand.published_revision === null) return <Badge kind="waiting">{say("brand.state.draft")}</Badge>;
  if (brand.published_revision === brand.revision) return <Badge kind="good">{say("brand.state.current")}</Badge>;
  return <Badge kind="waiting">{say("brand.state.older")}</Badge>;
}
