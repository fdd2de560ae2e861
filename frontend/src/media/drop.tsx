// Files that come from outside: dropped on a place, pasted, chosen, taken with the camera.

import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";

import { useSpeaker } from "../state/interface";
import { Icon } from "../ui/icons";
import { Button } from "../ui/parts";
import { filesIn, holdsFiles, PICTURES } from "./files";

/** For a place that takes files: what it listens to, and whether some hover over it. */
export function useDrop(isOpen: boolean, take: (files: File[]) => void) {
  const [isOver, setIsOver] = useState(false);
  const on = (event: DragEvent) => isOpen && holdsFiles(event.dataTransfer);
  return {
    isOver,
    listeners: {
      onDragOver: (event: DragEvent) => {
        if (!on(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        setIsOver(true);
      },
      onDragLeave: (event: DragEvent) => {
        const into = event.relatedTarget;
        if (!(into instanceof Node) || !event.currentTarget.contains(into)) setIsOver(false);
      },
      onDrop: (event: DragEvent) => {
        setIsOver(false);
        if (!on(event)) return;
        event.preventDefault();
        event.stopPropagation();
        take(filesIn(event.dataTransfer));
      },
    },
  };
}

/** Takes files that are dropped anywhere on the screen, and those that are pasted while no text is written. */
export function useDropAnywhere(isOpen: boolean, take: (files: File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const taking = useRef(take);
  useEffect(() => {
    taking.current = take;
  }, [take]);
  useEffect(() => {
    if (!isOpen) return;
    const over = (event: globalThis.DragEvent) => {
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: globalThis.DragEvent) => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: globalThis.DragEvent) => {
      setIsOver(false);
      const files = filesIn(event.dataTransfer);
      // What a place of its own took never comes up here.
      if (files.length === 0) return;
      event.preventDefault();
      taking.current(files);
    };
    const paste = (event: ClipboardEvent) => {
      const files = filesIn(event.clipboardData);
      if (files.length === 0 || event.defaultPrevented) return;
      event.preventDefault();
      taking.current(files);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    addEventListener("paste", paste);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
      removeEventListener("paste", paste);
    };
  }, [isOpen]);
  return isOver;
}

/** A file that misses its place must not take the whole page with it, as browsers would have it. */
export function useHarmlessDrops(): void {
  useEffect(() => {
    const calm = (event: globalThis.DragEvent) => {
      if (holdsFiles(event.dataTransfer)) event.preventDefault();
    };
    addEventListener("dragover", calm);
    addEventListener("drop", calm);
    return () => {
      removeEventListener("dragover", calm);
      removeEventListener("drop", calm);
    };
  }, []);
}

interface ChooseFilesProps {
  children: ReactNode;
  kind?: "primary" | "plain";
  isSmall?: boolean;
  isSeveral?: boolean;
  /** Opens the camera of a phone instead of its photographs. */
  isCamera?: boolean;
  accept?: string;
  onFiles: (files: File[]) => void;
}

/** A button that opens the device's own choice of files. */
export function ChooseFiles({ children, kind = "plain", isSmall = false, isSeveral = true, isCamera = false, accept = PICTURES, onFiles }: ChooseFilesProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind={kind} isSmall={isSmall} icon={isCamera ? "camera" : "plus"} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={isSeveral}
        {...(isCamera ? { capture: "environment" as const } : {})}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file can be chosen again.
          event.target.value = "";
        }}
      />
    </>
  );
}

/** Lies over the screen while files hover over it. */
export function DropVeil() {
  const say = useSpeaker();
  return (
    <div className="veil" aria-hidden="true">
      <div className="veil-words">
        <Icon name="image" />
        {say("media.dropHere")}
      </div>
    </div>
  );
}
