// Changes of names after the fact, and taking them back.

import { call } from "./api.js";
import { attempt, notice } from "./live.js";

const LOOK_AGAIN_MILLISECONDS = 1000;
const PATIENCE = 120;

/** A change once no worker compares voices for it any more, or after two minutes. */
export async function settled(change) {
  for (let tries = 0; change.status === "pending" && tries < PATIENCE; tries++) {
    await new Promise((resume) => setTimeout(resume, LOOK_AGAIN_MILLISECONDS));
    change = await call("GET", `/v1/changes/${encodeURIComponent(change.id)}`);
  }
  return change;
}

/** What is to be said of a change whose search in earlier recordings failed or goes on; of any other, nothing. */
export function unsearched({ status }, speaker) {
  if (status === "failed") return `Earlier recordings could not be compared with ${speaker}; look again later.`;
  return status === "pending" ? "Earlier recordings are still being compared; see Changes later." : "";
}

/** What a notice offers after a change: to undo it, and then `after()`. Null where it cannot be undone. */
export function undoing(change, after) {
  if (!change.can_undo) return null;
  return { label: "Undo", picture: "undo", run: () => attempt(null, async () => {
    await undone(change);
    await after();
    notice("Undone: everything is as it was.");
  }) };
}

/** Undo a change. */
export const undone = async (change) => settled(await call("POST", `/v1/changes/${encodeURIComponent(change.id)}/undo`));
