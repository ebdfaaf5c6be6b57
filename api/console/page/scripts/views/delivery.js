// One webhook's delivery with all its attempts.

import { call } from "../api.js";
import { button, fill, h } from "../dom.js";
import { attempt, notice } from "../live.js";
import { badge, STATUS_TONES } from "../tables.js";
import { day, many, plain, short } from "../words.js";

export async function delivery(root, { id, signal, again }) {
  const path = `/v1/deliveries/${encodeURIComponent(id)}`;
  const one = await call("GET", path, { signal });
  const send = button("Send again", ({ target }) => attempt(target, async () => {
    await call("POST", `${path}/redeliver`);
    await again();
    notice("It is sent again.");
  }), { kind: "main" });
  const next = one.next_attempt_at ? `, next attempt ${day(one.next_attempt_at)}` : "";
  fill(root, h("div", { class: "head" },
    h("div", {}, h("p", { class: "crumb" }, h("a", { href: "#/deliveries" }, "Deliveries")), h("h1", { tabindex: "-1", class: "long" }, one.url),
      h("p", { class: "facts-line" }, badge(one.status, STATUS_TONES[one.status]), ` made ${day(one.created_at)}${next}`,
        one.job_id ? [" · ", h("a", { href: `#/jobs/${encodeURIComponent(one.job_id)}` }, `job ${short(one.job_id)}`)] : "")),
    h("div", { class: "buttons" }, button("Refresh", () => again()), send)),
  h("section", { class: "card" }, h("h2", {}, many(one.attempts.length, "attempt")),
    one.attempts.length ? h("ol", { class: "attempts" }, one.attempts.map(row)) : h("p", { class: "soft" }, "It was not tried yet.")));
}

function row(attempted) {
  const met = attempted.status_code ? `HTTP ${attempted.status_code}` : plain(attempted.error ?? "no answer");
  const well = attempted.status_code >= 200 && attempted.status_code < 300;
  return h("li", {}, badge(met, well ? "good" : "bad"), ` ${day(attempted.attempted_at)}`, h("span", { class: "soft" }, `, ${attempted.duration_seconds} s`),
    attempted.status_code && attempted.error ? h("p", { class: "soft" }, plain(attempted.error)) : null,
    attempted.answer ? h("pre", { tabindex: "0", "aria-label": "What was answered" }, attempted.answer) : null);
}
