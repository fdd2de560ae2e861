// A list of things: a table on a wide screen, cards on a phone.

import type { ReactNode } from "react";

export interface Column<T> {
  /** Above the column, and beside the value on a phone. */
  label: string;
  cell: (item: T) => ReactNode;
  align?: "end";
  /** The first column names the thing and the last holds its actions: neither needs its label beside it. */
  role?: "name" | "actions";
}

interface TableProps<T> {
  caption: string;
  columns: readonly (Column<T> | false)[];
  items: readonly T[];
  keyOf: (item: T) => string | number;
}

export function Table<T>({ caption, columns, items, keyOf }: TableProps<T>) {
  const shown = columns.filter((column) => column !== false);
  return (
    <div className="table-scroll">
      <table className="table">
        <caption className="hidden-visually">{caption}</caption>
        <thead>
          <tr>
            {shown.map((column) => (
              <th key={column.label} scope="col" className={column.align}>
                {column.role === "actions" ? <span className="hidden-visually">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {shown.map((column) => (
                <td
                  key={column.label}
                  data-label={column.role === undefined ? column.label : ""}
                  className={column.role === "actions" ? "actions" : column.align}
                >
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
