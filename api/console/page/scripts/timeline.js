// Waveform and lanes on one canvas. It is as wide as the window that it is seen through, and only what is in that window
// is drawn: a wide, empty element beside it gives the window its scroll bar.

import { drawn, GEOMETRY, heightOf, lanesTop } from "./drawing.js";
import { button, h } from "./dom.js";
import { spoken } from "./explain.js";
import { say } from "./live.js";
import { Painting } from "./painting.js";
import { firstEndingAfter } from "./recording.js";

const MOST_PER_SECOND = 200;
const WIDEST = 8_000_000;
const KEYS = "Left and right arrows go from segment to segment, up and down to other voices, Enter plays, plus and minus zoom.";

export class Timeline {
  constructor(found, attention, { play, name, tell, signal }) {
    Object.assign(this, { found, attention, play, name, tell, peaks: null, hovered: null, dirty: false });
    this.canvas = h("canvas", { class: "lanes", "aria-hidden": "true" });
    this.spacer = h("div", { class: "spacer" });
    this.tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    this.window = h("div", {
      class: "window", tabindex: "0", role: "group", "aria-roledescription": "timeline",
      "aria-label": `Timeline of ${found.segments.length} segments. ${KEYS}`,
    }, this.canvas, this.spacer);
    this.zoomLevel = h("span", { class: "unseen", role: "status" });
    this.node = h("div", { class: "timeline" }, this.#labels(), h("div", { class: "pane" }, this.window, this.tip));
    this.tools = h("div", { class: "tools" },
      button("", () => this.zoom(1.6), { kind: "quiet square", picture: "plus", "aria-label": "Zoom in" }),
      button("", () => this.zoom(1 / 1.6), { kind: "quiet square", picture: "minus", "aria-label": "Zoom out" }),
      button("", () => this.fit(), { kind: "quiet square", picture: "fit", "aria-label": "Show all" }), this.zoomLevel);
    this.painting = new Painting();
    this.#listen(signal);
  }

  #labels() {
    const labels = this.found.voices.map((voice) => {
      const share = voice.seconds / (this.found.seconds || 1);
      const label = h("button", {
        type: "button", class: `lane-label voice-${voice.colour}`, title: `${voice.name}: change the name`,
        onclick: () => this.name(voice),
      }, h("span", { class: voice.stranger ? "swatch stranger" : "swatch", "aria-hidden": "true" }, voice.letter),
      h("span", { class: "lane-name" }, voice.name), h("span", { class: "lane-share" }, `${Math.round(share * 100)} %`),
      h("span", { class: "unseen" }, " of the time. Name this voice."));
      label.style.height = `${GEOMETRY.lane}px`;
      return h("li", {}, label);
    });
    this.labels = h("ul", { class: "lane-labels", "aria-label": "Voices" }, labels);
    return this.labels;
  }

