// Which view is shown: the part of the address behind # names it.

import { fill, h } from "./dom.js";
import { gate } from "./api.js";
import { files } from "./files.js";
import { key } from "./key.js";
import { complain, hush } from "./live.js";
import { changes } from "./views/changes.js";
import { deliveries } from "./views/deliveries.js";
import { delivery } from "./views/delivery.js";
import { identify } from "./views/identify.js";
import { job } from "./views/job.js";
import { jobs } from "./views/jobs.js";
import { signIn } from "./views/signin.js";
import { speaker } from "./views/speaker.js";
import { speakers } from "./views/speakers.js";

const LISTS = { "": identify, jobs, speakers, deliveries, changes };
const SINGLE = { jobs: job, speakers: speaker, deliveries: delivery };
const NAV = [["", "Identify"], ["jobs", "Recordings"], ["speakers", "Speakers"], ["deliveries", "Deliveries"], ["changes", "Changes"]];

const content = document.getElementById("content");
const nav = document.getElementById("nav");
const signOut = document.getElementById("sign-out");
let leaving = new AbortController();

fill(nav, NAV.map(([name, text]) => h("a", { href: `#/${name}` }, text)));

async function show({ first = false, again = false } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  // What a notice speaks of is still in sight when the same view is shown anew.
  if (!again) hush();
  const signedIn = Boolean(key.get());
  nav.hidden = signOut.hidden = !signedIn;
  const [, name = "", id = ""] = location.hash.split("/").map(decoded);
  for (const link of nav.children)
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", id ? "true" : "page");
    else link.removeAttribute("aria-current");
  const view = signedIn ? (id ? SINGLE[name] : LISTS[name]) ?? lost : signIn;
  const root = h("div", { class: "view" });
  fill(content, root);
  try {
    await view(root, { id, signal, again: () => show({ again: true }) });
  } catch (error) {
    if (!root.childElementCount) fill(root, h("h1", { tabindex: "-1" }, "This cannot be shown"), h("p", {}, error.message));
    complain(error);
  }
  if (signal.aborted) return;
  const heading = root.querySelector("h1");
  document.title = heading ? `${heading.textContent} · Rollcall` : "Rollcall";
  // Who came by a link hears where he is; who opened the page begins at its top.
  if (!first && heading && !root.contains(document.activeElement)) heading.focus();
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function lost(root) {
  fill(root, h("h1", { tabindex: "-1" }, "There is nothing here"), h("p", {}, h("a", { href: "#/" }, "Begin anew")));
}

signOut.addEventListener("click", () => {
  key.forget();
  files.forgetAll();
  location.hash = "#/";
  show();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});
gate.addEventListener("closed", () => {
  files.forgetAll();
  show();
});
addEventListener("hashchange", () => show());
show({ first: true });
