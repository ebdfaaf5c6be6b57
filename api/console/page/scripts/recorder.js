// The microphone.

const TYPES = { "audio/webm;codecs=opus": "webm", "audio/mp4": "m4a", "audio/ogg;codecs=opus": "ogg" };

const FALL = 0.95;

/** At most one recording at a time. Whatever becomes of it, the microphone is let go of. */
export class Recorder {
  static get possible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
  }

  /**
   * Begin; `told(seconds, loudness)` hears of it in each frame. Answers whether it has begun: not if `drop` came first.
   * Throws if the microphone is not given, or cannot be recorded.
   */
  async start(told) {
    this.drop();
    const turn = (this.turn = Symbol("turn"));
    // What helps people who telephone takes away what tells voices apart.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    if (turn !== this.turn) {
      release(stream);
      return false;
    }
    this.stream = stream;
    try {
      this.#record();
      this.#watch(told);
    } catch (error) {
      this.drop();
      throw error;
    }
    return true;
  }

  #record() {
    this.type = Object.keys(TYPES).find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
    this.recorder = new MediaRecorder(this.stream, { mimeType: this.type, audioBitsPerSecond: 96_000 });
    const chunks = (this.chunks = []);
    this.recorder.addEventListener("dataavailable", ({ data }) => chunks.push(data));
    this.ended = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.start(1000);
  }

  #watch(told) {
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    // Held on to: browsers clear a source away that nobody refers to, though it is connected.
    this.source = this.context.createMediaStreamSource(this.stream);
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = performance.now();
    const { recorder } = this;
    let shown = 0;
    const tick = () => {
      if (recorder.state !== "recording") return;
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      // It falls slowly, so that eyes can follow.
      shown = Math.max(Math.min(1, Math.sqrt(peak)), shown * FALL);
      told((performance.now() - began) / 1000, shown);
      requestAnimationFrame(tick);
    };
    tick();
  }

  /** End, and answer what was recorded as a file; null if it was dropped. */
  async stop() {
    const { turn, recorder, ended, chunks, type } = this;
    // One whose microphone was unplugged has stopped by itself.
    if (recorder?.state === "recording") recorder.stop();
    await ended;
    if (!recorder || turn !== this.turn) return null;
    const name = `recording-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}.${TYPES[type] ?? "webm"}`;
    this.drop();
    return new File(chunks, name, { type: type.split(";")[0] });
  }

  /** Let go of the microphone, and of one that is yet to be given. */
  drop() {
    if (this.stream) release(this.stream);
    if (this.recorder?.state === "recording") this.recorder.stop();
    this.context?.close().catch(() => {});
    this.turn = this.recorder = this.stream = this.context = this.source = this.chunks = null;
  }
}

const release = (stream) => stream.getTracks().forEach((track) => track.stop());
