// The one way to the server: typed by the OpenAPI document, signed in by cookie, refusals as one kind of error.

import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

/** A request that the server refused, or that never reached it. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: readonly Schemas["FieldProblem"][] = [],
    readonly requestId: string | null = null,
    /** What stands there now, where a change was made on something older. */
    readonly standing?: unknown,
  ) {
    super(message);
  }

  /** What is said of the field at a JSON Pointer of the request's body. */
  field(pointer: string): string | undefined {
    return this.fields.find((field) => field.pointer === pointer)?.detail;
  }
}

/** Code of a refusal that means: no answer at all. */
export const UNREACHABLE = "unreachable";
/** Code of a refusal that means: we did not wait for an answer. */
export const STOPPED = "stopped";

// The dashboard can be served from another host than the API; then its address is set when it is built.
const base = (import.meta.env["VITE_API_BASE_URL"] as string | undefined) ?? "";

const standing = { csrfToken: "", organization: "" };

/** What every following request carries: the session's token against forged requests, and the organization. */
export function carry(values: Partial<typeof standing>): void {
  Object.assign(standing, values);
}

const headers: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRF-Token", standing.csrfToken);
    if (standing.organization !== "") request.headers.set("X-Organization-ID", standing.organization);
    return request;
  },
};

export const client = createClient<paths>({ baseUrl: base, credentials: base === "" ? "same-origin" : "include" });
client.use(headers);

/** What a refused answer's body says, whatever carried it. */
function refusalOf(status: number, statusText: string, requestId: string | null, error: unknown): Refusal {
  if (typeof error === "object" && error !== null && "code" in error && "detail" in error) {
    const problem = error as Problem;
    return new Refusal(status, problem.code, problem.detail, problem.errors ?? [], requestId, problem.standing);
  }
  return new Refusal(status, "unexpected", statusText, [], requestId);
}

/** An address of the server in a link or a picture. */
export function addressOf(path: string): string {
  return path.startsWith("/") ? `${base}${path}` : path;
}

interface Sending {
  method?: "POST" | "PUT";
  /** How much of it has left, from 0 to 1. */
  told: (sent: number) => void;
  stop: AbortSignal;
}

/** Sends a file as it is. Only this way of asking tells how much of a body has left. */
export function sendFile(path: string, file: Blob, { method = "POST", told, stop }: Sending): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, `${base}${path}`);
    request.withCredentials = base !== "";
    request.responseType = "json";
    request.setRequestHeader("X-CSRF-Token", standing.csrfToken);
    if (standing.organization !== "") request.setRequestHeader("X-Organization-ID", standing.organization);
    request.setRequestHeader("Content-Type", file.type === "" ? "application/octet-stream" : file.type);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) told(event.loaded / event.total);
    };
    request.onload = () => {
      const { status } = request;
      if (status >= 200 && status < 300) resolve({ status, body: request.response });
      else reject(refusalOf(status, request.statusText, request.getResponseHeader("X-Request-ID"), request.response));
    };
    request.onerror = () => reject(new Refusal(0, UNREACHABLE, ""));
    request.onabort = () => reject(new Refusal(0, STOPPED, ""));
    stop.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

interface Result<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The answer's body; throws a `Refusal` for everything else. */
export async function answer<T>(pending: Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await pending;
  } catch {
    throw new Refusal(0, UNREACHABLE, "");
  }
  if (result.response.ok) return result.data as T;
  throw refusal(result);
}

function refusal({ error, response }: Result<unknown>): Refusal {
  return refusalOf(response.status, response.statusText, response.headers.get("X-Request-ID"), error);
}
