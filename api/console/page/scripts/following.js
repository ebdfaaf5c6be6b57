// Following a job to its end.

import { events } from "./api.js";
import { h } from "./dom.js";
import { say } from "./live.js";
import { plain, STAGES } from "./words.js";

/** A bar that says what a job is at. `saw(stage, share)` moves it; a share of null means that nobody knows. */
export function progressBar(words) {
  const label = h("span", {}, words);
  const bar = h("progress", { "aria-label": words, max: "1" });
  const number = h("span", { class: "soft number" });
  const node = h("div", { class: "progress" }, h("div", { class: "progress-words" }, label, number), bar);
  const saw = (text, share = null) => {
    if (label.textContent !== text) say(text);
    label.textContent = text;
    bar.setAttribute("aria-label", text);
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    number.textContent = share === null ? "" : `${Math.round(share * 100)} %`;
  };
  return { node, saw };
}

/** The finished job, its progress shown meanwhile, however long the service is away. Throws Problem when it refuses. */
export async function followed(jobId, saw, signal) {
  let seen = ["Waiting for its turn"];
  saw(...seen);
  for await (const { name, data } of events(jobId, signal)) {
    if (name === "lost") saw("The service does not answer; asking again");
    else if (name === "back") saw(...seen);
    else if (name === "progress") saw(...(seen = [STAGES[data.stage] ?? plain(data.stage), data.share]));
    else return data;
  }
  return null;
}
