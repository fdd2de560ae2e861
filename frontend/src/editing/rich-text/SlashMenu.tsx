// The menu behind `/` at the beginning of an empty line.

import { mergeRegister } from "@lexical/utils";
import { $getSelection, $isParagraphNode, $isRangeSelection, COMMAND_PRIORITY_CRITICAL, KEY_ARROW_DOWN_COMMAND, KEY_ARROW_UP_COMMAND, KEY_ENTER_COMMAND, KEY_ESCAPE_COMMAND, type LexicalEditor } from "lexical";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import { useSpeaker } from "../../state/interface";
import { found } from "../../ui/choose";
import { Icon } from "../../ui/icons";
import { become, type BlockName, BLOCKS } from "./blocks";

/** What stands behind the `/`; null where no menu is wanted. */
function $typed(): string | null {
  const selection = $getSelection();
  if (!$isRangeSelection(selection) || !selection.isCollapsed()) return null;
  const block = selection.anchor.getNode().getTopLevelElement();
  if (!$isParagraphNode(block)) return null;
  return /^\/([\p{L}\p{N} ]{0,20})$/u.exec(block.getTextContent())?.[1] ?? null;
}

export function SlashMenu({ editor }: { editor: LexicalEditor }) {
  const say = useSpeaker();
  const [typed, setTyped] = useState<string | null>(null);
  // Closed by Escape it stays closed until the line is another one.
  const [isDismissed, setIsDismissed] = useState(false);
  const [at, setAt] = useState(0);
  const menu = useRef<HTMLDivElement>(null);
  const options = useMemo(() => found(BLOCKS.map(({ name, icon, word }) => ({ id: name, label: say(word), icon })), typed ?? ""), [say, typed]);
  const isOpen = typed !== null && !isDismissed && options.length > 0;
  const active = Math.min(at, options.length - 1);

  const take = useCallback(
    (name: string) => {
      // After the update in which the key was pressed: inside of it the line could not be emptied first.
      queueMicrotask(() => {
        editor.update(
          () => {
            const selection = $getSelection();
            const block = $isRangeSelection(selection) ? selection.anchor.getNode().getTopLevelElement() : null;
            if (!$isParagraphNode(block)) return;
            block.clear();
            block.select();
          },
          { discrete: true },
        );
        become(editor, name as BlockName);
      });
    },
    [editor],
  );

  useEffect(
    () =>
      editor.registerUpdateListener(({ editorState }) => {
        const now = editorState.read($typed);
        setTyped(now);
        if (now === null) {
          setIsDismissed(false);
          setAt(0);
        }
      }),
    [editor],
  );

  useEffect(() => {
    if (!isOpen) return;
    const step = (by: number) => (event: KeyboardEvent | null) => {
      event?.preventDefault();
      setAt((active + by + options.length) % options.length);
      return true;
    };
    return mergeRegister(
      editor.registerCommand(KEY_ARROW_DOWN_COMMAND, step(1), COMMAND_PRIORITY_CRITICAL),
      editor.registerCommand(KEY_ARROW_UP_COMMAND, step(-1), COMMAND_PRIORITY_CRITICAL),
      editor.registerCommand(
        KEY_ENTER_COMMAND,
        (event) => {
          event?.preventDefault();
          const chosen = options[active];
          if (chosen !== undefined) take(chosen.id);
          return true;
        },
        COMMAND_PRIORITY_CRITICAL,
      ),
      editor.registerCommand(KEY_ESCAPE_COMMAND, () => (setIsDismissed(true), true), COMMAND_PRIORITY_CRITICAL),
    );
  }, [editor, isOpen, active, options, take]);

  // Below the line that is written: a place that only the browser knows.
  useEffect(() => {
    const shown = menu.current;
    const line = isOpen ? getSelection()?.focusNode : null;
    const element = line instanceof Element ? line : line?.parentElement;
    const frame = shown?.parentElement;
    if (shown === null || element == null || frame == null) return;
    shown.style.setProperty("inset-block-start", `${element.getBoundingClientRect().bottom - frame.getBoundingClientRect().top + 4}px`);
    shown.scrollIntoView({ block: "nearest" });
  }, [isOpen]);

  if (!isOpen) return null;
  return (
    <div className="slash" role="listbox" aria-label={say("rich.menu")} ref={menu}>
      {options.map((option, index) => (
        <button
          type="button"
          key={option.id}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className="choose-option"
          // The text keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(option.id)}
          onPointerMove={() => setAt(index)}
        >
          {option.icon !== undefined && <Icon name={option.icon} size={16} />}
          <span>{option.label}</span>
        </button>
      ))}
    </div>
  );
}
