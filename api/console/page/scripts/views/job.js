// One recording: its progress, then who speaks when.

import { bytes, call } from "../api.js";
import { ask } from "../dialog.js";
import { button, fill, h } from "../dom.js";
import { details, tipLines } from "../explain.js";
import { files } from "../files.js";
import { followed, progressBar } from "../following.js";
import { keepsAudio } from "../key.js";
import { attempt, complain, notice, say } from "../live.js";
import { menu } from "../menu.js";
import { nameVoice } from "../naming.js";
import { peaksOf } from "../peaks.js";
import { go } from "../places.js";
import { Player } from "../player.js";
import { arranged, Attention } from "../recording.js";
import { SegmentList } from "../segmentlist.js";
import { badge, STATUS_TONES } from "../tables.js";
import { Timeline } from "../timeline.js";
import { clock, day, KINDS, length, many, short, titleOf } from "../words.js";

// By the name that the service has for it: words, and how a file of it ends.
const FORMATS = {
  json: ["JSON", "json"], csv: ["CSV", "csv"], webvtt: ["WebVTT subtitles", "vtt"], rttm: ["RTTM", "rttm"],
  textgrid: ["Praat TextGrid", "TextGrid"], audacity: ["Audacity labels", "txt"], eaf: ["ELAN", "eaf"],
};

export async function job(root, { id, signal, again }) {
  const path = `/v1/jobs/${encodeURIComponent(id)}`;
  let shown = await call("GET", path, { signal });
  const facts = h("p", { class: "facts-line" });
  const actions = h("div", { class: "buttons" });
  const body = h("div", { class: "view" });
  fill(root, h("div", { class: "head" }, h("div", {}, h("h1", { tabindex: "-1" }, titleOf(shown)), facts), actions), body);
  const head = () => fill(facts, badge(shown.status, STATUS_TONES[shown.status]), ` ${KINDS[shown.kind]}, ${day(shown.created_at)}`,
    shown.audio_seconds ? `, ${length(shown.audio_seconds)}` : "", h("span", { class: "soft", title: shown.id }, ` · ${short(shown.id)}`));
  head();
  if (shown.status === "queued" || shown.status === "running") {
    const bar = progressBar("Waiting for its turn");
    fill(body, h("div", { class: "card" }, bar.node));
    fill(actions, button("Cancel", ({ target }) => attempt(target, () => call("DELETE", path)), { kind: "bad" }));
    wait(id, bar, signal, again);
    return;
  }
  if (shown.status === "succeeded" && shown.kind !== "enroll") await new Found(root, body, actions, { path, shown, signal }).show();
  else {
    fill(actions, removal(shown));
    fill(body, ended(shown));
  }
}

/** A button that deletes all that is kept of a job. */
function removal(shown) {
  return button("Delete", async () => {
    const done = await ask(`Delete ${titleOf(shown)}?`, [h("p", {}, "Its result, its voices, its recording and its webhooks are deleted, sent or not. Speakers stay. This cannot be undone.")], {
      act: "Delete the recording", kind: "bad", submit: async () => (await call("DELETE", `/v1/jobs/${encodeURIComponent(shown.id)}/result`), true),
    });
    if (!done) return;
    files.forget(shown.id);
    await go("#/jobs");
    notice(`${titleOf(shown)} is deleted.`);
  }, { kind: "bad", picture: "trash" });
}

async function wait(id, bar, signal, again) {
  try {
    const done = await followed(id, bar.saw, signal);
    if (done) say(done.status === "succeeded" ? "Done." : `The job ${done.status}.`);
    await again();
  } catch (error) {
    complain(error);
  }
}

function ended(shown) {
  if (shown.error) return h("div", { class: "card sad" }, h("p", {}, shown.error.message), h("p", { class: "soft" }, shown.error.code));
  if (shown.status === "canceled") return h("div", { class: "card" }, h("p", {}, "It was canceled before it was done."));
  return h("div", { class: "card" }, h("p", {}, "A voice was enrolled. "), h("p", {}, h("a", { href: "#/speakers" }, "See the speakers")));
}

/** What a finished identification found. */
class Found {
  constructor(root, body, actions, { path, shown, signal }) {
    Object.assign(this, { root, body, actions, path, job: shown, signal });
    this.attention = new Attention();
    this.player = new Player(this.attention, signal);
  }

