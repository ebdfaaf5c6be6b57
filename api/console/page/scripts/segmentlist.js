// The list of segments. However many there are, only rows in sight exist: some two dozen, used again and again.

import { h } from "./dom.js";
import { meter, others, spoken, sureOf } from "./explain.js";
import { clock, plain, REASON_WORDS } from "./words.js";

const BEYOND_ROWS = 6;
const NARROW = matchMedia("(max-width: 640px)");
const ROW_PIXELS = { wide: 44, narrow: 60 };

export class SegmentList {
  constructor(found, attention, { play, name, signal }) {
    Object.assign(this, { found, attention, play, name, rows: [], dirty: false });
    this.sheet = h("div", { class: "sheet", role: "presentation" });
    this.node = h("div", {
      class: "segments", role: "listbox", tabindex: "0",
      "aria-label": "Segments. Up and down choose, Enter plays, N names the voice.",
    }, this.sheet);
    const on = (target, event, act, options = {}) => target.addEventListener(event, act, { signal, ...options });
    on(this.node, "scroll", () => this.paint(), { passive: true });
    on(this.node, "keydown", (event) => this.#key(event));
    on(this.node, "focus", () => !attention.chosen && this.#go(0));
    on(this.sheet, "click", (event) => this.#click(event));
    on(attention, "choose", () => (this.reveal(), this.paint()));
    on(NARROW, "change", () => this.#measure());
    const sized = new ResizeObserver(() => this.paint());
    sized.observe(this.node);
    signal.addEventListener("abort", () => sized.disconnect());
    this.#measure();
  }

  #measure() {
    this.rowPixels = NARROW.matches ? ROW_PIXELS.narrow : ROW_PIXELS.wide;
    this.sheet.style.height = `${this.found.segments.length * this.rowPixels}px`;
    for (const row of this.rows) row.index = -1;
    this.paint();
  }

  reveal() {
    const index = this.attention.chosen?.index;
    if (index === undefined) return;
    const top = index * this.rowPixels;
    const { scrollTop, clientHeight } = this.node;
    if (top < scrollTop) this.node.scrollTop = top;
    else if (top + this.rowPixels > scrollTop + clientHeight) this.node.scrollTop = top + this.rowPixels - clientHeight;
  }

  paint() {
    if (this.dirty) return;
    this.dirty = true;
    requestAnimationFrame(() => {
      this.dirty = false;
      this.#draw();
    });
  }

  #draw() {
    const { scrollTop, clientHeight } = this.node;
    const { length } = this.found.segments;
    const wanted = Math.min(length, Math.ceil(clientHeight / this.rowPixels) + 2 * BEYOND_ROWS);
    while (this.rows.length < wanted) this.rows.push(this.#newRow());
    const begin = Math.max(0, Math.min(Math.floor(scrollTop / this.rowPixels) - BEYOND_ROWS, length - wanted));
    const count = this.rows.length;
    // Each row keeps its segment as long as that is in sight: index i is always in row i mod count.
    for (let index = begin; index < Math.min(length, begin + count); index++) this.#show(this.rows[index % count], index);
    const chosen = this.attention.chosen?.index;
    const present = chosen >= begin && chosen < begin + count;
    if (present) this.node.setAttribute("aria-activedescendant", this.rows[chosen % count].node.id);
    else this.node.removeAttribute("aria-activedescendant");
  }

  #newRow() {
    const parts = {
      time: h("span", { class: "when" }), swatch: h("span", { class: "swatch", "aria-hidden": "true" }),
      who: h("span", { class: "who" }), sure: h("span", { class: "sure" }), note: h("span", { class: "note" }),
    };
    const node = h("div", { class: "segment", role: "option" }, Object.values(parts));
    this.sheet.append(node);
    return { node, index: -1, chosen: null, ...parts };
  }

  #show(row, index) {
    const segment = this.found.segments[index];
    const chosen = segment === this.attention.chosen;
    if (row.index !== index) {
      row.index = index;
      row.node.id = `segment-${index}`;
      row.node.style.transform = `translateY(${index * this.rowPixels}px)`;
      row.node.setAttribute("aria-posinset", index + 1);
      row.node.setAttribute("aria-setsize", this.found.segments.length);
      row.node.setAttribute("aria-label", spoken(segment));
      row.time.textContent = `${clock(segment.start, true)} – ${clock(segment.end, true)}`;
      row.swatch.textContent = segment.voice.letter;
      row.swatch.className = `swatch voice-${segment.voice.colour}${segment.voice.stranger ? " stranger" : ""}`;
      row.who.textContent = segment.voice.name;
      // A stranger's number means something else than a name's: it is in the panel, where it says what.
      row.sure.replaceChildren(...(segment.voice.stranger ? [] : [meter(segment.confidence, sureOf(segment))]));
      row.note.textContent = noteOf(segment);
    }
    if (row.chosen !== chosen) {
      row.chosen = chosen;
      row.node.setAttribute("aria-selected", String(chosen));
    }
  }

  #go(index) {
    const segment = this.found.segments[Math.max(0, Math.min(index, this.found.segments.length - 1))];
    if (segment) this.attention.choose(segment);
  }

  #click(event) {
    const row = this.rows.find(({ node }) => node.contains(event.target));
    if (row) this.play(this.found.segments[row.index]);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const now = this.attention.chosen?.index ?? -1;
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.rowPixels) - 1);
    const act = {
      ArrowDown: () => this.#go(now + 1), ArrowUp: () => this.#go(now - 1),
      PageDown: () => this.#go(now + page), PageUp: () => this.#go(now - page),
      Home: () => this.#go(0), End: () => this.#go(this.found.segments.length - 1),
      Enter: () => this.attention.chosen && this.play(this.attention.chosen),
      " ": () => this.attention.chosen && this.play(this.attention.chosen),
      n: () => this.attention.chosen && this.name(this.attention.chosen.voice),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

function noteOf(segment) {
  const notes = [];
  if (segment.corrected) notes.push("named by hand");
  if (segment.reason) notes.push(REASON_WORDS[segment.reason] ?? plain(segment.reason));
  if (segment.overlapping.size) notes.push(`with ${others(segment)}`);
  return notes.join(" · ");
}
