// Plays a recording that is at hand, whole or a segment of it.

/** `audio.src` is a blob's address. "state" is told when it starts, stops, or cannot play at all. */
export class Player extends EventTarget {
  constructor(attention, signal) {
    super();
    this.attention = attention;
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.until = Infinity;
    this.usable = false;
    for (const name of ["play", "pause", "ended", "error", "loadeddata"])
      this.audio.addEventListener(name, () => this.#changed(name), { signal });
    this.audio.addEventListener("seeked", () => attention.at(this.audio.currentTime), { signal });
    signal.addEventListener("abort", () => this.#drop());
  }

  get playing() {
    return !this.audio.paused;
  }

  load(file) {
    this.#drop();
    this.audio.src = this.address = URL.createObjectURL(file);
    this.usable = true;
    this.dispatchEvent(new Event("state"));
  }

  /** Play from a time on, up to another. */
  async play(from = this.audio.currentTime, until = Infinity) {
    if (!this.usable) return;
    this.until = until;
    this.audio.currentTime = from;
    try {
      await this.audio.play();
    } catch { /* stopped at once, or "error" tells */ }
  }

  segment(segment) {
    this.attention.choose(segment);
    return this.play(segment.start, segment.end);
  }

  toggle() {
    if (this.playing) return this.audio.pause();
    return this.play(this.audio.ended ? 0 : this.audio.currentTime);
  }

  #changed(name) {
    if (name === "error" && this.audio.error) this.usable = false;
    if (name === "play") this.#follow();
    this.dispatchEvent(new Event("state"));
  }

  #follow() {
    const tick = () => {
      const time = this.audio.currentTime;
      this.attention.at(Math.min(time, this.until));
      if (time >= this.until) {
        this.until = Infinity;
        this.audio.pause();
      }
      if (this.playing) requestAnimationFrame(tick);
    };
    tick();
  }

  #drop() {
    this.audio.pause();
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }
}
