// What people changed afterwards: names that were given, mended or taken back.

import { call } from "../api.js";
import { button, fill, h } from "../dom.js";
import { attempt, notice } from "../live.js";
import { badge, pagedTable } from "../tables.js";
import { day, many, short } from "../words.js";

const KINDS = { naming: "Naming", rematch: "Search in earlier recordings", rename: "Renaming", merge: "Merging", undo: "Undoing" };

export async function changes(root, { signal }) {
  const table = pagedTable("Changes", "/v1/changes", [
    ["What", (change) => KINDS[change.kind] ?? change.kind],
    ["Speaker", (change) => (change.speaker ? h("a", { href: `#/speakers/${encodeURIComponent(change.speaker)}` }, change.speaker) : "nobody")],
    ["When", (change) => h("time", { datetime: change.created_at }, day(change.created_at))],
    ["Recordings", (change) => recordings(change.jobs)],
    ["Undone", (change) => (change.undone_at ? badge(`undone ${day(change.undone_at)}`, "calm") : "")],
    ["", (change) => change.can_undo && button("Undo", ({ target }) => attempt(target, async () => {
      await call("POST", `/v1/changes/${encodeURIComponent(change.id)}/undo`);
      await table.reload();
      notice("Undone: everything is as it was.");
    }), { kind: "quiet", picture: "undo", "aria-label": `Undo: ${KINDS[change.kind] ?? change.kind} of ${day(change.created_at)}` })],
  ], { signal, empty: "No name was changed yet." });
  fill(root, h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Changes")), h("div", { class: "card" }, table.node));
  await table.reload();
}

function recordings(jobs) {
  if (!jobs.length) return "none";
  const [first, ...rest] = jobs;
  return [h("a", { href: `#/jobs/${encodeURIComponent(first.id)}` }, `job ${short(first.id)}`),
    h("span", { class: "soft" }, ` ${many(first.differences.length, "segment")}`), rest.length ? `, and ${rest.length} more` : ""];
}
