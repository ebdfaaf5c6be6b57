// Recordings that this page sent: the service does not keep them, so they are played from here while the page is open,
// until their jobs are deleted, or the key is signed out.

const sent = new Map();

export const files = {
  keep: (jobId, file) => sent.set(jobId, file),
  of: (jobId) => sent.get(jobId) ?? null,
  forget: (jobId) => sent.delete(jobId),
  forgetAll: () => sent.clear(),
};
