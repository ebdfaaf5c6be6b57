// Lists of the service's, a page at a time.

import { call } from "./api.js";
import { button, fill, h, refocus } from "./dom.js";
import { attempt } from "./live.js";

/**
 * A table of a paged list. `columns`: [heading, item => cell]; `empty`: what is shown when there is nothing.
 * `reload(query)` begins anew, and what was asked for before is not shown any more. On narrow screens cells stand under
 * each other, with their headings.
 */
export function pagedTable(caption, path, columns, { empty, signal, rowClass = () => "" }) {
  const body = h("tbody");
  const table = h("table", {}, h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, columns.map(([heading]) => h("th", { scope: "col" }, heading || h("span", { class: "unseen" }, "Actions"))))), body);
  const rest = h("div", { class: "buttons" });
  const node = h("div", { class: "listing", "aria-busy": "false" }, table, rest);
  let asked = {};
  let latest = null;

  /** Answers rows behind those that are there, or null if others were asked for meanwhile. */
  async function load(cursor) {
    const mine = (latest = {});
    node.setAttribute("aria-busy", "true");
    try {
      const page = await call("GET", path, { query: { limit: 50, ...asked, cursor }, signal });
      return mine === latest ? show(page) : null;
    } catch (error) {
      if (mine === latest) throw error;
      return null;
    } finally {
      if (mine === latest) node.setAttribute("aria-busy", "false");
    }
  }

  function show(page) {
    const rows = page.items.map((item) => h("tr", { class: rowClass(item) }, columns.map(([heading, cell], column) =>
      h(column ? "td" : "th", column ? { "data-heading": heading } : { scope: "row" }, cell(item)))));
    body.append(...rows);
    fill(rest, page.next_cursor && button("Show more", ({ target }) => attempt(target, () => more(page.next_cursor))));
    table.hidden = !body.childElementCount;
    if (table.hidden) fill(rest, h("div", { class: "empty" }, empty));
    return rows;
  }

  async function more(cursor) {
    const rows = await load(cursor);
    if (rows) refocus(rows[0]);
  }

  async function reload(query = asked) {
    asked = query;
    const place = [...body.rows].findIndex((row) => row.contains(document.activeElement));
    const focused = node.contains(document.activeElement);
    body.replaceChildren();
    fill(rest);
    try {
      await load("");
    } finally {
      if (focused) refocus(body.rows[Math.min(place, body.rows.length - 1)]);
    }
  }

  return { node, reload };
}

/** A word with a colour of its own kind, which the word says as well. */
export const badge = (word, tone = "calm") => h("span", { class: `badge ${tone}` }, word);

export const STATUS_TONES = {
  succeeded: "good", delivered: "good", failed: "bad", exhausted: "bad", canceled: "calm", queued: "busy", running: "busy", pending: "busy",
};
