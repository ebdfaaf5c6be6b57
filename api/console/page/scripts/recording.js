// What a job found, arranged for showing: voices, their segments, and where several speak at once.

/** Colours that people with any kind of colour vision tell apart; from the style sheet, for light and dark. */
export const COLOURS = 8;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * Voices in the order in which they are first heard, each with its segments by start; all segments; overlaps.
 * `overlapping` of a segment are the voices that are heard during it.
 */
export function arranged(result) {
  const byLabel = new Map();
  const segments = result.segments.map((segment) => ({ ...segment, overlapping: new Set() }));
  segments.sort((a, b) => a.start - b.start || a.end - b.end);
  for (const segment of segments) {
    const label = segment.speaker ?? segment.label;
    if (!byLabel.has(label)) byLabel.set(label, newVoice(segment, label, byLabel.size));
    segment.voice = byLabel.get(label);
    segment.voice.segments.push(segment);
    segment.voice.seconds += segment.end - segment.start;
  }
  const voices = [...byLabel.values()];
  const ended = segments.reduce((last, { end }) => Math.max(last, end), 0);
  const overlaps = marked(segments);
  segments.forEach((segment, index) => (segment.index = index));
  return { segments, voices, overlaps, seconds: Math.max(result.audio_seconds ?? 0, ended) };
}

function newVoice(segment, label, index) {
  const stranger = segment.speaker === null;
  return {
    label,
    name: stranger ? strangerName(label) : label,
    stranger,
    index,
    colour: index % COLOURS,
    letter: LETTERS[index % LETTERS.length],
    segments: [],
    seconds: 0,
  };
}

/** "Stranger 2" for stranger-2, and "Stranger 4be1" for one who is told from all others by a long number. */
export function strangerName(label) {
  const [, which] = /^(?:stranger|speaker|unknown)[-_ ]?(\w+)$/i.exec(label) ?? [];
  return which ? `Stranger ${/^\d{1,4}$/.test(which) ? Number(which) : which.slice(0, 4)}` : label;
}

function marked(segments) {
  const overlaps = [];
  let open = [];
  for (const segment of segments) {
    open = open.filter((other) => other.end > segment.start);
    for (const other of open) {
      if (other.voice === segment.voice) continue;
      segment.overlapping.add(other.voice);
      other.overlapping.add(segment.voice);
      overlaps.push([segment.start, Math.min(segment.end, other.end)]);
    }
    open.push(segment);
  }
  return joined(overlaps);
}

function joined(spans) {
  const result = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** Index of the first of `list` whose end is after `time`; the list is sorted, and its items do not overlap much. */
export function firstEndingAfter(list, time) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].end > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The segment and the moment that parts of a job's page speak of; "choose" and "time" tell of changes. */
export class Attention extends EventTarget {
  chosen = null;
  time = 0;

  choose(segment) {
    if (segment === this.chosen) return;
    this.chosen = segment;
    this.dispatchEvent(new Event("choose"));
  }

  at(time) {
    this.time = time;
    this.dispatchEvent(new Event("time"));
  }
}
