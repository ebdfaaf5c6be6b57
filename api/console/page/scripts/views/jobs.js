// All recordings and enrolments that were sent.

import { call } from "../api.js";
import { button, fill, h } from "../dom.js";
import { attempt, notice } from "../live.js";
import { badge, pagedTable, STATUS_TONES } from "../tables.js";
import { day, KINDS, length, short, titleOf } from "../words.js";

const STATES = ["queued", "running", "succeeded", "failed", "canceled"];

export async function jobs(root, { signal }) {
  const table = pagedTable("Recordings", "/v1/jobs", [
    ["Recording", (job) => [h("a", { href: `#/jobs/${encodeURIComponent(job.id)}` }, titleOf(job)), h("span", { class: "soft id" }, ` ${short(job.id)}`)]],
    ["What", (job) => KINDS[job.kind] ?? job.kind],
    ["Sent", (job) => h("time", { datetime: job.created_at }, day(job.created_at))],
    ["Length", (job) => length(job.audio_seconds)],
    ["Status", (job) => badge(job.status, STATUS_TONES[job.status])],
    ["", (job) => (job.status === "queued" || job.status === "running") && button("Cancel", ({ target }) => attempt(target, async () => {
      await call("DELETE", `/v1/jobs/${encodeURIComponent(job.id)}`);
      notice(`${titleOf(job)} is canceled.`);
      await table.reload();
    }), { kind: "quiet", "aria-label": `Cancel ${titleOf(job)}` })],
  ], { signal, empty: ["Nothing was sent yet. ", h("a", { href: "#/" }, "Send a recording")] });
  const filter = h("select", { "aria-label": "Status", onchange: () => attempt(null, () => table.reload({ status: filter.value })) },
    h("option", { value: "" }, "All"), STATES.map((state) => h("option", { value: state }, state)));
  fill(root, h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Recordings"), h("div", { class: "buttons" }, filter,
    button("Refresh", ({ target }) => attempt(target, () => table.reload())))), h("div", { class: "card" }, table.node));
  await table.reload();
}
