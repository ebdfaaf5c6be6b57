// Numbers, times and codes as people read them.

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** "12:07.4", or "1:02:07.4"; without tenths "12:07". */
export function clock(seconds, tenths = false) {
  const total = Math.max(0, tenths ? Math.round(seconds * 10) / 10 : Math.floor(seconds));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = (total % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** "9.4 s", "3 min 20 s", "2 h 5 min". */
export function length(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 < 0.5 ? `${minutes} min` : `${minutes} min ${Math.floor(seconds % 60)} s`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

export const day = (iso) => (iso ? DAY.format(new Date(iso)) : "–");
export const percent = (share) => (share === null || share === undefined ? "–" : `${Math.round(share * 100)} %`);
export const size = (count) => (count < 1e6 ? `${Math.max(1, Math.round(count / 1e3))} kB` : `${(count / 1e6).toFixed(1)} MB`);
export const short = (id) => String(id).slice(0, 8);
export const many = (count, one, more = `${one}s`) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : more}`;

/** Why a stranger has no name, in a sentence. */
export const REASONS = {
  below_threshold: "Sounds like nobody who was looked for.",
  ambiguous: "Another voice here has a far better claim to the nearest name.",
  too_short: "Says too little to be told from others.",
  overlap: "Others talk over nearly all that this voice says.",
  poor_audio: "Sounds like nobody who was looked for, but noise or a low level may be why.",
  erased: "Had a name, whose speaker was erased.",
};
export const REASON_WORDS = {
  below_threshold: "unknown voice",
  ambiguous: "ambiguous",
  too_short: "too short",
  overlap: "talked over",
  poor_audio: "poor audio",
  erased: "erased",
};
export const STAGES = {
  decoding: "Reading the recording",
  segmentation: "Finding speech",
  embeddings: "Listening to voices",
  matching: "Comparing with enrolled voices",
};
export const KINDS = { identify: "Identification", diarize: "Diarization", enroll: "Enrolment" };

/** A code as words, where there are no better ones. */
export const plain = (code) => String(code ?? "").replaceAll("_", " ");

/** What a job is called: the file that was sent, or what it is. */
export const titleOf = (job) => {
  const file = job.metadata?.file;
  return typeof file === "string" && file ? file : KINDS[job.kind] ?? job.kind;
};
