// Lists of the service's, a page at a time.

import { call } from "./api.js";
import { button, fill, h } from "./dom.js";
import { attempt } from "./live.js";

/**
 * A table of a paged list. `columns`: [heading, item => cell]; `empty`: what is shown when there is nothing.
 * `reload(query)` begins anew. On narrow screens cells stand under each other, with their headings.
 */
export function pagedTable(caption, path, columns, { empty, signal, rowClass = () => "" }) {
  const body = h("tbody");
  const table = h("table", {}, h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map(([heading]) => h("th", { scope: "col" }, heading || h("span", { class: "unseen" }, "Actions"))))), body);
  const rest = h("div", { class: "buttons" });
  const node = h("div", { class: "listing", "aria-busy": "false" }, table, rest);
  let asked = {};

  async function load(cursor) {
    node.setAttribute("aria-busy", "true");
    const page = await call("GET", path, { query: { limit: 50, ...asked, cursor }, signal });
    node.setAttribute("aria-busy", "false");
    const rows = page.items.map((item) => h("tr", { class: rowClass(item) }, columns.map(([heading, cell], column) =>
      h(column ? "td" : "th", column ? { "data-heading": heading } : { scope: "row" }, cell(item)))));
    body.append(...rows);
    fill(rest, page.next_cursor && button("Show more", ({ target }) => attempt(target, () => load(page.next_cursor))));
    table.hidden = !body.childElementCount;
    if (table.hidden) fill(rest, h("div", { class: "empty" }, empty));
  }

  return {
    node,
    reload: (query = asked) => {
      asked = query;
      body.replaceChildren();
      return load("");
    },
  };
}

/** A word with a colour of its own kind, which the word says as well. */
export const badge = (word, tone = "calm") => h("span", { class: `badge ${tone}` }, word);

export const STATUS_TONES = {
  succeeded: "good", delivered: "good", failed: "bad", exhausted: "bad", canceled: "calm", queued: "busy", running: "busy", pending: "busy",
};
