// A new sample of a voice, from a file or the microphone.

import { Problem, upload } from "./api.js";
import { consentFields } from "./consent.js";
import { ask } from "./dialog.js";
import { h } from "./dom.js";
import { followed, progressBar } from "./following.js";
import { notice } from "./live.js";
import { speakerField, speakerId } from "./naming.js";
import { Picker } from "./picker.js";

/** Ask for a name, unless it is given, and a recording; resolves to the finished job, or null. */
export async function enrol({ known = [], speaker = "" } = {}) {
  const leaving = new AbortController();
  const who = speaker ? null : speakerField("Name", known);
  const picker = new Picker({ signal: leaving.signal, what: "a recording of one person" });
  const consent = consentFields();
  const place = h("div", { class: "progress-place" });
  const title = speaker ? `Another sample of ${speaker}` : "Enrol a voice";
  const job = await ask(title, [who?.node, picker.node,
    h("p", { class: "hint" }, "At least 6 seconds of speech of nobody else; a minute is better."), consent.node, place], {
    act: "Enrol",
    submit: async () => {
      const id = speaker || speakerId(who.input);
      if (!picker.file) throw new Error("Choose or record a recording first.");
      const form = new FormData();
      form.set("file", picker.file);
      form.set("metadata", JSON.stringify({ file: picker.file.name }));
      if (consent.given()) form.set("consent", JSON.stringify(consent.given()));
      const bar = progressBar("Sending the recording");
      place.replaceChildren(bar.node);
      try {
        const sent = await upload(`/v1/speakers/${encodeURIComponent(id)}/samples`, form, (share) => bar.saw("Sending the recording", share), leaving.signal);
        const ended = await followed(sent.id, bar.saw, leaving.signal);
        if (ended?.error) throw new Problem(400, { detail: ended.error.message, code: ended.error.code });
        return { ...ended, speaker: id };
      } finally {
        place.replaceChildren();
      }
    },
  });
  leaving.abort();
  if (job) told(job);
  return job;
}

function told(job) {
  const warnings = job.result?.warnings ?? [];
  if (warnings.length) notice(`${job.speaker} is enrolled, but: ${warnings.map(({ message }) => message).join(" ")}`, { tone: "odd" });
  else notice(`${job.speaker} is enrolled.`);
}
