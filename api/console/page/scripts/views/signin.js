// The key comes in here.

import { call, Problem } from "../api.js";
import { field, fill, h } from "../dom.js";
import { key } from "../key.js";

export async function signIn(root, { again }) {
  const input = h("input", { type: "password", autocomplete: "off", spellcheck: "false", required: true });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const form = h("form", { class: "card", novalidate: true },
    h("h1", { tabindex: "-1" }, "Who speaks when?"),
    h("p", { class: "lead" }, "Sign in with an API key of this service."),
    field("API key", input, "It stays in this tab, and is forgotten when the tab is closed."),
    wrong,
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "main" }, "Sign in")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    key.set(input.value.trim());
    try {
      // Latin-1 is all that a header can carry; every key is plainer still.
      if (!/^[\x21-\x7e]+$/.test(key.get())) throw new Problem(401, { detail: "That is no API key; copy it again." });
      await call("GET", "/v1/jobs", { query: { limit: 1 } });
      await again();
    } catch (error) {
      key.forget();
      // A refused key shows this form anew, which must say why.
      const shown = document.querySelector(".sign-in .wrong") ?? wrong;
      shown.textContent = error.message;
      document.querySelector(".sign-in input")?.focus();
    }
  });
  root.classList.add("sign-in");
  fill(root, form);
  input.focus();
}
