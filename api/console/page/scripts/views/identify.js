// The beginning: a recording goes in.

import { all, upload } from "../api.js";
import { add, button, field, fill, fresh, h } from "../dom.js";
import { enrol } from "../enrolling.js";
import { files } from "../files.js";
import { progressBar } from "../following.js";
import { attempt } from "../live.js";
import { Picker } from "../picker.js";
import { many } from "../words.js";

const MANY_SPEAKERS = 12;

export async function identify(root, { signal, again }) {
  const speakers = await all("/v1/speakers", { signal });
  const complete = speakers.filter((speaker) => speaker.enrollment_complete);
  const picker = new Picker({ signal });
  const chosen = complete.length ? new ChosenSpeakers(complete) : new NobodyYet(speakers, again);
  const count = h("input", { type: "number", min: "1", max: "100", inputmode: "numeric" });
  const webhook = h("input", { type: "url", placeholder: "https://…", autocomplete: "off" });
  const go = h("button", { type: "submit", class: "main large" }, "Find out who speaks");
  const wrong = h("p", { class: "wrong", role: "alert" });
  const place = h("div");
  const form = h("form", { novalidate: true, class: "identify" }, picker.node,
    h("div", { class: "card options" }, chosen.node, h("details", {}, h("summary", {}, "More"), field("How many people speak", count, "Only if you know it."),
      field("Webhook", webhook, "Where the result is posted as well."))),
    wrong, place, h("div", { class: "buttons" }, go));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    wrong.textContent = complaint(picker, chosen);
    if (wrong.textContent) return;
    attempt(go, async () => {
      const bar = progressBar("Sending the recording");
      fill(place, bar.node);
      const { file } = picker;
      try {
        const job = await upload("/v1/identifications", asked(picker, chosen, count, webhook), (share) => bar.saw("Sending the recording", share), signal);
        files.keep(job.id, file);
        location.hash = `#/jobs/${encodeURIComponent(job.id)}`;
      } finally {
        fill(place);
      }
    });
  });
  fill(root, h("h1", { tabindex: "-1" }, "Who speaks when?"), form);
}

function complaint(picker, chosen) {
  if (!picker.file) return "Choose or record a recording first.";
  return chosen.value.length ? "" : "Choose at least one speaker to look for.";
}

function asked(picker, chosen, count, webhook) {
  const form = new FormData();
  form.set("file", picker.file);
  form.set("metadata", JSON.stringify({ file: picker.file.name }));
  for (const speaker of chosen.value) form.append("speakers", speaker);
  if (count.value) form.set("num_speakers", count.value);
  if (webhook.value.trim()) form.set("webhook", webhook.value.trim());
  return form;
}

/** Nobody can be looked for: all voices are strangers, and are named afterwards. */
class NobodyYet {
  value = ["all"];

  constructor(speakers, again) {
    const why = speakers.length ? "Nobody is completely enrolled yet" : "Nobody is enrolled yet";
    this.node = h("div", { class: "hello" },
      h("p", {}, `${why}: every voice comes as a stranger, whom you can name afterwards. Or enrol a voice first, and it is found at once.`),
      button("Enrol a voice", async () => {
        if (await enrol({ known: speakers.map(({ id }) => id) })) again();
      }, { picture: "plus" }));
  }
}

/** All who are enrolled, or some of them. */
class ChosenSpeakers {
  constructor(complete) {
    this.picked = new Set();
    const name = fresh("look");
    this.everybody = h("input", { type: "radio", name, id: `${name}-all` });
    const some = h("input", { type: "radio", name, id: `${name}-some` });
    this.everybody.checked = true;
    const names = h("div", { class: "names", role: "group", "aria-label": "Speakers to look for", hidden: true });
    add(names, [complete.length > MANY_SPEAKERS && this.#filter(names), complete.map(({ id }) => this.#choice(id))]);
    for (const input of [this.everybody, some]) input.addEventListener("change", () => (names.hidden = this.everybody.checked));
    this.node = h("fieldset", {}, h("legend", {}, "Look for"),
      h("div", { class: "check" }, this.everybody, h("label", { for: this.everybody.id }, `Everybody enrolled (${many(complete.length, "speaker")})`)),
      h("div", { class: "check" }, some, h("label", { for: some.id }, "Only some")), names);
  }

  get value() {
    return this.everybody.checked ? ["all"] : [...this.picked];
  }

  #choice(id) {
    const input = h("input", { type: "checkbox", id: fresh("speaker"), onchange: () => (input.checked ? this.picked.add(id) : this.picked.delete(id)) });
    return h("div", { class: "check chip", "data-name": id.toLowerCase() }, input, h("label", { for: input.id }, id));
  }

  #filter(names) {
    return h("input", { type: "search", "aria-label": "Filter the speakers", placeholder: "Filter", oninput: ({ target }) => {
      for (const choice of names.querySelectorAll("[data-name]")) choice.hidden = !choice.dataset.name.includes(target.value.trim().toLowerCase());
    } });
  }
}
