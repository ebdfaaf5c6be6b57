// The microphone.

const TYPES = { "audio/webm;codecs=opus": "webm", "audio/mp4": "m4a", "audio/ogg;codecs=opus": "ogg" };

const FALL = 0.95;

export class Recorder {
  static get possible() {
    return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
  }

  /** Begin; `told(seconds, loudness)` hears of it in each frame. Throws if the microphone is not given. */
  async start(told) {
    // What helps people who telephone takes away what tells voices apart.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    this.type = Object.keys(TYPES).find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
    this.recorder = new MediaRecorder(this.stream, { mimeType: this.type, audioBitsPerSecond: 96_000 });
    this.chunks = [];
    this.recorder.addEventListener("dataavailable", ({ data }) => this.chunks.push(data));
    this.recorder.start(1000);
    this.#watch(told);
  }

  #watch(told) {
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    // Held on to: browsers clear a source away that nobody refers to, though it is connected.
    this.source = this.context.createMediaStreamSource(this.stream);
    this.source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = performance.now();
    let shown = 0;
    const tick = () => {
      if (this.recorder?.state !== "recording") return;
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      // It falls slowly, so that eyes can follow.
      shown = Math.max(Math.min(1, Math.sqrt(peak)), shown * FALL);
      told((performance.now() - began) / 1000, shown);
      requestAnimationFrame(tick);
    };
    tick();
  }

  /** End, and answer what was recorded as a file. */
  async stop() {
    const ended = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.recorder.stop();
    await ended;
    const name = `recording-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}.${TYPES[this.type] ?? "webm"}`;
    const file = new File(this.chunks, name, { type: this.type.split(";")[0] });
    this.drop();
    return file;
  }

  /** Let go of the microphone. */
  drop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.recorder?.state === "recording") this.recorder.stop();
    this.context?.close().catch(() => {});
    this.recorder = this.stream = this.context = this.source = null;
  }
}