  #listen(signal) {
    const on = (target, name, act, options = {}) => target.addEventListener(name, act, { signal, ...options });
    on(this.window, "scroll", () => this.paint(), { passive: true });
    on(this.window, "keydown", (event) => this.#key(event));
    on(this.window, "focus", () => !this.attention.chosen && this.found.segments[0] && this.attention.choose(this.found.segments[0]));
    on(this.canvas, "pointermove", (event) => this.#hover(event));
    on(this.canvas, "pointerleave", () => this.#hover(null));
    on(this.canvas, "click", (event) => this.#click(event));
    on(this.window, "wheel", (event) => this.#wheel(event), { passive: false });
    on(this.attention, "choose", () => {
      this.reveal(this.attention.chosen);
      this.paint();
      // A canvas tells nothing: what was chosen on it is said.
      if (document.activeElement === this.window) say(spoken(this.attention.chosen));
    });
    on(this.attention, "time", () => (this.follow(), this.paint()));
    on(matchMedia("(prefers-color-scheme: dark)"), "change", () => (this.painting.refresh(), this.paint()));
    const sized = new ResizeObserver(() => this.#resize());
    sized.observe(this.window);
    signal.addEventListener("abort", () => sized.disconnect());
  }

  /** Draw a recording's waveform, as peaksOf tells it. */
  hear(peaks) {
    this.peaks = peaks;
    this.#resize();
    this.paint();
  }

  get width() {
    return this.window.clientWidth || 600;
  }

  get left() {
    return this.window.scrollLeft / this.perSecond;
  }

  get span() {
    return this.width / this.perSecond;
  }

  fit() {
    this.#scale(this.width / (this.found.seconds || 1), 0);
  }

  zoom(factor, around = this.left + this.span / 2) {
    const share = (around - this.left) / this.span;
    const scale = this.perSecond * factor;
    this.#scale(scale, around - (share * this.width) / this.#allowed(scale));
    this.zoomLevel.textContent = `${Math.round(this.span)} seconds are shown`;
  }

  #allowed(scale) {
    const least = this.width / (this.found.seconds || 1);
    return Math.max(least, Math.min(scale, MOST_PER_SECOND, WIDEST / (this.found.seconds || 1)));
  }

  #scale(scale, left) {
    this.perSecond = this.#allowed(scale);
    this.spacer.style.width = `${Math.floor(this.found.seconds * this.perSecond)}px`;
    this.window.scrollLeft = left * this.perSecond;
    this.paint();
  }

  #resize() {
    const fitted = !this.perSecond || this.spacer.offsetWidth <= this.last + 1;
    this.last = this.width;
    const ratio = devicePixelRatio || 1;
    const height = heightOf(this.found, this.peaks);
    this.labels.style.paddingTop = `${lanesTop(this.peaks)}px`;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${height}px`;
    if (fitted) this.fit();
    else this.#scale(this.perSecond, this.left);
  }

  reveal(segment) {
    if (!segment || !this.perSecond) return;
    const { left, span } = this;
    if (segment.start >= left && segment.end <= left + span) return;
    this.window.scrollLeft = (segment.start - span * 0.2) * this.perSecond;
  }

  follow() {
    const { left, span } = this;
    if (this.attention.time < left || this.attention.time > left + span)
      this.window.scrollLeft = (this.attention.time - span * 0.1) * this.perSecond;
  }

  paint() {
    if (this.dirty) return;
    this.dirty = true;
    requestAnimationFrame(() => {
      this.dirty = false;
      if (this.perSecond) drawn(this);
    });
  }

  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    const time = this.left + (event.clientX - box.left) / this.perSecond;
    const row = Math.floor((event.clientY - box.top - lanesTop(this.peaks)) / GEOMETRY.lane);
    const lane = this.found.voices[row]?.segments;
    const slack = 3 / this.perSecond;
    const segment = lane?.[firstEndingAfter(lane, time - slack)];
    return { time, x: event.clientX - box.left, segment: segment && segment.start <= time + slack ? segment : null };
  }

  #hover(event) {
    const { x, segment } = event ? this.#at(event) : { x: 0, segment: null };
    this.canvas.style.cursor = segment ? "pointer" : "";
    if (segment !== this.hovered) this.paint();
    this.hovered = segment;
    this.tip.hidden = !segment;
    if (!segment) return;
    this.tip.replaceChildren(...this.tell(segment));
    this.tip.style.left = `${Math.max(0, Math.min(x + 12, this.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${lanesTop(this.peaks) + (segment.voice.index + 1) * GEOMETRY.lane + 4}px`;
  }

  #click(event) {
    const { time, segment } = this.#at(event);
    if (segment) this.play(segment);
    else this.play(null, time);
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? 1.25 : 0.8, this.#at(event).time);
  }

  #key(event) {
    const act = this.#acts()[event.key];
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }

  #acts() {
    const { segments, voices } = this.found;
    const now = this.attention.chosen ?? segments[0];
    if (!now) return {};
    const go = (segment) => segment && this.attention.choose(segment);
    const lane = (step) => {
      const other = voices[now.voice.index + step]?.segments;
      go(other?.[Math.min(firstEndingAfter(other, now.start), other.length - 1)]);
    };
    const play = () => this.play(now);
    return {
      ArrowRight: () => go(segments[now.index + 1]), ArrowLeft: () => go(segments[now.index - 1]),
      ArrowDown: () => lane(1), ArrowUp: () => lane(-1),
      Home: () => go(segments[0]), End: () => go(segments.at(-1)),
      Enter: play, " ": play, n: () => this.name(now.voice),
      "+": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.fit(),
    };
  }
}
