// The editor of formatted text: Lexical without its bindings, since a field needs one surface, a toolbar and a menu.

import { createEmptyHistoryState, registerHistory } from "@lexical/history";
import { $generateNodesFromDOM } from "@lexical/html";
import { $isLinkNode, $toggleLink } from "@lexical/link";
import { registerList } from "@lexical/list";
import { registerMarkdownShortcuts } from "@lexical/markdown";
import { registerRichText } from "@lexical/rich-text";
import { $findMatchingParent, mergeRegister } from "@lexical/utils";
import {
  $getSelection,
  $insertNodes,
  $isRangeSelection,
  COMMAND_PRIORITY_HIGH,
  createEditor,
  INDENT_CONTENT_COMMAND,
  type LexicalEditor,
  OUTDENT_CONTENT_COMMAND,
  PASTE_COMMAND,
} from "lexical";
import { useEffect, useRef, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { same } from "../document/paths";
import { addressOf } from "../links";
import { PageDialog } from "../PageDialog";
import { canonical, stateOf } from "./canonical";
import { keepToAllowList, NODES, SHORTCUTS } from "./nodes";
import { cleaned } from "./paste";
import { SlashMenu } from "./SlashMenu";
import { Toolbar } from "./Toolbar";

export interface EditorProps {
  id: string;
  label: string;
  describedBy: string | undefined;
  isInvalid: boolean;
  locale: string | undefined;
  value: unknown;
  maxLength: number;
  isReadOnly: boolean;
  onChange: (value: unknown) => void;
}

const THEME = { text: { strikethrough: "struck", underline: "underlined", underlineStrikethrough: "underlined-struck" }, list: { nested: { listitem: "nested" } } };
const HISTORY_PAUSE_MS = 400;

export default function Editor(props: EditorProps) {
  const say = useSpeaker();
  const surface = useRef<HTMLDivElement>(null);
  const [editor] = useState(() => createEditor({ namespace: "gammacms", nodes: [...NODES], theme: THEME, editable: !props.isReadOnly, onError: (error) => reportError(error) }));
  const [length, setLength] = useState(0);
  const [steps, setSteps] = useState({ undo: false, redo: false });
  const [linking, setLinking] = useState<{ url: string; opensNewTab: boolean } | null>(null);
  const { value, isReadOnly } = props;
  const handOn = useRef(props.onChange);
  const shown = useRef<unknown>(undefined);

  useEffect(() => {
    handOn.current = props.onChange;
  });

  useEffect(() => {
    editor.setRootElement(surface.current);
    return mergeRegister(
      registerRichText(editor),
      registerList(editor),
      registerHistory(editor, createEmptyHistoryState(), HISTORY_PAUSE_MS, Date.now, ({ undoStack, redoStack }) => setSteps({ undo: undoStack.length > 0, redo: redoStack.length > 0 })),
      registerMarkdownShortcuts(editor, SHORTCUTS),
      keepToAllowList(editor),
      registerPaste(editor),
      editor.registerTextContentListener((text) => setLength(Array.from(text).length)),
      editor.registerUpdateListener(({ editorState, dirtyElements, dirtyLeaves }) => {
        if (dirtyElements.size === 0 && dirtyLeaves.size === 0) return;
        const next = canonical(editorState.toJSON());
        if (same(next, shown.current)) return;
        shown.current = next;
        handOn.current(next);
      }),
      () => editor.setRootElement(null),
    );
  }, [editor]);

  // A value that the editor did not make itself: the first, an undone step, somebody else's version.
  useEffect(() => {
    const isFirst = shown.current === undefined && value === undefined;
    if (!isFirst && same(value, shown.current)) return;
    shown.current = canonical(value);
    editor.setEditorState(editor.parseEditorState(stateOf(value)), { tag: "historic" });
  }, [editor, value]);

  useEffect(() => editor.setEditable(!isReadOnly), [editor, isReadOnly]);

  const askForLink = () => {
    const found = editor.read(() => {
      const selection = $getSelection();
      if (!$isRangeSelection(selection)) return null;
      const link = $findMatchingParent(selection.anchor.getNode(), $isLinkNode);
      if (link === null && selection.isCollapsed()) return null;
      return { url: link?.getURL() ?? "", opensNewTab: link?.getTarget() === "_blank" };
    });
    if (found !== null) setLinking(found);
  };
  const link = (url: string | null, opensNewTab: boolean) => {
    setLinking(null);
    editor.update(() => $toggleLink(url, { rel: opensNewTab ? "noopener noreferrer" : null, target: opensNewTab ? "_blank" : null }));
    editor.focus();
  };

  return (
    <div className={`rich${props.isInvalid ? " rich-invalid" : ""}`} data-rich-text>
      {!isReadOnly && <Toolbar editor={editor} steps={steps} label={say("rich.toolbar", { name: props.label })} onLink={askForLink} />}
      <div
        ref={surface}
        id={props.id}
        className="rich-surface"
        contentEditable={!isReadOnly}
        suppressContentEditableWarning
        role="textbox"
        tabIndex={0}
        aria-multiline="true"
        aria-label={props.label}
        aria-readonly={isReadOnly}
        aria-describedby={props.describedBy}
        spellCheck
        {...(props.locale === undefined ? {} : { lang: props.locale })}
        dir="auto"
        onKeyDown={(event) => {
          if (!(event.ctrlKey || event.metaKey)) return;
          if (event.key === "k") {
            event.preventDefault();
            event.stopPropagation();
            askForLink();
          } else if (event.key === "]" || event.key === "[") {
            event.preventDefault();
            editor.dispatchCommand(event.key === "]" ? INDENT_CONTENT_COMMAND : OUTDENT_CONTENT_COMMAND, undefined);
          }
        }}
      />
      {!isReadOnly && <SlashMenu editor={editor} />}
      {length > props.maxLength * 0.8 && <p className={`small numbers rich-count ${length > props.maxLength ? "field-error" : "soft"}`}>{say("edit.length", { length: say.number(length), most: say.number(props.maxLength) })}</p>}
      {linking !== null && <PageDialog url={linking.url} opensNewTab={linking.opensNewTab} onChoose={link} {...(linking.url === "" ? {} : { onRemove: () => link(null, false) })} onClose={() => setLinking(null)} />}
    </div>
  );
}

/** An address on chosen words makes them a link; everything else comes in cleaned. */
function registerPaste(editor: LexicalEditor): () => void {
  return editor.registerCommand(
    PASTE_COMMAND,
    (event) => {
      const clipboard = "clipboardData" in event ? event.clipboardData : null;
      if (clipboard === null) return false;
      const selection = $getSelection();
      if (!$isRangeSelection(selection)) return false;
      const url = addressOf(clipboard.getData("text/plain"));
      if (url !== undefined && /^(https?|mailto|tel):/i.test(url) && !selection.isCollapsed()) {
        event.preventDefault();
        $toggleLink(url);
        return true;
      }
      const html = clipboard.getData("text/html");
      if (html === "" || clipboard.getData("application/x-lexical-editor") !== "") return false;
      event.preventDefault();
      const page = cleaned(html, (text) => new DOMParser().parseFromString(text, "text/html"));
      $insertNodes($generateNodesFromDOM(editor, page));
      return true;
    },
    COMMAND_PRIORITY_HIGH,
  );
}
