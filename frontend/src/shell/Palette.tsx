// Ctrl K goes anywhere by name; `?` tells the keys of the screen.

import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { useSpeaker } from "../state/interface";
import { Choose, type Option } from "../ui/choose";
import { declaredIcon, Icon, type IconName } from "../ui/icons";
import { Dialog } from "../ui/parts";
import type { Word } from "../words";
import { useParam } from "./address";
import { allEntries, declarations, me, sites, useMay, useMembership } from "./queries";

type Shown = "palette" | "shortcuts" | null;

/** Whether a key is meant for a text that is being written. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, dialog") !== null);
}

export function Palette() {
  const say = useSpeaker();
  const [shown, setShown] = useState<Shown>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setShown((before) => (before === "palette" ? null : "palette"));
      } else if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
        event.preventDefault();
        setShown("shortcuts");
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button type="button" className="shell-link shell-search shell-links-more" aria-keyshortcuts="Control+K Meta+K" onClick={() => setShown("palette")}>
        <Icon name="search" />
        <span className="grow">{say("palette.title")}</span>
        <kbd>{say("palette.key")}</kbd>
      </button>
      {shown === "palette" && <Places onClose={() => setShown(null)} onShortcuts={() => setShown("shortcuts")} />}
      {shown === "shortcuts" && <Shortcuts onClose={() => setShown(null)} />}
    </>
  );
}

interface Screen {
  to: string;
  icon: IconName;
  word: Word;
  permission?: string;
}

const SCREENS: readonly Screen[] = [
  { to: "/dashboard", icon: "sites", word: "sites.title" },
  { to: "/dashboard/media", icon: "image", word: "media.title", permission: "media.view" },
  { to: "/dashboard/reviews", icon: "check", word: "review.list", permission: "content.view" },
  { to: "/dashboard/releases", icon: "jobs", word: "release.title", permission: "content.view" },
  { to: "/dashboard/brand", icon: "star", word: "brand.title", permission: "content.view" },
  { to: "/dashboard/brand/drift", icon: "star", word: "drift.title", permission: "content.view" },
  { to: "/dashboard/team", icon: "team", word: "team.title", permission: "members.view" },
  { to: "/dashboard/keys", icon: "key", word: "keys.title", permission: "api_keys.manage" },
  { to: "/dashboard/usage", icon: "usage", word: "usage.title", permission: "usage.view" },
  { to: "/dashboard/audit", icon: "audit", word: "audit.title", permission: "audit.view" },
  { to: "/dashboard/types", icon: "section", word: "types.title", permission: "content.view" },
  { to: "/dashboard/imports", icon: "arrive", word: "imports.title", permission: "content.import" },
  { to: "/dashboard/organization", icon: "organization", word: "organization.title" },
  { to: "/dashboard/account", icon: "account", word: "account.title" },
];

const OPERATOR_SCREENS: readonly Screen[] = [
  { to: "/admin", icon: "health", word: "admin.health" },
  { to: "/admin/organizations", icon: "organization", word: "admin.organizations" },
  { to: "/admin/users", icon: "team", word: "admin.users" },
  { to: "/admin/jobs", icon: "jobs", word: "admin.jobs" },
];

function Places({ onClose, onShortcuts }: { onClose: () => void; onShortcuts: () => void }) {
  const say = useSpeaker();
  const may = useMay();
  const navigate = useNavigate();
  const here = useParam("site");
  const isMember = useMembership() !== undefined;
  const isOperator = useQuery(me).data?.user.is_superuser ?? false;
  const known = useQuery({ ...sites, enabled: isMember }).data?.results ?? [];
  const types = useQuery({ ...declarations, enabled: isMember }).data?.types ?? [];
  // The site that is worked on comes first.
  const ordered = [...known].sort((a, b) => Number(b.id === here) - Number(a.id === here));
  const lists = useQueries({ queries: ordered.map((site) => allEntries(site.id)) });
  const screens = [...SCREENS.filter(({ permission }) => isMember && (permission === undefined || may(permission))), ...(isOperator ? OPERATOR_SCREENS : [])];
  const options: Option[] = [
    ...ordered.flatMap((site, index) => [
      { id: `/dashboard/sites/${site.id}`, label: site.name, icon: "sites" as const, group: say("sites.site") },
      ...types.map((type) => ({ id: `/dashboard/sites/${site.id}/${type.plural}`, label: say.of(type.title_plural), about: site.name, icon: declaredIcon(type.icon), group: say("palette.list") })),
      ...(lists[index]?.data?.results ?? []).flatMap((entry) => {
        const type = types.find((each) => each.name === entry.type);
        return type === undefined ? [] : [{ id: `/dashboard/sites/${site.id}/${type.plural}/${entry.id}`, label: entry.title, about: site.name, words: entry.slug, icon: declaredIcon(type.icon), group: say.of(type.title) }];
      }),
      ...(may("submissions.view") ? [{ id: `/dashboard/sites/${site.id}/submissions`, label: say("inbox.title"), about: site.name, icon: "page" as const, group: say("palette.screen") }] : []),
      { id: `/dashboard/sites/${site.id}/translations`, label: say("translation.title"), about: site.name, icon: "language" as const, group: say("palette.screen") },
      { id: `/dashboard/sites/${site.id}/settings`, label: say("sites.settings"), about: site.name, icon: "settings" as const, group: say("palette.screen") },
    ]),
    ...screens.map(({ to, icon, word }) => ({ id: to, label: say(word), icon, group: say("palette.screen") })),
    { id: "?", label: say("shortcuts.title"), icon: "question", group: "?" },
  ];
  return (
    <Dialog title={say("palette.title")} closeLabel={say("action.close")} onClose={onClose}>
      <Choose
        label={say("palette.label")}
        options={options}
        nothing={(typed) => say("list.nothing", { search: typed })}
        onChoose={(to) => {
          if (to === "?") {
            onShortcuts();
            return;
          }
          onClose();
          void navigate({ to });
        }}
      />
    </Dialog>
  );
}

const KEYS: readonly { word: Word; keys: readonly { keys: string; word: Word }[] }[] = [
  {
    word: "shortcuts.everywhere",
    keys: [
      { keys: "Ctrl K", word: "palette.title" },
      { keys: "?", word: "shortcuts.title" },
      { keys: "Esc", word: "action.close" },
    ],
  },
  {
    word: "shortcuts.form",
    keys: [
      { keys: "Ctrl S", word: "shortcuts.save" },
      { keys: "Ctrl Z", word: "edit.undo" },
      { keys: "Ctrl ⇧ Z", word: "edit.redo" },
      { keys: "Ctrl ↵", word: "action.publish" },
      { keys: "Alt ↑ ↓", word: "shortcuts.move" },
    ],
  },
  {
    word: "shortcuts.sections",
    keys: [
      { keys: "Alt ↑ ↓", word: "shortcuts.move" },
      { keys: "Ctrl D", word: "edit.duplicate" },
      { keys: "Del", word: "action.delete" },
    ],
  },
  {
    word: "shortcuts.media",
    keys: [
      { keys: "← ↑ → ↓", word: "focal.title" },
      { keys: "Ctrl V", word: "media.upload" },
      { keys: "Esc", word: "action.close" },
    ],
  },
  {
    word: "shortcuts.text",
    keys: [
      { keys: "/", word: "rich.menu" },
      { keys: "Ctrl K", word: "link.title" },
      { keys: "Ctrl B", word: "rich.bold" },
      { keys: "Ctrl I", word: "rich.italic" },
      { keys: "## -  1.  >", word: "shortcuts.markdown" },
      { keys: "Ctrl ] [", word: "shortcuts.indent" },
    ],
  },
];

function Shortcuts({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  // Apple's keyboards have a key of their own for it.
  const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <Dialog title={say("shortcuts.title")} closeLabel={say("action.close")} size="wide" onClose={onClose}>
      <div className="shortcuts">
        {KEYS.map((group) => (
          <section key={group.word} className="stack stack-narrow">
            <h3>{say(group.word)}</h3>
            <dl>
              {group.keys.map(({ keys, word }) => (
                <div key={keys}>
                  <dt>{say(word)}</dt>
                  <dd>
                    <kbd>{isApple ? keys.replace("Ctrl", "⌘") : keys}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
