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
  docs: "M4 4h5c1 0 1 1 1 1v11s0-1-1-1H4zM16 4h-5c-1 0-1 1-1 1v11s0-1 1-1h5z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
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
