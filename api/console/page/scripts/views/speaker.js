// One speaker: what is known of the voice, and what can be done about it.

import { all, call } from "../api.js";
import { settled, undoing, unsearched } from "../corrections.js";
import { ask } from "../dialog.js";
import { button, fill, h } from "../dom.js";
import { enrol } from "../enrolling.js";
import { meter } from "../explain.js";
import { attempt, notice, say } from "../live.js";
import { check, speakerField, speakerId } from "../naming.js";
import { go } from "../places.js";
import { badge } from "../tables.js";
import { day, length, many, short } from "../words.js";

export async function speaker(root, { id, signal, again }) {
  const path = `/v1/speakers/${encodeURIComponent(id)}`;
  const [who, samples] = await Promise.all([call("GET", path, { signal }), all(`${path}/samples`, { signal })]);
  fill(root, h("div", { class: "head" },
    h("div", {}, h("p", { class: "crumb" }, h("a", { href: "#/speakers" }, "Speakers")), h("h1", { tabindex: "-1" }, who.id),
      h("p", { class: "facts-line" }, badge(who.quality, who.quality === "poor" ? "bad" : "good"), ` ${length(who.speech_seconds)} of speech in ${many(samples.length, "sample")}`,
        who.enrollment_complete ? "" : ". Not complete: more speech is needed before this voice is looked for.")),
    h("div", { class: "buttons" },
      button("Add a sample", async () => (await enrol({ speaker: who.id })) && again(), { kind: "main", picture: "plus" }),
      button("Rename", () => renamed(path, who.id), { picture: "pencil" }),
      button("Merge", () => merged(path, who.id, again)),
      button("Look in earlier recordings", ({ target }) => attempt(target, () => rematched(path, who.id, again))),
      button("Delete", () => erased(path, who.id), { kind: "bad", picture: "trash" }))),
  consent(who.consent),
  h("section", { class: "card" }, h("h2", {}, "Samples"), h("ul", { class: "samples" }, samples.map((sample) => sampleRow(path, sample, { again, alone: samples.length === 1 })))));
}

function consent(given) {
  if (!given) return null;
  const until = given.expires_at ? `until ${day(given.expires_at)}` : "until it is withdrawn";
  return h("section", { class: "card" }, h("h2", {}, "Consent"), h("p", {}, `Given by ${given.given_by} on ${day(given.given_at)}, ${until}: ${given.purpose}`));
}

function sampleRow(path, sample, { again, alone }) {
  const { level_dbfs: level, snr_db: noise, clipped_share: clipped } = sample.quality;
  const measured = [level === undefined || level === null ? "" : `level ${level.toFixed(0).replace("-", "−")} dBFS`, noise === undefined || noise === null ? "" : `${noise.toFixed(0)} dB above noise`,
    clipped ? `${(clipped * 100).toFixed(1)} % clipped` : ""].filter(Boolean).join(", ");
  const { by, job_id: from } = sample.provenance;
  return h("li", {}, h("div", { class: "sample" },
    h("div", {}, h("strong", {}, `${length(sample.speech_seconds)} of speech`), h("span", { class: "soft" }, ` in ${length(sample.audio_seconds)}, ${day(sample.created_at)}`),
      h("p", { class: "soft" }, measured, measured && ". ", by === "reference" ? "From segments of " : "From audio of ", from ? h("a", { href: `#/jobs/${encodeURIComponent(from)}` }, `job ${short(from)}`) : "an earlier job"),
      sample.warnings.map(({ message }) => h("p", { class: "warning" }, message))),
    h("div", { class: "sample-side" }, sample.agreement ? meter(sample.agreement.confidence, "Agreement with the other samples") : h("span", { class: "soft" }, alone ? "the only sample" : "not compared yet"),
      button("Delete", () => unsampled(path, sample, again), { kind: "quiet bad", picture: "trash", "aria-label": `Delete the sample of ${day(sample.created_at)}` }))));
}

async function unsampled(path, sample, again) {
  const done = await ask("Delete this sample?", [h("p", {}, "The voiceprint is made of those that remain. This cannot be undone.")], {
    act: "Delete the sample", kind: "bad", submit: async () => (await call("DELETE", `${path}/samples/${encodeURIComponent(sample.id)}`), true),
  });
  if (!done) return;
  await again();
  notice("The sample is deleted.");
}

async function erased(path, id) {
  const results = check("Take the name out of earlier results, too", false);
  const receipt = await ask(`Delete ${id}?`, [h("p", {}, "All samples and the voiceprint are destroyed. This cannot be undone."), results.node], {
    act: "Delete the speaker", kind: "bad",
    submit: () => call("DELETE", path, { query: { results: results.input.checked ? "true" : "" } }),
  });
  if (!receipt) return;
  await go("#/speakers");
  notice(`${id} is deleted: ${many(receipt.samples, "sample")}${receipt.jobs_scrubbed ? `, and the name in ${many(receipt.jobs_scrubbed, "job")}` : ""}.`);
}

async function renamed(path, id) {
  const who = speakerField("New name", []);
  who.input.value = id;
  const done = await ask(`Rename ${id}`, [who.node], { act: "Rename", submit: async () => {
    const to = speakerId(who.input);
    return { to, change: await call("POST", `${path}/rename`, { body: { speaker: to } }) };
  } });
  if (!done) return;
  await go(`#/speakers/${encodeURIComponent(done.to)}`);
  notice(`${id} is called ${done.to} now.`, { action: undoing(done.change, () => go(`#/speakers/${encodeURIComponent(id)}`)) });
}

async function merged(path, id, again) {
  const known = (await all("/v1/speakers")).map((one) => one.id).filter((one) => one !== id);
  const who = speakerField("Who is the same person?", known, "That speaker's samples become samples of this one, and results follow.");
  const done = await ask(`Merge into ${id}`, [who.node], { act: "Merge", submit: async () => {
    const other = speakerId(who.input);
    return { other, change: await call("POST", `${path}/merge`, { body: { speaker: other } }) };
  } });
  if (!done) return;
  await again();
  notice(`${done.other} is ${id} now.`, { action: undoing(done.change, again) });
}

async function rematched(path, id, again) {
  say("Comparing earlier recordings.");
  const change = await settled(await call("POST", `${path}/rematch`, { body: {} }));
  const found = change.num_jobs;
  const words = found ? `${id} was found in ${many(found, "earlier recording")}.` : `No stranger of an earlier recording is ${id}.`;
  notice(unsearched(change, id) || words, { action: found ? undoing(change, again) : null, tone: change.status === "failed" ? "bad" : "calm" });
}
