// What screen readers hear, and what everybody sees for a while.

import { button, fill, h, refocus } from "./dom.js";

const [said, alarmed, shown] = ["said", "alarmed", "notices"].map((id) => document.getElementById(id));

// What had the focus before a notice got it.
let before = null;
shown.addEventListener("focusin", ({ relatedTarget }) => {
  if (!shown.contains(relatedTarget)) before = relatedTarget;
});

/** Exchange the notice. Who was in it is back where he came from. */
function exchange(...boxes) {
  const focused = shown.contains(document.activeElement);
  fill(shown, ...boxes);
  if (!focused) return;
  before?.focus({ preventScroll: true });
  refocus();
}

/** Say something that changed, when the reader has a moment. */
export function say(text) {
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}

/** Show a sentence until it is closed or another comes, perhaps with something to do about it. */
export function notice(text, { action = null, tone = "calm" } = {}) {
  const box = h("div", { class: `notice ${tone}` }, h("p", {}, text));
  if (action)
    box.append(button(action.label, () => (close(), action.run()), { kind: "quiet", picture: action.picture }));
  const close = () => exchange();
  box.append(button("Close", close, { kind: "quiet faint" }));
  exchange(box);
  if (tone === "bad") alarmed.textContent = text;
  else say(text);
}

/** Show what went wrong. Who left a page meanwhile is not told of it. */
export function complain(error) {
  if (error?.name === "AbortError") return;
  if (!error?.code) console.error(error);
  notice(error?.message || "Something went wrong in this page.", { tone: "bad" });
}

/** Take the notice away; what it speaks of is out of sight. */
export const hush = () => {
  exchange();
  alarmed.textContent = "";
};

/** Run what a person asked for, with its button out of use meanwhile, and complain if it fails. */
export async function attempt(trigger, work) {
  if (trigger?.getAttribute("aria-disabled") === "true") return;
  trigger?.setAttribute("aria-disabled", "true");
  try {
    await work();
  } catch (error) {
    complain(error);
  } finally {
    trigger?.removeAttribute("aria-disabled");
  }
}
