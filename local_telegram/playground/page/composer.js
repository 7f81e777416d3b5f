// The composer: the text field, what it answers or edits, and the list of commands.

import { element, icon, syncChildren } from "./dom.js";

const MESSAGE_LIMIT = 4096;
export const CAPTION_LIMIT = 1024;
const TALLEST = 148;
const QUOTE_HOOKS = { force: "force-reply", reply: "reply-quote", edit: "edit-quote" };

/** Returns a text in pieces that Telegram accepts, cut at a line end or a space where there is one. */
export function pieces(text) {
  const parts = [];
  let rest = text.trim();
  while (rest.length > MESSAGE_LIMIT) {
    const head = rest.slice(0, MESSAGE_LIMIT);
    const gap = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "));
    let cut = gap > MESSAGE_LIMIT / 2 ? gap : MESSAGE_LIMIT;
    if (/[\ud800-\udbff]$/.test(rest.slice(0, cut))) cut -= 1;
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return rest ? [...parts, rest] : parts;
}

/**
 * Returns the ForceReply that waits for this person's answer, or null: the last one for them, unless they wrote after
 * it. A selective ForceReply is for the people whom it mentions and for the sender of the message it replies to.
 * https://core.telegram.org/bots/api#forcereply
 */
export function forcedReply(messages, { person, bot }) {
  for (const message of messages.toReversed()) {
    if (message.from?.id === person.id && !message.sender_chat) return null;
    const markup = message.from?.id === bot.id ? message.reply_markup : undefined;
    if (!markup || (markup.selective && !isMeantFor(message, person))) continue;
    if (markup.force_reply) return message;
    if (markup.remove_keyboard) return null;
  }
  return null;
}

function isMeantFor(message, person) {
  if (message.reply_to_message?.from?.id === person.id) return true;
  const mention = person.username && `@${person.username}`.toLowerCase();
  return (message.entities ?? []).some(({ type, user, offset, length }) =>
    type === "text_mention"
      ? user?.id === person.id
      : type === "mention" && message.text.slice(offset, offset + length).toLowerCase() === mention,
  );
}

export class Composer {
  #form;
  #field;
  #sendButton;
  #menuButton;
  #attachButton;
  #quoteBar;
  #attachmentBar;
  #attached = false;
  #actions;
  #composing = false;
  #quote = null;
  #list;

  /**
   * `actions`: send(text), sendCommand(command), attach(file), cancelAttachment(), cancelQuote(), editLast(),
   * loadCommands().
   */
  constructor({ form, actions }) {
    this.#form = form;
    this.#actions = actions;
    this.#field = form.querySelector("#composer");
    this.#sendButton = form.querySelector("#send");
    this.#menuButton = form.querySelector("#menu");
    this.#attachButton = form.querySelector("#attach");
    this.#quoteBar = form.querySelector("#quote");
    this.#attachmentBar = form.querySelector("#attachment");
    this.#list = new CommandList({
      box: form.querySelector("#commands"),
      field: this.#field,
      menuButton: this.#menuButton,
      onChoose: (command) => this.#choose(command),
    });
    this.#listen();
  }

  get text() {
    return this.#field.value;
  }

  set text(value) {
    this.#field.value = value;
    this.#changed();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
    this.#field.setSelectionRange(this.#field.value.length, this.#field.value.length);
  }

  setCommands(commands) {
    this.#list.commands = commands;
    this.#list.update(this.#field.value, this.#composing);
  }

  /**
   * Shows the words of a view; `quote` is null or {kind: "reply" | "force" | "edit", title, text, placeholder},
   * `attachment` null or {name, size}.
   */
  show({ strings, title, quote, attachment }) {
    this.#field.setAttribute("aria-label", strings.composerLabel(title));
    this.#field.placeholder = attachment ? strings.caption : quote?.placeholder || strings.message;
    this.#sendButton.setAttribute("aria-label", strings.send);
    this.#menuButton.querySelector("span").textContent = strings.menu;
    this.#menuButton.setAttribute("aria-label", strings.menuLabel);
    this.#list.label(strings.menuLabel);
    this.#attachButton.setAttribute("aria-label", strings.attach);
    this.#attachButton.title = strings.attach;
    this.#attachButton.hidden = quote?.kind === "edit";
    this.#drawAttachment(attachment, strings);
    if (JSON.stringify([quote, strings.language]) === JSON.stringify(this.#quote)) return;
    this.#quote = [quote, strings.language];
    this.#drawQuote(quote, strings);
  }

  #drawQuote(quote, strings) {
    this.#quoteBar.hidden = !quote;
    this.#quoteBar.dataset.testid = QUOTE_HOOKS[quote?.kind] ?? "";
    if (!quote) {
      syncChildren(this.#quoteBar, []);
      return;
    }
    const cancel = { "data-testid": "cancel-quote", onclick: () => this.#actions.cancelQuote() };
    this.#drawBar(this.#quoteBar, { ...quote, icon: quote.kind === "edit" ? "edit" : "reply", cancel }, strings);
  }

  #drawAttachment(attachment, strings) {
    this.#attached = attachment !== null;
    this.#attachmentBar.hidden = !attachment;
    this.#showSendable();
    if (!attachment) {
      syncChildren(this.#attachmentBar, []);
      return;
    }
    const cancel = { "data-testid": "cancel-attachment", onclick: () => this.#actions.cancelAttachment() };
    const text = `${attachment.name} · ${attachment.size}`;
    this.#drawBar(this.#attachmentBar, { icon: "file", title: strings.attached, text, cancel }, strings);
  }

  #drawBar(bar, { icon: name, title, text, cancel }, strings) {
    syncChildren(bar, [
      icon(name),
      element(
        "div",
        { class: "quote-text" },
        element("strong", { dir: "auto" }, title),
        element("span", { dir: "auto" }, text),
      ),
      element("button", { type: "button", class: "round small", "aria-label": strings.close, ...cancel }, icon("close")),
    ]);
  }

  #listen() {
    const field = this.#field;
    field.addEventListener("input", () => this.#changed());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("compositionstart", () => (this.#composing = true));
    field.addEventListener("compositionend", () => {
      this.#composing = false;
      this.#changed();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    // The field keeps the focus, and a phone its keyboard, while the buttons beside it are pressed.
    for (const button of [this.#sendButton, this.#menuButton]) {
      button.addEventListener("pointerdown", (event) => document.activeElement === field && event.preventDefault());
      button.addEventListener("mousedown", (event) => document.activeElement === field && event.preventDefault());
    }
    this.#menuButton.addEventListener("click", async () => {
      if (this.#list.isOpen) return this.#list.close();
      await this.#actions.loadCommands();
      return this.#list.openAll();
    });
    const picker = this.#form.querySelector("#file");
    this.#attachButton.addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      const [file] = picker.files;
      if (file) this.#actions.attach(file);
      picker.value = "";
    });
    document.addEventListener("pointerdown", (event) => this.#form.contains(event.target) || this.#list.close());
  }

  #changed() {
    const field = this.#field;
    this.#showSendable();
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${Math.min(field.scrollHeight, TALLEST)}px`);
    const unknown = field.value.startsWith("/") && this.#list.commands.length === 0;
    if (field.value === "/" || unknown) this.#actions.loadCommands();
    this.#list.update(field.value, this.#composing);
  }

  #showSendable() {
    this.#sendButton.disabled = this.#field.value.trim() === "" && !this.#attached;
  }

  #key(event) {
    // 229: browsers that end the composition before they report the Enter that ended it.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.#list.handleKey(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape") {
      if (this.#attached) this.#actions.cancelAttachment();
      else this.#actions.cancelQuote();
    } else if (event.key === "ArrowUp" && this.#field.value === "") {
      if (this.#actions.editLast()) event.preventDefault();
    }
  }

  #choose({ command, send }) {
    this.#list.close();
    if (send) {
      this.text = "";
      this.#actions.sendCommand(`/${command}`);
    } else {
      this.text = `/${command} `;
    }
    if (send && matchMedia("(pointer: coarse)").matches) return;
    this.focus();
  }

  #send() {
    if (this.#composing && matchMedia("(pointer: fine)").matches) {
      // A press on the button while a syllable is being composed: leaving the field completes it.
      this.#field.blur();
      this.#field.focus();
    }
    const text = this.#field.value;
    if (text.trim() === "" && !this.#attached) return;
    this.#list.close();
    this.text = "";
    this.#actions.send(text);
  }
}

/** The commands as a list box over the text field, which keeps the focus. */
class CommandList {
  commands = [];
  #box;
  #field;
  #menuButton;
  #onChoose;
  #shown = [];
  #selected = -1;

  constructor({ box, field, menuButton, onChoose }) {
    this.#box = box;
    this.#field = field;
    this.#menuButton = menuButton;
    this.#onChoose = onChoose;
    menuButton.addEventListener("keydown", (event) => {
      if (this.handleKey(event)) event.preventDefault();
    });
  }

  get isOpen() {
    return !this.#box.hidden;
  }

  label(text) {
    this.#box.setAttribute("aria-label", text);
  }

  /** Follows what is typed: a lone "/…" at the start lists the commands that begin so. */
  update(text, composing) {
    const typed = /^\/([a-z0-9_]*)$/i.exec(text);
    if (!typed || composing) this.close();
    else this.#open(this.commands.filter(({ command }) => command.startsWith(typed[1].toLowerCase())));
  }

  openAll() {
    this.#open(this.commands);
  }

  close() {
    this.#open([]);
  }

  /** Returns whether the list used the key. Enter sends the command that the arrows selected; Tab completes it. */
  handleKey(event) {
    if (!this.isOpen) return false;
    const count = this.#shown.length;
    if (event.key === "ArrowDown") this.#select((this.#selected + 1) % count);
    else if (event.key === "ArrowUp") this.#select((Math.max(this.#selected, 0) + count - 1) % count);
    else if (event.key === "Escape") this.close();
    else if (event.shiftKey) return false;
    else if (event.key === "Tab" && this.#field.value !== "") this.#choose(Math.max(this.#selected, 0), false);
    else if (event.key === "Enter" && this.#selected >= 0) this.#choose(this.#selected, true);
    else return false;
    return true;
  }

  #choose(index, send) {
    this.#onChoose({ command: this.#shown[index].command, send });
  }

  #open(commands) {
    this.#shown = commands;
    this.#box.hidden = commands.length === 0;
    this.#menuButton.setAttribute("aria-expanded", String(this.isOpen));
    syncChildren(this.#box, commands.map((command, index) => this.#item(command, index)));
    this.#select(-1);
  }

  #item({ command, description }, index) {
    return element(
      "div",
      {
        class: "command",
        id: `command-${index}`,
        role: "option",
        "aria-selected": "false",
        "data-testid": "command-item",
        "data-command": command,
        onmousedown: (event) => event.preventDefault(),
        onclick: () => this.#choose(index, true),
      },
      element("strong", {}, `/${command}`),
      element("span", { dir: "auto" }, description),
    );
  }

  #select(index) {
    this.#selected = index;
    [...this.#box.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    if (index < 0) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `command-${index}`);
    this.#box.children[index]?.scrollIntoView({ block: "nearest" });
  }
}
