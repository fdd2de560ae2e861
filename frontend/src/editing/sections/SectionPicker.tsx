import { useSpeaker } from "../../state/interface";
import { Choose } from "../../ui/choose";
import { declaredIcon } from "../../ui/icons";
import { Dialog } from "../../ui/parts";
import { useEditing } from "../context";
import type { SectionDeclaration } from "../document/declared";

interface SectionPickerProps {
  /** Names of the types that may stand here; all of them when empty. */
  allowed: readonly string[];
  onChoose: (section: SectionDeclaration) => void;
  onClose: () => void;
}

/** Every type of section with what it is for, to search in. */
export function SectionPicker({ allowed, onChoose, onClose }: SectionPickerProps) {
  const say = useSpeaker();
  const { sections } = useEditing();
  const offered = sections.filter((section) => allowed.length === 0 || allowed.includes(section.name));
  return (
    <Dialog title={say("sections.add")} closeLabel={say("action.close")} onClose={onClose}>
      <Choose
        label={say("sections.search")}
        options={offered.map((section) => ({ id: section.name, label: say.of(section.title), about: say.of(section.help), icon: declaredIcon(section.icon), words: section.name.replaceAll("_", " ") }))}
        nothing={(typed) => say("list.nothing", { search: typed })}
        onChoose={(name) => {
          const section = offered.find((each) => each.name === name);
          if (section !== undefined) onChoose(section);
        }}
      />
    </Dialog>
  );
}
