// Elements from words. Text is always text: nothing here, or anywhere in the console, parses markup.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  play: "M5 3.5v13l11-6.5z",
  pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z",
  pencil: "M3 17l.9-3.9L13.6 3.4l3 3L6.9 16.100z",
  trash: "M6 7h8l-.7 10H6.700zM4.500 4.500h11V6h-11zM8 3h4v1.500H8z",
  microphone: "M8 3.500a2 2 0 0 1 4 0v6a2 2 0 0 1-4 0zM5 9h1.500a3.500 3.500 0 0 0 7 0H15a5 5 0 0 1-4.200 4.900V17H9.200v-3.100A5 5 0 0 1 5 9z",
  stop: "M5 5h10v10H5z",
  download: "M9.200 3h1.600v7.200l2.800-2.800 1.100 1.100L10 13.200 5.300 8.500l1.100-1.100 2.800 2.800zM4 15h12v1.600H4z",
  undo: "M8 4v3h3.500a4.500 4.500 0 0 1 0 9H6v-1.600h5.500a2.900 2.900 0 0 0 0-5.800H8v3L3.500 7.800z",
  plus: "M9.200 4h1.600v5.200H16v1.600h-5.200V16H9.200v-5.200H4V9.200h5.200z",
  minus: "M4 9.200h12v1.600H4z",
  fit: "M3 4h1.600v12H3zM15.400 4H17v12h-1.600zM5.500 10l3-3v2.200h3V7l3 3-3 3v-2.200h-3V13z",
  file: "M5 2.500h6.500L15.500 6.500V17.500H5zM11 4v3h3z",
};

/** An element. `properties`: class, on… handlers, boolean or text attributes; null and false leave one out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

/** Put children behind those that are there: nodes, texts, lists of them; what is null or false is nothing. */
export function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
  return element;
}

/** Exchange all that is in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

/** A small picture beside words; it says nothing by itself. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true", class: "icon" }))
    picture.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

/** A button with words, perhaps with a picture before them. */
export function button(text, onclick, { kind = "", picture = null, ...rest } = {}) {
  return h("button", { type: "button", class: kind, onclick, ...rest }, picture && icon(picture), text);
}

/** If what had the focus is gone, it goes to what stands in its place, or else to the heading of the view. */
export function refocus(place) {
  if (document.activeElement !== document.body) return;
  const next = place?.querySelector("a, button") ?? document.querySelector("main h1");
  next?.focus({ preventScroll: true });
}

let count = 0;
/** An id that no other element has. */
export const fresh = (name) => `${name}-${++count}`;

/** A field with its label, and perhaps a hint that screen readers read with it. */
export function field(label, input, hint = "") {
  input.id ||= fresh("field");
  const told = hint && h("p", { class: "hint", id: `${input.id}-hint` }, hint);
  if (told) input.setAttribute("aria-describedby", told.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input, told);
}
