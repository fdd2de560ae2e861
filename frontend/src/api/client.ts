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
  const requestId = response.headers.get("X-Request-ID");
  if (typeof error === "object" && error !== null && "code" in error && "detail" in error) {
    const problem = error as Problem;
    return new Refusal(response.status, problem.code, problem.detail, problem.errors ?? [], requestId);
  }
  return new Refusal(response.status, "unexpected", response.statusText, [], requestId);
}
