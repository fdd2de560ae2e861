// Where a link leads: an address that is typed, or another page of the site that is looked up.

import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

import { entriesOf } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Choose } from "../ui/choose";
import { Form, Input } from "../ui/form";
import { Button, Dialog } from "../ui/parts";
import { useEditing } from "./context";
import { addressOf, pathOf } from "./links";

interface PageDialogProps {
  url?: string;
  opensNewTab?: boolean;
  onChoose: (url: string, opensNewTab: boolean) => void;
  onRemove?: () => void;
  onClose: () => void;
}

export function PageDialog({ url = "", opensNewTab, onChoose, onRemove, onClose }: PageDialogProps) {
  const say = useSpeaker();
  const { site, types } = useEditing();
  const [typed, setTyped] = useState(url);
  const [inNewTab, setInNewTab] = useState(opensNewTab ?? false);
  const [isWrong, setIsWrong] = useState(false);
  const lists = useQueries({ queries: types.map((type) => entriesOf(site.id, type.name)) });
  // What guests can open: amenities and fact sheets have no page of their own.
  const options = types.flatMap((type, index) =>
    type.name === "amenity" || type.name === "property"
      ? []
      : (lists[index]?.data?.results ?? []).map((entry) => {
          const path = pathOf(type, entry);
          return { id: path, label: entry.title, about: path, group: say.of(type.title) };
        }),
  );
  return (
    <Dialog title={say("link.title")} closeLabel={say("action.close")} onClose={onClose}>
      <Form
        onSubmit={() => {
          const address = addressOf(typed);
          if (address === undefined) setIsWrong(true);
          else onChoose(address, inNewTab);
        }}
      >
        <Input
          name="/url"
          label={say("link.address")}
          help={say("link.addressHelp")}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          error={isWrong ? say("link.wrong") : undefined}
          onChange={(text) => {
            setTyped(text);
            setIsWrong(false);
          }}
        />
        {opensNewTab !== undefined && (
          <label className="check">
            <input type="checkbox" checked={inNewTab} onChange={(event) => setInNewTab(event.target.checked)} />
            <span>{say("link.newTab")}</span>
          </label>
        )}
        <div className="dialog-foot">
          {onRemove !== undefined && (
            <Button kind="quiet-danger" onClick={onRemove}>
              {say("link.remove")}
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit">
            {say("link.take")}
          </Button>
        </div>
      </Form>
      <Choose label={say("link.search")} takesFocus={url === ""} options={options} nothing={(text) => (text === "" ? say("edit.nothingToChoose") : say("list.nothing", { search: text }))} onChoose={(path) => onChoose(path, inNewTab)} />
    </Dialog>
  );
}
