// The library's part of the API, as it was agreed on; it goes away with the OpenAPI document that describes it.

import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];

export interface MediaItem {
  id: string;
  site: string | null;
  name: string;
  kind: "image" | "document";
  content_type: string;
  size: number;
  sha256: string;
  width: number | null;
  height: number | null;
  alt: Record<string, string>;
  decorative: boolean;
  caption: Record<string, string>;
  credit: string;
  focal: { x: number; y: number } | null;
  version: number;
  created_at: string;
  created_by: string | null;
  url: string;
  thumbnail_url: string | null;
  renditions: { url: string; width: number; height: number; format: string; size: number }[];
  state: "pending" | "ready" | "failed";
  problem: string | null;
  uses: number;
}

export interface MediaUse {
  entry: string;
  site: string;
  type: string;
  title: string;
}

export interface MediaChange {
  version: number;
  name?: string | null;
  alt?: Record<string, string> | null;
  decorative?: boolean | null;
  caption?: Record<string, string> | null;
  credit?: string | null;
  focal?: { x: number; y: number } | null;
  site?: string | null;
}

interface Answered<T> {
  headers: Record<string, unknown>;
  content: { "application/json": T };
}

interface Answers<T> {
  200: Answered<T>;
  default: { headers: Record<string, unknown>; content: { "application/problem+json": Problem } };
}

type None = { query?: never; header?: never; path?: never; cookie?: never };

declare module "./schema" {
  interface paths {
    "/api/v1/media/": {
      parameters: None;
      get: {
        parameters: { query?: { search?: string; kind?: "image" | "document"; site?: string; without_alt?: boolean; unused?: boolean; page?: number; page_size?: number }; header?: never; path?: never; cookie?: never };
        requestBody?: never;
        responses: Answers<{ count: number; results: MediaItem[] }>;
      };
    };
    "/api/v1/media/{id}/": {
      parameters: None;
      get: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: Answers<MediaItem> };
      patch: {
        parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
        requestBody: { content: { "application/json": MediaChange } };
        responses: Answers<MediaItem>;
      };
      delete: { parameters: { query?: { even_if_used?: boolean }; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: Answers<undefined> };
    };
    "/api/v1/media/{id}/uses/": {
      parameters: None;
      get: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: Answers<{ results: MediaUse[] }> };
    };
  }
}
