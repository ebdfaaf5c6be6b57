// A recording from a file, dropped or chosen, or from the microphone.

import { button, fill, fresh, h } from "./dom.js";
import { attempt, complain, say } from "./live.js";
import { Recorder } from "./recorder.js";
import { clock, size } from "./words.js";

/** `node` to show; `file` is what was picked, or null, as it is once `signal` says that nobody looks at it any more. */
export class Picker {
  constructor({ signal, what = "a recording" }) {
    Object.assign(this, { file: null, address: null, what, signal });
    this.input = h("input", { type: "file", id: fresh("file"), class: "unseen", accept: "audio/*,video/*,.gsm,.amr,.raw,.wav", onchange: () => this.pick(this.input.files[0]) });
    this.node = h("div", { class: "picker" });
    this.recorder = new Recorder();
    signal.addEventListener("abort", () => this.#letGo());
    this.node.addEventListener("dragover", (event) => (event.preventDefault(), this.node.classList.add("over")));
    this.node.addEventListener("dragleave", () => this.node.classList.remove("over"));
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      this.node.classList.remove("over");
      this.pick(event.dataTransfer.files[0]);
    });
    this.#offer();
  }

  pick(file) {
    if (!file) return;
    this.#letGo();
    this.file = file;
    const listen = h("audio", { controls: true, "aria-label": `Listen to ${file.name}` });
    listen.src = this.address = URL.createObjectURL(file);
    const another = button("Choose another", () => this.clear(), { kind: "quiet" });
    const focused = this.node.contains(document.activeElement);
    fill(this.node, h("div", { class: "picked" }, h("strong", { class: "file-name" }, file.name), h("span", { class: "soft" }, size(file.size)), another), listen);
    if (focused) another.focus();
    this.node.classList.add("full");
    say(`${file.name} is chosen.`);
  }

  clear() {
    this.#letGo();
    this.#offer();
    this.node.querySelector("button").focus();
  }

  #letGo() {
    this.recorder.drop();
    if (this.address) URL.revokeObjectURL(this.address);
    this.file = this.address = null;
  }

  #offer() {
    this.node.classList.remove("full");
    this.input.value = "";
    fill(this.node, h("p", { class: "invite" }, `Drop ${this.what} here`),
      h("div", { class: "buttons centred" },
        button("Choose a file", () => this.input.click(), { picture: "file" }),
        Recorder.possible && button("Record", ({ target }) => attempt(target, () => this.#record()), { picture: "microphone" })),
      h("label", { class: "unseen", for: this.input.id }, `File of ${this.what}`), this.input);
    // The button beside it is how it is reached.
    this.input.tabIndex = -1;
  }

  async #record() {
    const level = h("span", { class: "level-fill" });
    const time = h("span", { class: "clock" }, clock(0));
    let begun;
    try {
      begun = await this.recorder.start((seconds, loudness) => {
        time.textContent = clock(seconds);
        level.style.transform = `scaleX(${loudness.toFixed(3)})`;
      });
    } catch {
      if (!this.signal.aborted) complain(Object.assign(new Error("The microphone cannot be used; allow it for this page, or choose a file."), { code: "microphone" }));
    }
    if (!begun) return;
    const stop = button("Stop", async () => this.pick(await this.recorder.stop()), { kind: "main", picture: "stop" });
    fill(this.node, h("p", { class: "invite" }, h("span", { class: "on-air", "aria-hidden": "true" }), "Recording ", time),
      h("div", { class: "level", "aria-hidden": "true" }, level), h("div", { class: "buttons centred" }, stop));
    say("Recording.");
    stop.focus();
  }
}
