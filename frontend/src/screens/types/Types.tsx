// What the group declares itself: its types and sections, and the fields that it adds to the built-in types.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client, type Schemas } from "../../api/client";
import { declarations, useMay, useWrite } from "../../shell/queries";
import { Loaded, Page } from "../../shell/states";
import { useSpeaker } from "../../state/interface";
import { Form, Input, Select } from "../../ui/form";
import { Button, Dialog, Empty } from "../../ui/parts";
import { Table } from "../../ui/table";
import type { Word } from "../../words";
import { Check } from "./Check";
import { Editor } from "./Editor";
import { blank, nameOf, OWN, type OwnKind, type Written } from "./written";

type CustomType = Schemas["CustomType"];

/** A declaration that is open, new or there already. */
interface Opened {
  kind: OwnKind;
  name: string;
  written: Written;
  isNew: boolean;
}

const writtenOf = (own: CustomType) => own.declaration as unknown as Written;

export function Types() {
  const say = useSpeaker();
  const isReadOnly = !useMay()("types.manage");
  const query = useQuery({ queryKey: OWN, queryFn: () => answer(client.GET("/api/v1/types/custom/")) });
  const builtIn = useQuery(declarations).data;
  const [opened, setOpened] = useState<Opened | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  const [removing, setRemoving] = useState<CustomType | null>(null);
  const remove = useWrite({
    write: ({ own, fingerprint }: { own: CustomType; fingerprint: string }) =>
      answer(client.DELETE("/api/v1/types/custom/{kind}/{name}/", { params: { path: { kind: own.kind, name: own.name }, query: { fingerprint } } })),
    refresh: [OWN, declarations.queryKey, ["entries"]],
    done: () => setRemoving(null),
    message: (_, { own }) => say("types.removed", { name: titleOf(own) }),
  });
  const titleOf = (own: CustomType) => {
    if (own.kind !== "extension") return say.of(writtenOf(own).title);
    return say.of(builtIn?.types.find((type) => type.name === own.name)?.title) || own.name;
  };
  if (opened !== null) {
    return (
      <Editor
        key={`${opened.kind}:${opened.name}`}
        kind={opened.kind}
        name={opened.name}
        written={opened.written}
        isNew={opened.isNew}
        isReadOnly={isReadOnly}
        onClose={() => setOpened(null)}
      />
    );
  }
  const make = !isReadOnly && (
    <Button kind="primary" icon="plus" onClick={() => setIsMaking(true)}>
      {say("types.new")}
    </Button>
  );
  return (
    <Page title={say("types.title")} about={say("types.about")} actions={make}>
      <div className="card card-flush">
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty action={make}>{say("types.empty")}</Empty>
            ) : (
              <Table
                caption={say("types.title")}
                items={found}
                keyOf={(own) => `${own.kind}:${own.name}`}
                columns={[
                  {
                    label: say("field.name"),
                    role: "name",
                    cell: (own) => (
                      <div className="stack stack-tight">
                        <span className="strong">{titleOf(own)}</span>
                        <span className="soft mono break">{own.name}</span>
                      </div>
                    ),
                  },
                  { label: say("types.what"), cell: (own) => say(`types.own.${own.kind}` as Word) },
                  { label: say("types.fields"), align: "end", cell: (own) => say.number(writtenOf(own).fields.length) },
                  { label: say("types.entries"), align: "end", cell: (own) => (own.kind === "section" ? "" : say.number(own.entries)) },
                  {
                    label: say("field.changed"),
                    cell: (own) => (
                      <div className="stack stack-tight">
                        <span>{say.moment(own.updated_at)}</span>
                        <span className="soft">{own.author}</span>
                      </div>
                    ),
                  },
                  {
                    label: say("field.actions"),
                    role: "actions",
                    cell: (own) => (
                      <div className="row">
                        <Button isSmall onClick={() => setOpened({ kind: own.kind, name: own.name, written: writtenOf(own), isNew: false })}>
                          {say(isReadOnly ? "types.look" : "action.change")}
                        </Button>
                        {!isReadOnly && (
                          <Button kind="quiet-danger" isSmall onClick={() => setRemoving(own)}>
                            {say("action.delete")}
                          </Button>
                        )}
                      </div>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </div>
      {isMaking && (
        <NewType
          extended={(query.data ?? []).filter((own) => own.kind === "extension").map((own) => own.name)}
          own={(query.data ?? []).filter((own) => own.kind === "type").map((own) => own.name)}
          onMake={(kind, name) => {
            setIsMaking(false);
            setOpened({ kind, name, written: blank(kind, name), isNew: true });
          }}
          onClose={() => setIsMaking(false)}
        />
      )}
      {removing !== null && (
        <Check
          kind={removing.kind}
          name={removing.name}
          declaration={null}
          isBusy={remove.isBusy}
          error={remove.error}
          onApply={(fingerprint) => remove.run({ own: removing, fingerprint })}
          onClose={() => setRemoving(null)}
        />
      )}
    </Page>
  );
}

interface NewTypeProps {
  extended: readonly string[];
  own: readonly string[];
  onMake: (kind: OwnKind, name: string) => void;
  onClose: () => void;
}

function NewType({ extended, own, onMake, onClose }: NewTypeProps) {
  const say = useSpeaker();
  const types = useQuery(declarations).data?.types ?? [];
  const [kind, setKind] = useState<OwnKind>("type");
  const [title, setTitle] = useState("");
  const [base, setBase] = useState("");
  const builtIn = types.filter((type) => !own.includes(type.name) && !extended.includes(type.name));
  const name = kind === "extension" ? base : nameOf(title);
  return (
    <Dialog title={say("types.new")} closeLabel={say("action.close")} onClose={onClose}>
      <Form onSubmit={() => name !== "" && onMake(kind, name)}>
        <Select
          name="/kind"
          label={say("types.what")}
          value={kind}
          options={(["type", "section", "extension"] as const).map((each) => ({ value: each, label: say(`types.own.${each}` as Word) }))}
          onChange={(each) => setKind(each as OwnKind)}
        />
        {kind === "extension" ? (
          <Select
            name="/extends"
            label={say("types.extends")}
            value={base}
            options={[{ value: "", label: say("types.choose") }, ...builtIn.map((type) => ({ value: type.name, label: say.of(type.title_plural) }))]}
            onChange={setBase}
          />
        ) : (
          <Input name="/name" label={say("types.englishName")} help={say("types.nameBecomes", { name: name === "" ? "…" : name })} value={title} onChange={setTitle} />
        )}
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" disabled={name === ""}>
            {say("action.continue")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
