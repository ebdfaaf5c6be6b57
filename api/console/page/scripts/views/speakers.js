// Who is enrolled, and who is easily taken for whom.

import { all } from "../api.js";
import { button, fill, h } from "../dom.js";
import { enrol } from "../enrolling.js";
import { badge } from "../tables.js";
import { length } from "../words.js";

const TONES = { poor: "bad", average: "busy", good: "good", high: "good" };
const MOST_PAIRS = 20;

export async function speakers(root, { signal, again }) {
  const [list, pairs] = await Promise.all([
    all("/v1/speakers", { signal }), all("/v1/speakers/confusable", { query: { limit: MOST_PAIRS }, most: MOST_PAIRS, signal }),
  ]);
  const grid = h("ul", { class: "people" }, list.map(person));
  const filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the speakers", oninput: () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const card of grid.children) card.hidden = !card.dataset.name.includes(wanted);
  } });
  fill(root, h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "Speakers"), h("div", { class: "buttons" },
    list.length > 8 && filter,
    button("Enrol a voice", async () => (await enrol({ known: list.map(({ id }) => id) })) && again(), { kind: "main", picture: "plus" }))),
  list.length ? grid : h("div", { class: "card empty" }, h("p", {}, "Nobody is enrolled yet.")),
  pairs.length ? alike(pairs) : null);
}

function person(speaker) {
  return h("li", { class: "card person", "data-name": speaker.id.toLowerCase() },
    h("a", { href: `#/speakers/${encodeURIComponent(speaker.id)}`, class: "person-name" }, speaker.id),
    h("p", {}, badge(speaker.quality, TONES[speaker.quality]), " ", speaker.enrollment_complete ? null : badge("incomplete", "busy")),
    h("p", { class: "soft" }, `${length(speaker.speech_seconds)} of speech`, speaker.consent ? `, consent by ${speaker.consent.given_by}` : ""));
}

function alike(pairs) {
  const link = (id) => h("a", { href: `#/speakers/${encodeURIComponent(id)}` }, id);
  return h("section", { class: "card" }, h("h2", {}, "Easily taken for each other"),
    h("p", { class: "soft" }, "One of them may get the other's name. See that they are not one person twice, or give both more speech."),
    h("ul", { class: "pairs" }, pairs.map(({ speakers: [one, other], score }) =>
      h("li", {}, link(one), " and ", link(other),
        h("span", { class: "soft", title: "Nats; above zero, one voice is likelier than two." }, ` score ${score.toFixed(1)}`)))));
}

