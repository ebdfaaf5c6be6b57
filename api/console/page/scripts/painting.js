// Colours of the canvas, from the style sheet.

import { COLOURS } from "./recording.js";

const NAMES = ["ink", "soft", "faint", "line", "ground", "accent", "wave", "heard"];

export class Painting {
  constructor() {
    this.refresh();
  }

  /** Read them anew: light became dark, or the element came into the page. */
  refresh() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    for (const name of NAMES) this[name] = read(`--${name}`);
    this.voices = Array.from({ length: COLOURS }, (_, number) => ({
      fill: read(`--voice-${number}`),
      ink: read(`--voice-ink-${number}`),
    }));
    this.font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
    this.small = `11px ${getComputedStyle(document.body).fontFamily}`;
    this.stripes = new Map();
  }

  /** Diagonal stripes in a colour: a pattern that tells strangers, and overlaps, without colour. */
  striped(context, colour) {
    if (!this.stripes.has(colour)) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 8;
      const pen = tile.getContext("2d");
      pen.strokeStyle = colour;
      pen.lineWidth = 2;
      for (const shift of [-8, 0, 8]) {
        pen.beginPath();
        pen.moveTo(shift, 8);
        pen.lineTo(shift + 8, 0);
        pen.stroke();
      }
      this.stripes.set(colour, context.createPattern(tile, "repeat"));
    }
    return this.stripes.get(colour);
  }
}
