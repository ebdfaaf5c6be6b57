// What people changed afterwards: names that were given, mended or taken back.

import { undone } from "../corrections.js";
import { button, fill, h } from "../dom.js";
import { attempt, notice } from "../live.js";
import { badge, pagedTable } from "../tables.js";
import { day, many, short } from "../words.js";

const KINDS = { naming: "Naming", rematch: "Search in earlier recordings", rename: "Renaming", merge: "Merging", undo: "Undoing" };

export async function changes(root, { signal }) {
  const table = pagedTable("Changes", "/v1/changes", [
    ["What", (change) => [KINDS[change.kind] ?? change.kind, change.other && h("span", { class: "soft" }, ` of ${change.other}`)]],
    ["Speaker", (change) => (change.speaker ? h("a", { href: `#/speakers/${encodeURIComponent(change.speaker)}` }, change.speaker) : "nobody")],
    ["When", (change) => h("time", { datetime: change.created_at }, day(change.created_at))],
    ["Recordings", (change) => recordings(change)],
    ["Status", state],
    ["", (change) => change.can_undo && button("Undo", ({ target }) => attempt(target, async () => {
      await undone(change);
      await table.reload();
      notice("Undone: everything is as it was.");
    }), { kind: "quiet", picture: "undo", "aria-label": `Undo: ${KINDS[change.kind] ?? change.kind} of ${day(change.created_at)}` })],
  ], { signal, empty: "No name was changed yet." });
  fill(root, h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Changes")), h("div", { class: "card" }, table.node));
  await table.reload();
}

function state(change) {
  if (change.undone_at) return badge("undone");
  if (change.status === "pending" || change.status === "failed") return badge(change.status, change.status === "failed" ? "bad" : "busy");
  if (change.blocked_by) return h("span", { class: "soft" }, "a later change stands on it");
  return "";
}

function recordings({ jobs, num_jobs: count }) {
  if (!count) return "none";
  const [first] = jobs;
  return [h("a", { href: `#/jobs/${encodeURIComponent(first.id)}` }, `job ${short(first.id)}`),
    h("span", { class: "soft" }, ` ${many(first.differences.length, "segment")}`), count > 1 ? `, and ${count - 1} more` : ""];
}
