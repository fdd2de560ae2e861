// The forms that a block of text can take, for the toolbar and the menu behind `/`.

import { INSERT_ORDERED_LIST_COMMAND, INSERT_UNORDERED_LIST_COMMAND } from "@lexical/list";
import { $createHeadingNode, $createQuoteNode } from "@lexical/rich-text";
import { $setBlocksType } from "@lexical/selection";
import { $createParagraphNode, $getSelection, $insertNodes, $isRangeSelection, type LexicalEditor } from "lexical";

import type { IconName } from "../../ui/icons";
import type { Word } from "../../words";
import { RuleNode } from "./nodes";

export type BlockName = "paragraph" | "h2" | "h3" | "h4" | "bullet" | "number" | "quote" | "rule";

interface BlockChoice {
  name: BlockName;
  icon: IconName;
  word: Word;
}

export const BLOCKS: readonly BlockChoice[] = [
  { name: "paragraph", icon: "text", word: "rich.paragraph" },
  { name: "h2", icon: "heading", word: "rich.h2" },
  { name: "h3", icon: "heading", word: "rich.h3" },
  { name: "h4", icon: "heading", word: "rich.h4" },
  { name: "bullet", icon: "bullets", word: "rich.bullet" },
  { name: "number", icon: "numbers", word: "rich.number" },
  { name: "quote", icon: "quote", word: "rich.quote" },
  { name: "rule", icon: "rule", word: "rich.rule" },
];

/** Gives the chosen blocks a form. */
export function become(editor: LexicalEditor, name: BlockName): void {
  if (name === "bullet") editor.dispatchCommand(INSERT_UNORDERED_LIST_COMMAND, undefined);
  else if (name === "number") editor.dispatchCommand(INSERT_ORDERED_LIST_COMMAND, undefined);
  else {
    editor.update(() => {
      const selection = $getSelection();
      if (!$isRangeSelection(selection)) return;
      if (name === "rule") {
        $insertNodes([new RuleNode(), $createParagraphNode()]);
        return;
      }
      $setBlocksType(selection, () => (name === "quote" ? $createQuoteNode() : name === "paragraph" ? $createParagraphNode() : $createHeadingNode(name)));
    });
  }
}
