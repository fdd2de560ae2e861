// What this browser remembers of the interface: never content, never a secret.

import { useMemo } from "react";
import { create } from "zustand";
import { persist } from "zustand/middleware";

import { type Language, preferred, speaker } from "../words";

export type Theme = "system" | "light" | "dark";

interface Interface {
  theme: Theme;
  language: Language;
  /** Id of the organization that is worked in; empty before the first choice. */
  organization: string;
  /** Ids of the sites whose list of first steps is put away. */
  hiddenChecklists: string[];
  hideChecklist: (site: string) => void;
  setTheme: (theme: Theme) => void;
  setLanguage: (language: Language) => void;
  setOrganization: (organization: string) => void;
}

export const useInterface = create<Interface>()(
  persist(
    (set) => ({
      theme: "system",
      language: preferred(navigator.languages),
      organization: "",
      hiddenChecklists: [],
      hideChecklist: (site) => set((state) => ({ hiddenChecklists: [...state.hiddenChecklists, site] })),
      setTheme: (theme) => set({ theme }),
      setLanguage: (language) => set({ language }),
      setOrganization: (organization) => set({ organization }),
    }),
    { name: "gammacms.interface", version: 1 },
  ),
);

interface Action {
  label: string;
  run: () => void;
}

interface Message {
  id: number;
  text: string;
  action: Action | null;
  kind: "good" | "error";
}

interface Messages {
  messages: Message[];
  show: (text: string, action?: Action) => void;
  /** A way back that did not work: it has no place of its own where that could be told. */
  complain: (text: string) => void;
  dismiss: (id: number) => void;
  /** Whoever points at a message or has come to it by key is reading it, or on the way to its button: it stays (WCAG 2.2.1). */
  hold: (id: number) => void;
  /** From now on it goes by itself. */
  release: (id: number) => void;
}

// Long enough to read a sentence twice.
const SHOWN_FOR_MS = 6000;
let lastMessage = 0;

/** Short confirmations of what was done, with the way back from the last thing. Other refusals stay where they happened. */
export const useMessages = create<Messages>()((set, get) => {
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const stop = (id: number) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
  };
  const start = (id: number) => {
    stop(id);
    timers.set(
      id,
      setTimeout(() => get().dismiss(id), SHOWN_FOR_MS),
    );
  };
  const add = (message: Omit<Message, "id">, kept: readonly Message[]) => {
    const id = (lastMessage += 1);
    set({ messages: [...kept, { id, ...message }] });
    start(id);
  };
  return {
    messages: [],
    show: (text, action) => add({ text, action: action ?? null, kind: "good" }, action === undefined ? get().messages : get().messages.filter((message) => message.action === null)),
    complain: (text) => add({ text, action: null, kind: "error" }, get().messages),
    dismiss: (id) => {
      stop(id);
      set({ messages: get().messages.filter((message) => message.id !== id) });
    },
    hold: stop,
    release: (id) => {
      if (get().messages.some((message) => message.id === id)) start(id);
    },
  };
});

/** The last thing that happened without a visible message, for screen readers: an item that was moved. */
export const useAnnouncement = create<{ text: string; announce: (text: string) => void }>()((set) => ({
  text: "",
  announce: (text) => set({ text }),
}));

/** The words in the chosen language. */
export function useSpeaker() {
  const language = useInterface((state) => state.language);
  return useMemo(() => speaker(language), [language]);
}
