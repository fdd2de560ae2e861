// Prices by season as a table that takes a spreadsheet's cells, and says which nights have two prices or none.

import { type ClipboardEvent, Fragment, useMemo, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { useReorder } from "../../ui/reorder";
import { useEditing, useValue } from "../context";
import type { Field } from "../document/declared";
import { identified, newId } from "../document/lists";
import { at, isObject, type JsonObject, put } from "../document/paths";
import { amountOf, cellsOf, currencyOf, dayOf, gaps, overlaps, type Season } from "../document/rates";
import { FieldFor } from "./FieldFor";
import { Frame } from "./Frame";
import { Laid } from "./Group";
import { Handle } from "./ItemHead";
import { useItems } from "./items";
import type { KindOf, KindProps } from "./kind";

interface Seasons {
  /** What stands in the table. */
  fields: readonly Field[];
  /** What is said more rarely, below its row. */
  more: readonly Field[];
  name: Field | undefined;
  from: Field;
  to: Field;
  currency: Field | undefined;
}

/** Columns are what every season has: its name, its nights, its currency and what stands before that of prices. */
function isColumn(field: Field, all: readonly Field[]): boolean {
  const currency = all.findIndex((each) => each.kind === "currency");
  const isPlain = ["text", "date", "money", "currency"].includes(field.kind);
  return isPlain && (currency === -1 || all.indexOf(field) <= currency);
}

/** A group is a season when it has a first and a last night and a price. */
export function seasonsIn(group: KindOf<"group">): Seasons | null {
  const to = group.fields.find((field) => field.kind === "date" && field.not_before != null);
  const from = group.fields.find((field) => to?.kind === "date" && field.name === to.not_before);
  if (to === undefined || from === undefined || !group.fields.some((field) => field.kind === "money")) return null;
  return {
    fields: group.fields.filter((field) => isColumn(field, group.fields)),
    more: group.fields.filter((field) => !isColumn(field, group.fields)),
    from,
    to,
    name: group.fields.find((field) => field.kind === "text"),
    currency: group.fields.find((field) => field.kind === "currency"),
  };
}

export function Rates({ seasons, ...props }: KindProps<"list"> & { seasons: Seasons }) {
  const say = useSpeaker();
  const { site, isReadOnly, locale } = useEditing();
  const [value, setValue] = useValue(props.path);
  const { items, ...steps } = useItems(props.path, value);
  const reorder = useReorder(items.length, steps.move);
  const [opened, setOpened] = useState<readonly string[]>([]);
  const keyOf = (item: unknown, index: number) => (identified(item) ? item.id : String(index));
  const hasMore = (item: unknown) => seasons.more.some((field) => at(item, [field.name]) !== undefined);
  const isOpen = (item: unknown, index: number) => opened.includes(keyOf(item, index));
  const toggle = (key: string) => setOpened(opened.includes(key) ? opened.filter((each) => each !== key) : [...opened, key]);
  const nameOf = (item: unknown, index: number) => {
    const texts = seasons.name === undefined ? undefined : at(item, [seasons.name.name]);
    const text = isObject(texts) ? (texts[locale] ?? Object.values(texts)[0]) : texts;
    return typeof text === "string" && text !== "" ? text : say("edit.item", { name: props.label, place: say.number(index + 1) });
  };
  const blank = (): JsonObject => ({ id: newId(), ...(seasons.currency === undefined ? {} : { [seasons.currency.name]: site.currency }) });

  /** Cells go from the one that has the focus to the right and downwards; rows that are missing are made. */
  function paste(event: ClipboardEvent<HTMLTableElement>) {
    const text = event.clipboardData.getData("text/plain");
    const cell = (event.target as HTMLElement).closest("td");
    if (isReadOnly || cell === null || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const row = Number(cell.dataset["row"]);
    const column = Number(cell.dataset["column"]);
    const pasted = cellsOf(text);
    const next = [...items];
    pasted.forEach((cells, down) => {
      const index = row + down;
      if (index >= props.kind.max_items) return;
      next[index] = cells.reduce<JsonObject>((item, content, right) => filled(item, seasons.fields[column + right], content), isObject(next[index]) ? next[index] : blank());
    });
    setValue(next);
  }

  function filled(item: JsonObject, field: Field | undefined, content: string): JsonObject {
    if (field === undefined || content === "") return item;
    const place = [field.name, ...(field.localized ? [locale] : [])];
    if (field.kind === "date") return put(item, place, dayOf(content) ?? undefined);
    if (field.kind === "currency") return put(item, place, currencyOf(content) ?? content.toUpperCase());
    if (field.kind !== "money") return put(item, place, content);
    const code = currencyOf(content);
    const priced = put(item, place, amountOf(content) ?? content);
    return code === null || seasons.currency === undefined ? priced : put(priced, [seasons.currency.name], code);
  }

  return (
    <Frame of={props} isGroup>
      {(control) => (
        <div className="stack stack-narrow rates-frame">
          {items.length > 0 && (
            <div className="table-scroll rates" id={control.id} tabIndex={-1}>
              <table onPaste={paste}>
                <thead>
                  <tr>
                    {!isReadOnly && <td />}
                    {seasons.fields.map((field) => (
                      <th key={field.name} scope="col">
                        {say.of(field.label)}
                        {field.localized && <span className="field-language">{locale.toUpperCase()}</span>}
                      </th>
                    ))}
                    {(!isReadOnly || seasons.more.length > 0) && <td />}
                  </tr>
                </thead>
                <tbody>
                  {items.map((item, index) => (
                    <Fragment key={keyOf(item, index)}>
                      <tr data-item data-drag={reorder.mark(index)}>
                        {!isReadOnly && (
                          <td>
                            <Handle name={nameOf(item, index)} index={index} reorder={reorder} />
                          </td>
                        )}
                        {seasons.fields.map((field, column) => (
                          <td key={field.name} data-row={index} data-column={column} data-kind={field.kind} data-label={say.of(field.label)}>
                            <FieldFor field={field} path={[...props.path, index]} isBare />
                          </td>
                        ))}
                        {(!isReadOnly || seasons.more.length > 0) && (
                          <td className="rates-buttons">
                            {seasons.more.length > 0 && (
                              <Button
                                kind={hasMore(item) ? "plain" : "quiet"}
                                isSmall
                                icon={isOpen(item, index) ? "fold" : "unfold"}
                                aria-expanded={isOpen(item, index)}
                                aria-label={say("codes.more", { name: nameOf(item, index) })}
                                onClick={() => toggle(keyOf(item, index))}
                              />
                            )}
                            {!isReadOnly && <Button kind="quiet-danger" isSmall icon="bin" aria-label={say("action.removeThing", { name: nameOf(item, index) })} onClick={() => steps.remove(index, nameOf(item, index))} />}
                          </td>
                        )}
                      </tr>
                      {isOpen(item, index) && (
                        <tr className="rates-more">
                          <td colSpan={seasons.fields.length + 2}>
                            <Laid fields={seasons.more} path={[...props.path, index]} />
                          </td>
                        </tr>
                      )}
                    </Fragment>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <Findings items={items} seasons={seasons} nameOf={nameOf} />
          {isReadOnly ? (
            items.length === 0 && <p className="soft small">{say("edit.emptyList")}</p>
          ) : (
            <div className="row">
              <Button isSmall icon="plus" disabled={items.length >= props.kind.max_items} onClick={() => steps.add(blank())}>
                {say("rates.add")}
              </Button>
              <span className="soft small">{say("rates.pasteHelp")}</span>
            </div>
          )}
        </div>
      )}
    </Frame>
  );
}

function Findings({ items, seasons, nameOf }: { items: readonly unknown[]; seasons: Seasons; nameOf: (item: unknown, index: number) => string }) {
  const say = useSpeaker();
  const found = useMemo(() => {
    const text = (item: unknown, field: Field) => {
      const value = at(item, [field.name]);
      return typeof value === "string" ? value : "";
    };
    const all = items.map((item, index): Season => ({ index, name: "", from: text(item, seasons.from), to: text(item, seasons.to) }));
    return { overlaps: overlaps(all), gaps: gaps(all) };
  }, [items, seasons]);
  if (found.overlaps.length === 0 && found.gaps.length === 0) return null;
  return (
    <ul className="findings" aria-label={say("rates.findings")}>
      {found.overlaps.map((overlap) => (
        <li key={`${overlap.first.index} ${overlap.second.index}`}>
          <Icon name="warning" size={16} />
          {say("rates.overlap", { first: nameOf(items[overlap.first.index], overlap.first.index), second: nameOf(items[overlap.second.index], overlap.second.index), from: say.day(overlap.from), to: say.day(overlap.to) })}
        </li>
      ))}
      {found.gaps.map((gap) => (
        <li key={gap.from}>
          <Icon name="info" size={16} />
          {gap.from === gap.to ? say("rates.gapNight", { from: say.day(gap.from) }) : say("rates.gap", { from: say.day(gap.from), to: say.day(gap.to) })}
        </li>
      ))}
    </ul>
  );
}
