// A field that can be the brand's, in an entry's form: whose value it shows, and how it becomes the other's.

import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";

import { type BrandStanding, useManagers, useMayManageBrand } from "../brand/queries";
import { useSpeaker } from "../state/interface";
import { Badge, Button } from "../ui/parts";
import { EditingContext, useEditing, useValue } from "./context";
import { isAbsent, isObject, type JsonObject } from "./document/paths";
import type { Keeper } from "./saving/kept";
import { startSession } from "./saving/session";

/** The document as guests would see it: with the brand's values where the entry has none, or must not have one. */
export function withBrand(document: JsonObject, brand: readonly BrandStanding[]): JsonObject {
  const taken = brand.filter(({ field, state, brand: value }) => value !== null && (state === "locked" || isAbsent(document[field])));
  return taken.length === 0 ? document : { ...document, ...Object.fromEntries(taken.map(({ field, brand: value }) => [field, value])) };
}

const NOWHERE: Keeper = { keep: async () => Promise.resolve(), recall: async () => Promise.resolve(undefined), forget: async () => Promise.resolve() };
const NEVER = { read: async () => Promise.reject(new Error("nothing is read here")), write: async () => Promise.reject(new Error("nothing is written here")), saved: () => undefined };

/** The field as its kind shows it, with the brand's value, not to be changed. */
function Fixed({ field, value, children }: { field: string; value: unknown; children: ReactNode }) {
  const editing = useEditing();
  const still = useMemo(() => ({ ...editing, session: startSession({ document: { [field]: value }, slug: "", revision: 0 }, NEVER, NOWHERE), isReadOnly: true, showsOriginal: false }), [editing, field, value]);
  return <EditingContext value={still}>{children}</EditingContext>;
}

/** `children` is the field itself; what it shows and whether it can be written is decided here. */
export function Inherited({ standing, children }: { standing: BrandStanding; children: ReactNode }) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const mayManage = useMayManageBrand();
  const managers = useManagers(say);
  const [own, setOwn] = useValue([standing.field]);
  const hasOwn = !isAbsent(own);
  // Whoever has begun to write an own value and empties it is still writing it.
  const [isWriting, setIsWriting] = useState(hasOwn);
  if (standing.state === "locked") {
    return (
      <div className="inherited">
        <Fixed field={standing.field} value={standing.brand}>
          {children}
        </Fixed>
        <div className="inherited-whose">
          <Badge kind="waiting">{say("inherited.locked")}</Badge>
          <span className="soft small">
            {say("inherited.lockedBy", { roles: managers })} {hasOwn && say("inherited.waits")}
          </span>
          {mayManage && (
            <Link to="/dashboard/brand" className="small">
              {say("inherited.toBrand")}
            </Link>
          )}
        </div>
      </div>
    );
  }
  if (!hasOwn && !isWriting) {
    return (
      <div className="inherited">
        <Fixed field={standing.field} value={standing.brand}>
          {children}
        </Fixed>
        <div className="inherited-whose">
          <Badge>{say("inherited.brand")}</Badge>
          {!isReadOnly && (
            <Button
              kind="quiet"
              isSmall
              onClick={() => {
                setOwn(copied(standing.brand));
                setIsWriting(true);
              }}
            >
              {say("inherited.setOwn")}
            </Button>
          )}
        </div>
      </div>
    );
  }
  return (
    <div className="inherited">
      {children}
      <div className="inherited-whose">
        <Badge kind="good">{say("inherited.own")}</Badge>
        {!hasOwn && <span className="soft small">{say("inherited.empty")}</span>}
        {!isReadOnly && (
          <Button
            kind="quiet"
            isSmall
            icon="undo"
            onClick={() => {
              setOwn(undefined);
              setIsWriting(false);
            }}
          >
            {say("inherited.back")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** A value to write on, which shares nothing with the one that it was. */
function copied(value: unknown): unknown {
  return isObject(value) || Array.isArray(value) ? (structuredClone(value) as unknown) : value;
}

/** How a field of the open entry stands to the brand; nothing where the brand says nothing of it. */
export function useStanding(path: readonly (string | number)[], name: string): BrandStanding | undefined {
  const { brand } = useEditing();
  return path.length > 0 ? undefined : brand?.find((each) => each.field === name && each.state !== "own" && each.brand !== null);
}
