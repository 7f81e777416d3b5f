// Building and updating the page without a framework. Text is always text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an element; attributes that are null, undefined or false are left out, `on…` are listeners. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Returns the decorative icon that index.html defines under this name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Returns the round picture of a person, the bot or a group. */
export function avatar({ id, name, kind }) {
  if (kind === "bot") return element("span", { class: "avatar bot", "aria-hidden": "true" }, icon("fridge"));
  if (kind === "group") return element("span", { class: "avatar group", "aria-hidden": "true" }, icon("group"));
  const initial = [...(name || "?")][0].toUpperCase();
  return element("span", { class: `avatar hue-${hue(id)}`, "aria-hidden": "true" }, initial);
}

/** Returns which of the seven name colours belongs to this id. */
export function hue(id) {
  return Math.abs(id) % 7;
}

/** Makes `nodes` the children of `parent`, in order, leaving those already in place untouched. */
export function syncChildren(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let cursor = parent.firstChild;
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
}

/** Returns the language tag for somebody else's text; one Korean word does not make the text Korean. */
export function languageOf(text) {
  const count = (letters) => text.match(letters)?.length ?? 0;
  const syllables = count(/[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/g);
  return syllables > 0 && 2 * syllables >= count(/[a-z]/gi) ? "ko" : "en";
}
