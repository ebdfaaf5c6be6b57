// Names: a voice gets one, a wrong one is mended, and either is taken back.

import { all, call } from "./api.js";
import { consentFields } from "./consent.js";
import { settled, undoing, unsearched } from "./corrections.js";
import { ask } from "./dialog.js";
import { field, fresh, h } from "./dom.js";
import { notice } from "./live.js";
import { many } from "./words.js";

const ID = /^[a-zA-Z0-9_]{1,255}$/;

/** A field for a speaker's id, with those that there are as suggestions. */
export function speakerField(label, known, hint = "Letters, digits and _ only.") {
  const options = h("datalist", { id: fresh("known") }, known.map((id) => h("option", { value: id })));
  const input = h("input", { type: "text", list: options.id, autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: "255" });
  return { node: [field(label, input, hint), options], input };
}

/** The id that was written. Throws an Error that says what is wrong with it. */
export function speakerId(input) {
  const id = input.value.trim();
  if (!ID.test(id)) {
    input.focus();
    throw new Error(id ? "A speaker's name may have letters, digits and _ only." : "Write a name first.");
  }
  return id;
}

const check = (label, checked, hint = "") => {
  const input = h("input", { type: "checkbox", id: fresh("check") });
  input.checked = checked;
  return { input, node: h("div", { class: "check" }, input, h("label", { for: input.id }, label, hint && h("span", { class: "hint" }, hint))) };
};

export { check };

/** Ask who a voice of a job is. `changed()` is called when the job's result, or who is enrolled, is another. */
export async function nameVoice(jobId, voice, { changed, signal }) {
  const known = (await all("/v1/speakers", { signal })).map(({ id }) => id);
  const done = await named(jobId, voice, known);
  if (!done) return;
  await changed();
  notice(done.said, { action: done.action(changed) });
}

function named(jobId, voice, known) {
  const who = speakerField(voice.stranger ? "Who is it?" : "Who is it really?", known, "Somebody enrolled, or a new name: letters, digits and _.");
  const enroll = check("Learn this voice", true, "What is said here becomes a sample of this speaker.");
  const rematch = check("Look for it in earlier recordings, too", false);
  const nobody = check("It is nobody enrolled", false);
  const consent = consentFields();
  nobody.input.addEventListener("change", () => {
    for (const input of [who.input, enroll.input, rematch.input]) input.disabled = nobody.input.checked;
  });
  const asked = () => {
    if (nobody.input.checked) return { voice: voice.label, speaker: null };
    const given = enroll.input.checked && consent.given();
    return { voice: voice.label, speaker: speakerId(who.input), enroll: enroll.input.checked, rematch: rematch.input.checked, ...(given && { consent: given }) };
  };
  return ask(voice.stranger ? `Name ${voice.name}` : `Correct ${voice.name}`,
    [summary(voice), who.node, enroll.node, rematch.node, voice.stranger ? null : nobody.node, consent.node], {
      act: "Save the name",
      submit: async () => {
        const body = asked();
        const change = await settled(await call("POST", `/v1/jobs/${encodeURIComponent(jobId)}/names`, { body }));
        const elsewhere = change.num_jobs - change.jobs.filter(({ id }) => id === jobId).length;
        const also = elsewhere ? `${many(elsewhere, "earlier recording")} changed, too.` : "";
        const said = body.speaker === null ? `${voice.name} is nobody enrolled now.` : `${voice.name} is ${body.speaker} now.`;
        return { said: [said, also, unsearched(change, body.speaker)].filter(Boolean).join(" "), action: (after) => undoing(change, after) };
      },
    });
}

const summary = (voice) =>
  h("p", { class: "soft" }, `${many(voice.segments.length, "segment")}, ${Math.round(voice.seconds)} s of speech.`);
