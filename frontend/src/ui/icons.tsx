// Line icons, drawn on a grid of 20 with strokes of 1.5.

const PATHS = {
  sites: "M3 5.5h14v9H3zM3 8.5h14M5.5 7h.01M7.5 7h.01",
  team: "M7.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2.5 16c0-2.5 2.2-4 5-4s5 1.5 5 4M13 4.8a2.5 2.5 0 0 1 0 4.5M14.5 12.3c1.8.5 3 1.8 3 3.7",
  key: "M12.5 11a4 4 0 1 0-3.8-2.7L3 14v3h3v-2h2v-2h1.5l1-1.2c.6.1 1.3.2 2 .2zM13.5 6.5h.01",
  usage: "M3 17h14M5.5 14v-4M10 14V4M14.5 14V8",
  audit: "M5 3h10v14H5zM7.5 7h5M7.5 10h5M7.5 13h3",
  organization: "M4 17V4h8v13M12 8h4v9M2.5 17h15M7 7h2M7 10h2M7 13h2",
  account: "M10 10.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c0-3 2.7-4.5 6-4.5s6 1.5 6 4.5",
  admin: "M10 2.5 16 5v5c0 4-2.7 6.3-6 7.5C6.700 16.300 4 14 4 10V5zM7.5 10l2 2 3.500-4",
  health: "M2.500 10.500h3l2-5 4 9 2-4h4",
  jobs: "M10 6v4l2.500 2.500M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14z",
  plus: "M10 4v12M4 10h12",
  check: "M4 10.500 8 14.500 16 6",
  warning: "M10 3 18 16.500H2zM10 8v4M10 14.200v.01",
  info: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9v4.500M10 6.500v.01",
  copy: "M7 7h9v9H7zM4 13V4h9",
  out: "M8 4H4v12h4M11 6.500 14.500 10 11 13.500M14 10H7",
  more: "M4 6h12M4 10h12M4 14h12",
  close: "M5 5l10 10M15 5 5 15",
  open: "M8 5H4v11h11v-4M11 4h5v5M16 4l-7 7",
  image: "M3 4.500h14v11H3zM3 13l4-4 3.500 3.500 2-2L17 14M13 8h.01",
  camera: "M3 6.500h3l1.500-2h5l1.500 2h3V16H3zM10 13.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  download: "M10 3v9M6 8.500l4 4 4-4M4 16h12",
  arrive: "M3 9l7-5.500L17 9v7.500H3zM10 7.500v6M7.500 11l2.500 2.500 2.500-2.500",
  handle: "M7.500 5h.01M7.500 10h.01M7.500 15h.01M12.500 5h.01M12.500 10h.01M12.500 15h.01",
  up: "M5 12l5-5 5 5",
  down: "M5 8l5 5 5-5",
  fold: "M5 8l5 5 5-5",
  unfold: "M8 5l5 5-5 5",
  bin: "M4 6h12M8 6V4h4v2M5.500 6l.700 10h7.600l.700-10M8.500 9v4.500M11.500 9v4.500",
  undo: "M8 4 4 8l4 4M4 8h7.500a4 4 0 0 1 0 8H8",
  redo: "M12 4l4 4-4 4M16 8H8.500a4 4 0 0 0 0 8H12",
  bold: "M6 4h4.500a3 3 0 0 1 0 6H6zM6 10h5.500a3 3 0 0 1 0 6H6z",
  italic: "M8.500 4h5M6.500 16h5M11.500 4l-3 12",
  link: "M8.500 11.500a3 3 0 0 0 4.200 0l2.500-2.500a3 3 0 0 0-4.200-4.200L10 5.800M11.500 8.500a3 3 0 0 0-4.200 0L4.800 11a3 3 0 0 0 4.200 4.200l1-1",
  bullets: "M8 5.500h8M8 10h8M8 14.500h8M4 5.500h.01M4 10h.01M4 14.500h.01",
  numbers: "M8.500 5.500H16M8.500 10H16M8.500 14.500H16M3.500 4.500 5 4v4M3.500 12.500c.500-1 2-.700 1.800.3-.1.700-1.800 1.700-1.800 2.700h2",
  quote: "M4 6h3.500v4c0 2-1 3.500-3 4M11.500 6H15v4c0 2-1 3.500-3 4",
  rule: "M3 10h14M5 5.500h10M5 14.500h10",
  text: "M4 5.500h12M4 9h12M4 12.500h8",
  heading: "M5 4v12M15 4v12M5 10h10",
  page: "M5 3h7l3 3v11H5zM12 3v3h3M7.500 10h5M7.500 13h5",
  section: "M3 4h14v5H3zM3 12h14v4H3z",
  bed: "M3 15v-9M3 12h14v3M17 12v-1.500a2 2 0 0 0-2-2H8V12M5.500 9.500h.01",
  building: "M4 17V3h12v14M2.500 17h15M7.500 6.500h.01M12.500 6.500h.01M7.500 10h.01M12.500 10h.01M8.500 17v-3.500h3V17",
  spark: "M10 3l1.500 5.500L17 10l-5.500 1.500L10 17l-1.500-5.500L3 10l5.500-1.500z",
  beside: "M3 5h6v10H3zM12 6h5M12 10h5M12 14h3",
  grid: "M3 4h6v5H3zM11 4h6v5h-6zM3 11h6v5H3zM11 11h6v5h-6z",
  phone: "M6 3h8v14H6zM9 14.500h2",
  desktop: "M2.500 4h15v9.500h-15zM7 17h6M10 13.500V17",
  pointer: "M6 4l9 5-4 1.200L9.500 14z M11 11l4 5",
  question: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM8 8c.2-2.500 4-2.300 4 0 0 1.500-2 1.700-2 3.200M10 13.700v.01",
  map: "M3 5l4.500-1.500 5 2L17 4v11.500l-4.500 1-5-2L3 16zM7.500 3.500v11M12.500 5.500v11",
  price: "M3 10.500V4h6.500L17 11.500 11.500 17zM6.500 7.500h.01",
  star: "M10 3l2.100 4.500 4.900.600-3.600 3.400.900 4.900L10 14l-4.300 2.400.900-4.900L3 8.100l4.900-.600z",
  search: "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13 13l4 4",
  language: "M3 5h8M7 3v2M9.500 5c-.800 3.500-3 6-6 7.500M4.500 7c1.200 2.500 3 4.300 5.500 5.300M10 17l3.500-8 3.500 8M11.300 14h4.400",
  settings: "M4 6h7M15 6h1M4 14h1M9 14h7M13 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  docs: "M4 4h5c1 0 1 1 1 1v11s0-1-1-1H4zM16 4h-5c-1 0-1 1-1 1v11s0-1 1-1h5z",
} as const;

