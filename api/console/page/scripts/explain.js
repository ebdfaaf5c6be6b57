// A segment in words: who, when, how sure, and why.

import { h } from "./dom.js";
import { clock, length, percent, plain, REASONS } from "./words.js";

/** Names of the other voices that are heard during a segment. */
export const others = (segment) => [...segment.overlapping].map((voice) => voice.name).join(", ");

/** What a screen reader says of a segment. */
export function spoken(segment) {
  const parts = [segment.voice.name, `${clock(segment.start, true)} to ${clock(segment.end, true)}`];
  if (segment.confidence !== null) parts.push(`${segment.voice.stranger ? "confidence that it is a stranger" : "confidence"} ${percent(segment.confidence)}`);
  if (segment.reason) parts.push(REASONS[segment.reason] ?? plain(segment.reason));
  if (segment.overlapping.size) parts.push(`at the same time: ${others(segment)}`);
  return parts.join(", ");
}

/** Lines for the small window beside the pointer. */
export function tipLines(segment) {
  return [
    h("strong", {}, segment.voice.name),
    h("span", {}, `${clock(segment.start, true)} – ${clock(segment.end, true)}`),
    segment.confidence === null ? null : h("span", {}, `${segment.voice.stranger ? "A stranger" : "Confidence"} ${percent(segment.confidence)}`),
    segment.reason ? h("span", {}, REASONS[segment.reason] ?? plain(segment.reason)) : null,
    segment.overlapping.size ? h("span", {}, `At the same time: ${others(segment)}`) : null,
  ].filter(Boolean);
}

/** What a segment's number means. */
export const sureOf = ({ voice }) =>
  voice.stranger ? "How likely the voice is none of those looked for" : `How likely the voice is ${voice.name}'s`;

/** How sure, as a bar with its number. */
export function meter(share, label = "Confidence") {
  if (share === null || share === undefined) return h("span", { class: "soft" }, "–");
  const inside = h("span", { class: "meter-fill" });
  inside.style.width = `${Math.round(share * 100)}%`;
  return h("span", { class: "meter-with", title: label }, h("span", { class: "meter", "aria-hidden": "true" }, inside), percent(share));
}

/** Everything about a segment, for the panel beside the list. */
export function details(segment) {
  const rows = [
    ["When", `${clock(segment.start, true)} – ${clock(segment.end, true)} (${length(segment.end - segment.start)})`],
    [segment.voice.stranger ? "A stranger" : "Confidence", meter(segment.confidence, sureOf(segment))],
    segment.reason ? ["Why no name", REASONS[segment.reason] ?? plain(segment.reason)] : null,
    segment.corrected ? ["Corrected", "A person gave this name."] : null,
    segment.overlapping.size ? ["Same time", others(segment)] : null,
    segment.candidates.length ? ["Nearest", candidates(segment.candidates)] : null,
  ];
  return h("dl", { class: "facts" }, rows.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function candidates(list) {
  return h("ul", { class: "plain" }, list.map(({ speaker, score }) =>
    h("li", {}, speaker, h("span", { class: "soft", title: "Nats; above zero, one voice is likelier than two." }, ` ${score > 0 ? "+" : ""}${score.toFixed(1).replace("-", "−")}`))));
}
