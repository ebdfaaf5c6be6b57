// Questions before something is done.

import { button, h, fresh } from "./dom.js";

/**
 * Ask. `parts` are shown between title and buttons; `submit()` does it and may throw, which is shown inside.
 * Resolves to what `submit` answered, or null if it was called off, as it is when another view is shown.
 */
export function ask(title, parts, { act, submit, kind = "main" }) {
  return new Promise((resolve) => {
    const wrong = h("p", { class: "wrong", role: "alert" });
    const go = h("button", { type: "submit", class: kind }, act);
    const heading = h("h2", { id: fresh("ask") }, title);
    const form = h("form", { method: "dialog", novalidate: true }, heading, parts, wrong,
      h("div", { class: "buttons" }, go, button("Cancel", () => dialog.close(), { kind: "quiet" })));
    const dialog = h("dialog", { "aria-labelledby": heading.id }, form);
    let answer = null;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (go.getAttribute("aria-disabled")) return;
      go.setAttribute("aria-disabled", "true");
      wrong.textContent = "";
      try {
        answer = await submit();
        dialog.close();
      } catch (error) {
        if (error.name !== "AbortError") wrong.textContent = error.message;
      }
      go.removeAttribute("aria-disabled");
    });
    const leave = () => dialog.close();
    addEventListener("hashchange", leave);
    dialog.addEventListener("close", () => {
      removeEventListener("hashchange", leave);
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
