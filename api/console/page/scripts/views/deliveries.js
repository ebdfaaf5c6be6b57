// Webhooks that were or will be sent.

import { call } from "../api.js";
import { ask } from "../dialog.js";
import { button, field, fill, h } from "../dom.js";
import { attempt, notice } from "../live.js";
import { badge, pagedTable, STATUS_TONES } from "../tables.js";
import { day, many, short } from "../words.js";

const STATES = ["pending", "delivered", "exhausted"];

export async function deliveries(root, { signal }) {
  const table = pagedTable("Deliveries", "/v1/deliveries", [
    ["To", (one) => h("a", { href: `#/deliveries/${encodeURIComponent(one.id)}` }, one.url)],
    ["Of", (one) => (one.job_id ? h("a", { href: `#/jobs/${encodeURIComponent(one.job_id)}` }, `job ${short(one.job_id)}`) : "a test")],
    ["Made", (one) => h("time", { datetime: one.created_at }, day(one.created_at))],
    ["Attempts", (one) => String(one.attempts_made)],
    ["Status", (one) => badge(one.status, STATUS_TONES[one.status])],
    ["", (one) => button("Send again", ({ target }) => attempt(target, async () => {
      await call("POST", `/v1/deliveries/${encodeURIComponent(one.id)}/redeliver`);
      await table.reload();
      notice("It is sent again.");
    }), { kind: "quiet", "aria-label": `Send again to ${one.url}` })],
  ], { signal, empty: "No webhook was sent yet. A recording that is sent with a webhook's address has one." });
  const filter = h("select", { "aria-label": "Status", onchange: () => attempt(null, () => table.reload({ status: filter.value })) },
    h("option", { value: "" }, "All"), STATES.map((state) => h("option", { value: state }, state)));
  fill(root, h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Deliveries"), h("div", { class: "buttons" }, filter,
    button("Refresh", ({ target }) => attempt(target, () => table.reload())),
    button("Send all again since…", () => resend(table)))), h("div", { class: "card" }, table.node));
  await table.reload();
}

async function resend(table) {
  const since = h("input", { type: "datetime-local" });
  const answer = await ask("Send again what did not arrive", [field("Since", since, "Every delivery that was given up since then is tried anew.")], {
    act: "Send again",
    submit: () => {
      if (!since.value) throw new Error("Choose a time.");
      return call("POST", "/v1/deliveries/redeliver", { body: { since: new Date(since.value).toISOString() } });
    },
  });
  if (!answer) return;
  await table.reload();
  notice(`${many(answer.redelivered, "delivery", "deliveries")} sent again.`);
}
