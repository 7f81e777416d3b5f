// Telegram's message entities as elements. Offsets count UTF-16 units, as JavaScript's strings do.
// https://core.telegram.org/bots/api#messageentity

import { element } from "./dom.js";

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const SAFE_PROTOCOLS = new Set(["http:", "https:", "tg:", "mailto:", "tel:"]);
const PLAIN = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/**
 * Returns a text with its entities as a fragment.
 * `onCommand(text)` is called when a /command in it is pressed; `spoilerLabel` names a hidden text.
 */
export function formatted(text, entities = [], { onCommand, spoilerLabel }) {
  const fragment = document.createDocumentFragment();
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  fill(fragment, text, { start: 0, end: text.length, entities: sorted }, { onCommand, spoilerLabel });
  return fragment;
}

function fill(parent, text, { start, end, entities }, options) {
  let cursor = start;
  let afterBlock = false;
  const addText = (until, beforeBlock) => {
    let piece = text.slice(cursor, until);
    if (afterBlock) piece = piece.replace(/^\n/, "");
    if (beforeBlock) piece = piece.replace(/\n$/, "");
    if (piece) parent.append(piece);
  };
  while (entities.length > 0) {
    const [entity, ...others] = entities;
    const from = Math.max(entity.offset, cursor);
    const until = Math.min(entity.offset + entity.length, end);
    if (until <= from) {
      entities = others;
      continue;
    }
    const block = BLOCKS.has(entity.type);
    addText(from, block);
    const node = elementFor(entity, text.slice(from, until), options);
    fill(node, text, { start: from, end: until, entities: others.filter(({ offset }) => offset < until) }, options);
    parent.append(node);
    cursor = until;
    afterBlock = block;
    entities = others.filter(({ offset, length }) => offset + length > until);
  }
  addText(end, false);
}

function elementFor(entity, text, { onCommand, spoilerLabel }) {
  const { type, language } = entity;
  if (type in PLAIN) return element(PLAIN[type], { class: type, "data-language": language });
  switch (type) {
    case "text_link":
      return link(entity.url);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    case "email":
      return link(`mailto:${text}`);
    case "phone_number":
      return link(`tel:${text.replaceAll(/[^+\d]/g, "")}`);
    case "spoiler":
      return spoiler(spoilerLabel);
    case "bot_command":
      return element("button", { type: "button", class: "command-link", onclick: () => onCommand(text) });
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return element("span", { class: "mention" });
    default:
      return element("span");
  }
}

function link(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !SAFE_PROTOCOLS.has(url.protocol)) return element("span");
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" });
}

function spoiler(label) {
  const node = element("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": label });
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", reveal);
  return node;
}