  async show() {
    fill(this.actions, menu("Download", "download", Object.entries(FORMATS).map(([format, [words]]) =>
      button(words, ({ target }) => attempt(target, () => this.#download(format)), { kind: "quiet" }))), removal(this.job));
    await this.#arrange();
    const file = files.of(this.job.id);
    if (file) this.#use(file);
    else if (keepsAudio) this.#fetch();
  }

  /** Show the result as it is now; again after a name has changed. */
  async #arrange() {
    const result = await call("GET", `${this.path}/result`, { signal: this.signal });
    this.arranging?.abort();
    this.arranging = new AbortController();
    const signal = AbortSignal.any([this.signal, this.arranging.signal]);
    const found = arranged(result);
    const acts = { play: (segment, from) => this.#play(segment, from), name: (voice) => this.#name(voice), tell: tipLines, signal };
    const before = this.timeline?.peaks ?? null;
    this.attention.chosen = found.segments[this.attention.chosen?.index] ?? null;
    this.timeline = new Timeline(found, this.attention, acts);
    this.timeline.peaks = before;
    this.list = new SegmentList(found, this.attention, acts);
    this.panel = h("aside", { class: "card panel", "aria-label": "The chosen segment" });
    this.attention.addEventListener("choose", () => this.#detail(), { signal });
    this.#detail();
    fill(this.body, found.segments.length ? this.#parts(found) : h("div", { class: "card empty" }, h("p", {}, "Nobody speaks in this recording.")));
    this.timeline.painting.refresh();
  }

  #parts(found) {
    const strangers = found.voices.filter(({ stranger }) => stranger).length;
    const words = [many(found.voices.length, "voice"), strangers ? many(strangers, "stranger") : "", many(found.segments.length, "segment"),
      found.overlaps.length ? `${many(found.overlaps.length, "overlap")}` : ""].filter(Boolean).join(" · ");
    const drop = (event) => (event.preventDefault(), event.dataTransfer.files[0] && this.#use(event.dataTransfer.files[0]));
    return [
      h("section", { class: "card stage", "aria-label": "Timeline", ondragover: (event) => event.preventDefault(), ondrop: drop }, h("div", { class: "stage-head" }, this.#transport(), h("p", { class: "soft summary" }, words), this.timeline.tools), this.timeline.node),
      h("div", { class: "columns" }, h("section", { class: "card list", "aria-label": "Segments" }, this.list.node), this.panel),
      h("p", { class: "hint keys", "aria-hidden": "true" }, [["Arrows", "choose"], ["Enter", "plays"], ["n", "names the voice"], ["+ −", "zoom"]].map(([key, act]) => h("span", {}, h("kbd", {}, key), ` ${act}`))),
    ];
  }

  #transport() {
    const time = h("span", { class: "clock" });
    const toggle = button("Play", () => this.player.toggle(), { kind: "main", picture: "play" });
    const choose = h("input", { type: "file", class: "unseen", tabindex: "-1", "aria-label": "The recording", onchange: ({ target }) => target.files[0] && this.#use(target.files[0]) });
    const attach = button("Open the recording to listen", () => choose.click(), { picture: "file" });
    const state = () => {
      const { usable, playing } = this.player;
      toggle.hidden = time.hidden = !usable;
      attach.hidden = usable;
      fill(toggle, ...button(playing ? "Pause" : "Play", null, { picture: playing ? "pause" : "play" }).childNodes);
    };
    const tick = () => (time.textContent = `${clock(this.attention.time)} / ${clock(this.timeline.found.seconds)}`);
    const { signal } = this.arranging;
    this.player.addEventListener("state", state, { signal });
    this.attention.addEventListener("time", tick, { signal });
    state();
    tick();
    return h("div", { class: "transport" }, toggle, time, attach, choose);
  }

  #detail() {
    const segment = this.attention.chosen;
    if (!segment) return fill(this.panel, h("p", { class: "soft" }, "Choose a segment to see how sure its name is, and why."));
    const { voice } = segment;
    return fill(this.panel, h("h2", {}, h("span", { class: `swatch voice-${voice.colour}${voice.stranger ? " stranger" : ""}`, "aria-hidden": "true" }, voice.letter), voice.name),
      details(segment), h("div", { class: "buttons" },
        this.player.usable && button("Play it", () => this.player.segment(segment), { picture: "play" }),
        button(voice.stranger ? "Name this voice" : "Correct the name", () => this.#name(voice), { picture: "pencil" })));
  }

  #play(segment, from) {
    if (segment) this.attention.choose(segment);
    if (this.player.usable) return segment ? this.player.segment(segment) : this.player.play(from);
    if (segment) say("There is no recording here to play.");
    return null;
  }

  #name(voice) {
    const focused = document.activeElement;
    const changed = async () => {
      const place = [".window", ".segments", ".lane-label", ".panel button"].find((where) => focused?.matches(where)) ?? "h1";
      await this.#arrange();
      this.root.querySelector(place)?.focus({ preventScroll: true });
    };
    return attempt(null, () => nameVoice(this.job.id, voice, { changed, signal: this.signal }));
  }

  async #use(file) {
    this.player.load(file);
    this.#detail();
    try {
      this.timeline.hear(await peaksOf(file, this.signal));
    } catch (error) {
      if (error.name !== "AbortError") notice("This browser cannot draw the recording; the lanes are shown without it.", { tone: "odd" });
    }
  }

  async #fetch() {
    try {
      this.#use(await bytes(`${this.path}/audio`, {}, this.signal));
    } catch (error) {
      // Recordings are seldom kept; the page offers to open one from this computer.
      if (error.status !== 404 && error.status !== 410) complain(error);
    }
  }

  async #download(format) {
    const address = URL.createObjectURL(await bytes(`${this.path}/result`, { format, recording: titleOf(this.job).slice(0, 200) }, this.signal));
    const link = h("a", { href: address, download: `${titleOf(this.job).replace(/\.\w+$/, "")}.${FORMATS[format][1]}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
