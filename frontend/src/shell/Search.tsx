// Looking for words in a list, and showing where they stand.

import { useEffect, useState } from "react";

import { Icon } from "../ui/icons";

/** Long enough for a word to be typed to its end, short enough to feel at once. */
const PAUSE_MS = 250;

export function SearchBox({ label, value, onChange }: { label: string; value: string; onChange: (words: string) => void }) {
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  // The address changed from elsewhere.
  if (value !== shown) {
    setShown(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => {
      setShown(typed.trim());
      onChange(typed.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <span className="search-box">
      <Icon name="search" size={16} />
      <input type="search" className="control" aria-label={label} placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </span>
  );
}

/** A piece of text in which the server has marked words. It is taken apart, never put in as HTML. */
export function Excerpt({ html }: { html: string }) {
  return (
    <span className="soft small break" dir="auto">
      {html.split(/(<mark>.*?<\/mark>)/).map((part, index) => (part.startsWith("<mark>") ? <mark key={index}>{plain(part.slice(6, -7))}</mark> : plain(part)))}
    </span>
  );
}

function plain(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
