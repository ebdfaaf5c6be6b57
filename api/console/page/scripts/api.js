// Dialect 2 of the service, with the key in a header.

import { key } from "./key.js";

/** What a call was refused for: `message` is a sentence for people, `errors` names each bad field. */
export class Problem extends Error {
  constructor(status, body) {
    const complaints = (body?.errors ?? []).map(({ field, message }) => `${field} ${message}`);
    super(complaints.length > 1 ? complaints.join(" ") : body?.detail || `The service answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? "";
    this.errors = body?.errors ?? [];
  }
}

/** Told when a key is not, or no longer, good. */
export const gate = new EventTarget();

/** One call. `query` and `body` are plain objects; answers the parsed body, null for none. Throws Problem. */
export async function call(method, path, { query, body, signal } = {}) {
  const response = await ask(method, path, { query, body, signal });
  return response.status === 204 ? null : response.json();
}

async function ask(method, path, { query, body, signal, headers = {} }) {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) if (value) address.searchParams.set(name, value);
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(address, {
      method,
      signal,
      cache: "no-store",
      headers: { Authorization: `Bearer ${key.get()}`, ...json, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The service cannot be reached; it may be stopped, or the network is away.", code: "unreachable" });
  }
  if (!response.ok) throw refusal(response.status, await response.text());
  return response;
}

function refusal(status, text) {
  let body = null;
  try {
    body = JSON.parse(text);
  } catch { /* a proxy's page */ }
  if (status === 401) {
    key.forget();
    gate.dispatchEvent(new Event("closed"));
  }
  return new Problem(status, body);
}

/** Every item of a paged list, up to `most`. */
export async function all(path, { query = {}, most = 2000, signal } = {}) {
  const found = [];
  let cursor = "";
  do {
    const page = await call("GET", path, { query: { limit: 200, ...query, cursor }, signal });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && found.length < most);
  return found;
}

/** Send a form; `told(share)` hears how much of it is on its way. fetch cannot tell that. */
export function upload(path, form, told, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Authorization", `Bearer ${key.get()}`);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && told(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(refusal(request.status, request.responseText));
    });
    request.addEventListener("error", () => reject(new Problem(0, { detail: "The recording could not be sent; the connection broke." })));
    signal?.addEventListener("abort", () => (request.abort(), reject(new DOMException("left", "AbortError"))));
    request.send(form);
  });
}

/** Bytes of the service, e.g. a recording or a result in a format. */
export async function bytes(path, query, signal) {
  return (await ask("GET", path, { query, signal })).blob();
}

const PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 15_000;

/**
 * A job's server-sent events, to the end: {name, data}. A broken stream goes on where it ended, for as long as `signal`
 * lets it: "lost" says that the service does not answer now, "back" that it does again. Throws Problem for what is
 * refused for good.
 */
export async function* events(jobId, signal) {
  let last = "";
  for (let failures = 0; ; ) {
    try {
      const headers = last ? { "Last-Event-ID": last } : {};
      const response = await ask("GET", `/v1/jobs/${encodeURIComponent(jobId)}/events`, { signal, headers });
      if (failures) yield { name: "back" };
      for await (const event of parsed(response.body)) {
        last = event.id || last;
        failures = 0;
        yield event;
        if (event.name !== "progress") return;
      }
    } catch (error) {
      if (error.name === "AbortError" || isFinal(error.status)) throw error;
      failures++;
      yield { name: "lost" };
    }
    const pause = Math.min(PAUSE_MILLISECONDS * 2 ** failures, LONGEST_PAUSE_MILLISECONDS);
    await new Promise((resume) => setTimeout(resume, pause));
    signal?.throwIfAborted();
  }
}

/** Whether a request is refused for good: 429 says that too many wait now. */
const isFinal = (status) => status >= 400 && status < 500 && status !== 429;

async function* parsed(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = { name: "", id: "", data: null };
        for (const line of block.split("\n")) {
          if (line.startsWith("event: ")) event.name = line.slice(7);
          else if (line.startsWith("id: ")) event.id = line.slice(4);
          else if (line.startsWith("data: ")) event.data = JSON.parse(line.slice(6));
        }
        if (event.name) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
