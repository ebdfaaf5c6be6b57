// The loudness of a recording over its time, for drawing.

/** Loudness is kept for each 1/PER_SECOND s. */
export const PER_SECOND = 50;
// The lowest rate that browsers decode to: two hours must fit into memory, and eyes do not hear.
const RATES_HERTZ = [4000, 8000];
const LARGEST_BYTES = 300e6;
const AT_ONCE = 2_000_000;

/** Peaks (Float32Array, 0 to 1). Throws if the browser cannot decode it. */
export async function peaksOf(file, signal) {
  if (file.size > LARGEST_BYTES) throw new RangeError("too large to draw");
  const buffer = await decoded(await file.arrayBuffer());
  signal?.throwIfAborted();
  const step = buffer.sampleRate / PER_SECOND;
  const peaks = new Float32Array(Math.ceil(buffer.length / step));
  for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let begin = 0; begin < samples.length; begin += AT_ONCE) {
      const end = Math.min(samples.length, begin + AT_ONCE);
      for (let i = begin; i < end; i++) {
        const level = Math.abs(samples[i]);
        const bucket = Math.floor(i / step);
        if (level > peaks[bucket]) peaks[bucket] = level;
      }
      await new Promise((resume) => setTimeout(resume));
      signal?.throwIfAborted();
    }
  }
  return levelled(peaks);
}

async function decoded(bytes) {
  let failure;
  for (const rate of RATES_HERTZ) {
    try {
      return await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.slice(0));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function levelled(peaks) {
  const loudest = peaks.reduce((most, level) => Math.max(most, level), 0);
  return loudest ? peaks.map((level) => level / loudest) : peaks;
}
