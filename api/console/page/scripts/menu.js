// A button that shows more buttons.

import { h, icon } from "./dom.js";

/** Buttons under a button. It closes when one is pressed, by Escape, and when the focus leaves it. */
export function menu(text, picture, buttons) {
  const node = h("details", { class: "menu" }, h("summary", { class: "button" }, icon(picture), text), h("div", { class: "menu-list" }, buttons));
  const close = () => (node.open = false);
  node.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !node.contains(relatedTarget) && close());
  node.addEventListener("click", ({ target }) => target.closest(".menu-list button") && close());
  node.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !node.open) return;
    close();
    node.querySelector("summary").focus();
  });
  return node;
}