export type IconName = keyof typeof PATHS;

/** What points along the line of writing points the other way from right to left. */
const ALONG: ReadonlySet<IconName> = new Set(["out", "unfold", "undo", "redo", "open", "bullets", "numbers", "text", "beside"]);

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" {...(ALONG.has(name) ? { "data-along": "" } : {})}>
      <path d={PATHS[name]} />
    </svg>
  );
}

/** What stands for a type of content or section: the declarations name drawings, and a new one may have none here yet. */
const DECLARED: Record<string, IconName> = {
  "file-text": "page",
  bed: "bed",
  building: "building",
  sparkles: "spark",
  "align-left": "beside",
  "layout-grid": "grid",
  phone: "account",
  "mouse-pointer-click": "pointer",
  "circle-help": "question",
  image: "image",
  images: "image",
  map: "map",
  "map-pin": "map",
  tag: "price",
  tags: "price",
  type: "text",
  text: "text",
  quote: "quote",
  star: "star",
  list: "bullets",
};

export function declaredIcon(name: string): IconName {
  return DECLARED[name] ?? "section";
}

/** A drawing for a place where nothing is yet: a house by the water. */
export function Drawing() {
  return (
    <svg width="120" height="80" viewBox="0 0 120 80" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M6 58h108M30 58V30l18-14 18 14v28M42 58V44h12v14M40 32h4M52 32h4M66 58V38h20v20M72 46h8" />
      <path d="M14 66c6-3 10 3 16 0s10 3 16 0 10 3 16 0 10 3 16 0 10 3 16 0 8 1 10 0M96 58c0-8-4-10-4-16s4-9 6-12c2 3 6 6 6 12s-4 8-4 16" />
    </svg>
  );
}
