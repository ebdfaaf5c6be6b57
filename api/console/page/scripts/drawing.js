// One picture of the timeline: axis, waveform, lanes, overlaps, and where one is.

import { PER_SECOND } from "./peaks.js";
import { firstEndingAfter } from "./recording.js";
import { clock } from "./words.js";

/** Heights in CSS pixels. */
export const GEOMETRY = { axis: 24, lane: 34, bar: 22, foot: 8 };
const WAVE = { heard: 76, silent: 12 };
const TICKS_SECONDS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
const TICK_PIXELS = 80;

/** Where the lanes begin: below the waveform, if there is a recording to draw. */
export const lanesTop = (peaks) => GEOMETRY.axis + (peaks ? WAVE.heard : WAVE.silent);
export const heightOf = (found, peaks) => lanesTop(peaks) + Math.max(1, found.voices.length) * GEOMETRY.lane + GEOMETRY.foot;

export function drawn(timeline) {
  const { canvas, painting, width, left, span, perSecond, found } = timeline;
  const pen = canvas.getContext("2d");
  const ratio = devicePixelRatio || 1;
  const height = heightOf(found, timeline.peaks);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const view = { pen, painting, width, height, lanes: lanesTop(timeline.peaks), left, right: left + span, x: (time) => (time - left) * perSecond, perSecond };
  axis(view);
  waveform(view, timeline);
  together(view, found.overlaps);
  for (const voice of found.voices) lane(view, voice, timeline);
  head(view, timeline.attention.time);
}

function axis({ pen, painting, width, height, left, right, x, perSecond }) {
  const step = TICKS_SECONDS.find((seconds) => seconds * perSecond >= TICK_PIXELS) ?? 7200;
  pen.font = painting.small;
  pen.textBaseline = "middle";
  // The picture before may have ended with a thicker line.
  pen.lineWidth = 1;
  for (let time = Math.ceil(left / step) * step; time <= right; time += step) {
    const at = Math.round(x(time)) + 0.5;
    pen.strokeStyle = painting.line;
    pen.beginPath();
    pen.moveTo(at, GEOMETRY.axis - 6);
    pen.lineTo(at, height);
    pen.stroke();
    pen.fillStyle = painting.soft;
    const text = clock(time, step < 1);
    pen.textAlign = at < 16 ? "left" : at > width - 20 ? "right" : "center";
    pen.fillText(text, pen.textAlign === "left" ? Math.max(at, 2) : Math.min(at, width - 2), GEOMETRY.axis / 2);
  }
  pen.textAlign = "left";
}

function waveform({ pen, painting, width, left, perSecond }, { peaks, attention }) {
  if (!peaks) return;
  const middle = GEOMETRY.axis + WAVE.heard / 2;
  const reach = WAVE.heard / 2 - 6;
  const headX = (attention.time - left) * perSecond;
  for (let column = 0; column < width; column += 2) {
    const begin = Math.floor((left + column / perSecond) * PER_SECOND);
    const end = Math.max(begin + 1, Math.floor((left + (column + 2) / perSecond) * PER_SECOND));
    let level = 0;
    for (let i = begin; i < end && i < peaks.length; i++) if (peaks[i] > level) level = peaks[i];
    const tall = Math.max(0.5, level * reach);
    pen.fillStyle = column <= headX ? painting.heard : painting.wave;
    pen.fillRect(column, middle - tall, 1.4, tall * 2);
  }
}

/** Where several speak at once, a band goes down through the lanes, and is marked above them. */
function together({ pen, painting, height, lanes: top, right, left, x }, overlaps) {
  for (const [start, end] of overlaps) {
    if (end < left) continue;
    if (start > right) break;
    const [from, wide] = [x(start), Math.max(1, x(end) - x(start))];
    pen.fillStyle = painting.faint;
    pen.fillRect(from, top, wide, height - top - GEOMETRY.foot);
    pen.fillStyle = painting.ink;
    pen.fillRect(from, top, wide, 2);
  }
}

function lane(view, voice, { attention, hovered }) {
  const { pen, painting, left, right, x } = view;
  const top = view.lanes + voice.index * GEOMETRY.lane + (GEOMETRY.lane - GEOMETRY.bar) / 2;
  pen.fillStyle = painting.line;
  pen.fillRect(0, top + GEOMETRY.bar / 2 - 0.5, view.width, 1);
  let drawnTo = -1;
  for (let i = firstEndingAfter(voice.segments, left); i < voice.segments.length; i++) {
    const segment = voice.segments[i];
    if (segment.start > right) break;
    const [from, to] = [x(segment.start), x(segment.end)];
    // From far away, many fall on one pixel: one of them is enough.
    if (to < drawnTo + 0.5) continue;
    drawnTo = Math.max(to, from + 2);
    bar(view, voice, { from, wide: Math.max(2, to - from), top });
    if (segment === attention.chosen) frame(view, from, to, top, 2.5);
    else if (segment === hovered) frame(view, from, to, top, 1.5);
  }
}

function bar({ pen, painting, width }, voice, { from, wide, top }) {
  const { fill, ink } = painting.voices[voice.colour];
  if (wide < 5) {
    // From far away a bar is a stroke; strangers' are paler.
    pen.globalAlpha = voice.stranger ? 0.55 : 1;
    pen.fillStyle = fill;
    pen.fillRect(from, top, wide, GEOMETRY.bar);
    pen.globalAlpha = 1;
    return;
  }
  const shape = new Path2D();
  shape.roundRect(from, top, wide, GEOMETRY.bar, Math.min(5, wide / 2));
  if (voice.stranger) {
    pen.fillStyle = painting.ground;
    pen.fill(shape);
    pen.fillStyle = painting.striped(pen, fill);
    pen.fill(shape);
    pen.strokeStyle = fill;
    pen.lineWidth = 1.5;
    pen.stroke(shape);
  } else {
    pen.fillStyle = fill;
    pen.fill(shape);
  }
  const shown = Math.min(from + wide, width) - Math.max(from, 0);
  if (shown < 22) return;
  pen.font = painting.font;
  const text = fitting(pen, voice, shown - 14);
  const at = Math.max(from, 0) + 7;
  if (voice.stranger) {
    const space = pen.measureText(text).width;
    pen.fillStyle = painting.ground;
    pen.fillRect(at - 3, top + 3, space + 6, GEOMETRY.bar - 6);
  }
  pen.fillStyle = voice.stranger ? painting.ink : ink;
  pen.fillText(text, at, top + GEOMETRY.bar / 2 + 0.5);
}

function fitting(pen, voice, space) {
  voice.textWidth ??= pen.measureText(voice.name).width;
  return voice.textWidth <= space ? voice.name : voice.letter;
}

function frame({ pen, painting }, from, to, top, thick) {
  pen.strokeStyle = painting.ink;
  pen.lineWidth = thick;
  pen.beginPath();
  pen.roundRect(from - 2, top - 2, Math.max(2, to - from) + 4, GEOMETRY.bar + 4, 6);
  pen.stroke();
}

function head({ pen, painting, height, left, right, x }, time) {
  if (time < left || time > right || time === 0) return;
  const at = x(time);
  pen.fillStyle = painting.accent;
  pen.fillRect(at - 0.75, GEOMETRY.axis - 4, 1.5, height - GEOMETRY.axis - GEOMETRY.foot + 4);
  pen.beginPath();
  pen.arc(at, GEOMETRY.axis - 4, 4, 0, Math.PI * 2);
  pen.fill();
}
