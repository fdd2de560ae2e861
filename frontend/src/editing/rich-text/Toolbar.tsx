// The tools above the text. One stop for the Tab key; arrows go along it (ARIA's pattern of a toolbar).

import { $isLinkNode } from "@lexical/link";
import { $isListNode, ListNode } from "@lexical/list";
import { $isHeadingNode, $isQuoteNode } from "@lexical/rich-text";
import { $findMatchingParent, $getNearestNodeOfType } from "@lexical/utils";
import { $getSelection, $isRangeSelection, $isRootOrShadowRoot, FORMAT_TEXT_COMMAND, type LexicalEditor, REDO_COMMAND, type TextFormatType, UNDO_COMMAND } from "lexical";
import { type KeyboardEvent, useEffect, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Icon, type IconName } from "../../ui/icons";
import type { Word } from "../../words";
import { become, type BlockName, BLOCKS } from "./blocks";

interface Seen {
  block: BlockName;
  formats: string;
  isLink: boolean;
}

const FORMATS: readonly { format: TextFormatType; icon: IconName; word: Word }[] = [
  { format: "bold", icon: "bold", word: "rich.bold" },
  { format: "italic", icon: "italic", word: "rich.italic" },
];

function $seen(): Seen | null {
  const selection = $getSelection();
  if (!$isRangeSelection(selection)) return null;
  const node = selection.anchor.getNode();
  const top = $isRootOrShadowRoot(node) ? node : ($findMatchingParent(node, (each) => $isRootOrShadowRoot(each.getParent())) ?? node);
  const list = $getNearestNodeOfType(node, ListNode);
  const block: BlockName = $isListNode(list) ? (list.getListType() === "number" ? "number" : "bullet") : $isHeadingNode(top) ? (top.getTag() as BlockName) : $isQuoteNode(top) ? "quote" : "paragraph";
  return { block, formats: FORMATS.filter(({ format }) => selection.hasFormat(format)).map(({ format }) => format).join(" "), isLink: $findMatchingParent(node, $isLinkNode) !== null };
}

interface ToolbarProps {
  editor: LexicalEditor;
  /** Whether there are steps to take back, or to take again. */
  steps: { undo: boolean; redo: boolean };
  label: string;
  onLink: () => void;
}

export function Toolbar({ editor, steps, label, onLink }: ToolbarProps) {
  const say = useSpeaker();
  const [seen, setSeen] = useState<Seen>({ block: "paragraph", formats: "", isLink: false });
  useEffect(
    () =>
      editor.registerUpdateListener(({ editorState }) => {
        const now = editorState.read($seen);
        if (now !== null) setSeen((before) => (before.block === now.block && before.formats === now.formats && before.isLink === now.isLink ? before : now));
      }),
    [editor],
  );
  const held = seen.formats.split(" ");
  const tool = (icon: IconName, name: string, run: () => void, options: { isOn?: boolean; isOff?: boolean } = {}) => (
    <button
      type="button"
      className="tool"
      tabIndex={-1}
      title={name}
      aria-label={name}
      {...(options.isOn === undefined ? {} : { "aria-pressed": options.isOn })}
      aria-disabled={options.isOff === true}
      // The text keeps the focus and its selection.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        if (options.isOff !== true) run();
      }}
    >
      <Icon name={icon} size={16} />
    </button>
  );
  return (
    <div className="rich-toolbar" role="toolbar" aria-label={label} onKeyDown={walk} onFocus={(event) => rove(event.currentTarget, event.target)}>
      <select
        className="control rich-block"
        aria-label={say("rich.block")}
        value={seen.block}
        onChange={(event) => {
          become(editor, event.target.value as BlockName);
          editor.focus();
        }}
      >
        {BLOCKS.filter(({ name }) => name !== "rule").map(({ name, word }) => (
          <option key={name} value={name}>
            {say(word)}
          </option>
        ))}
      </select>
      {FORMATS.map(({ format, icon, word }) => (
        <span key={format}>{tool(icon, say(word), () => editor.dispatchCommand(FORMAT_TEXT_COMMAND, format), { isOn: held.includes(format) })}</span>
      ))}
      {tool("link", say("rich.link"), onLink, { isOn: seen.isLink })}
      <span className="rich-gap" />
      {tool("bullets", say("rich.bullet"), () => become(editor, seen.block === "bullet" ? "paragraph" : "bullet"), { isOn: seen.block === "bullet" })}
      {tool("numbers", say("rich.number"), () => become(editor, seen.block === "number" ? "paragraph" : "number"), { isOn: seen.block === "number" })}
      {tool("quote", say("rich.quote"), () => become(editor, seen.block === "quote" ? "paragraph" : "quote"), { isOn: seen.block === "quote" })}
      {tool("rule", say("rich.rule"), () => become(editor, "rule"))}
      <span className="rich-gap" />
      {tool("undo", say("edit.undo"), () => editor.dispatchCommand(UNDO_COMMAND, undefined), { isOff: !steps.undo })}
      {tool("redo", say("edit.redo"), () => editor.dispatchCommand(REDO_COMMAND, undefined), { isOff: !steps.redo })}
    </div>
  );
}

function toolsOf(bar: HTMLElement): HTMLElement[] {
  return [...bar.querySelectorAll<HTMLElement>("select, button")];
}

function rove(bar: HTMLElement, to: Element): void {
  for (const tool of toolsOf(bar)) tool.tabIndex = tool === to ? 0 : -1;
}

function walk(event: KeyboardEvent<HTMLElement>): void {
  const isRtl = getComputedStyle(event.currentTarget).direction === "rtl";
  const step = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const tools = toolsOf(event.currentTarget);
  const at = tools.indexOf(document.activeElement as HTMLElement);
  tools[(at + step + tools.length) % tools.length]?.focus();
}
