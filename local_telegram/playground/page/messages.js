// The message log: bubbles, day lines, service lines, inline keyboards, and the scroll position.

import { avatar, element, hue, icon, languageOf, syncChildren } from "./dom.js";
import { formatted } from "./formatting.js";
import { fileAddress } from "./server.js";
import { clockTime, dayName, fileSize } from "./strings.js";

const SAME_SENDER_SECONDS = 300;
const BOTTOM_SLACK = 48;
const SWIPE_TO_REPLY = 56;

/** Returns the shown sender of a message: {id, name, kind}, where `kind` is person, bot or group. */
export function senderOf(message, bot) {
  if (message.sender_chat) return { id: message.sender_chat.id, name: message.sender_chat.title, kind: "group" };
  const user = message.from ?? message.chat;
  const name = [user.first_name ?? user.title, user.last_name].filter(Boolean).join(" ");
  return { id: user.id, name, kind: user.id === bot.id ? "bot" : "person" };
}

const nameColour = ({ id, kind }) => (kind === "bot" ? "hue-bot" : `hue-${hue(id)}`);

/** Returns the sentence of a service message, or null if the message is an ordinary one. */
export function serviceText(message, strings) {
  const name = (user) => user?.first_name ?? "?";
  if (message.new_chat_members) return strings.joined(message.new_chat_members.map(name).join(", "));
  if (message.left_chat_member) return strings.left(name(message.left_chat_member));
  if (message.group_chat_created || message.supergroup_chat_created) return strings.created(name(message.from));
  if (message.new_chat_title) return strings.titled(message.new_chat_title);
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return strings.migrated;
  if (message.pinned_message) return strings.pinned(name(message.from));
  return null;
}

/** Returns whether the person who wrote a message can still change it. */
export function isEditable(message) {
  return message.text !== undefined && !message.forward_origin && !message.sender_chat;
}

/** Returns a message in one line, for the chat list and for quotes. */
export function summary(message, strings) {
  const service = serviceText(message, strings);
  if (service) return service;
  if (message.text) return message.text;
  if (message.caption) return message.caption;
  if (message.sticker) return `${message.sticker.emoji ?? ""} ${strings.sticker}`.trim();
  if (message.photo) return strings.photo;
  if (message.document) return message.document.file_name ?? strings.file;
  return strings.unsupported;
}

/** Draws one chat at a time into the log element. */
export class MessageLog {
  #log;
  #jump;
  #jumpCount;
  #actions;
  #view = { key: "" };
  #rows = new Map();
  #busyButtons = new Set();
  #atBottom = true;
  #missed = 0;

  /**
   * `actions`: reply(message), edit(message), tap(message, button), command(text), retry(letter), discard(letter), and
   * link(address), which returns whether it followed the link itself.
   */
  constructor({ log, jump, jumpCount, actions }) {
    this.#log = log;
    this.#jump = jump;
    this.#jumpCount = jumpCount;
    this.#actions = actions;
    log.addEventListener("scroll", () => this.#notePosition(), { passive: true });
    jump.addEventListener("click", () => this.scrollToEnd());
    new ResizeObserver(() => this.#atBottom && this.#snap()).observe(log);
    log.addEventListener("click", (event) => {
      const link = event.target.closest(".text a[href]");
      if (link && this.#actions.link(link.href)) event.preventDefault();
    });
    watchSwipes(log, (row) => this.#rowAction(row, "reply"));
    log.addEventListener("dblclick", (event) => {
      if (event.target.matches(".row[data-message-id]")) this.#rowAction(event.target, "reply");
    });
  }

  /**
   * Shows a view: {person, chat, bot, strings, messages, letters}. The same chat again is brought up to date in
   * place; another one replaces it and starts at its end.
   */
  show(view) {
    const key = `${view.person.id} ${view.chat.id} ${view.strings.language}`;
    const sameView = key === this.#view.key;
    const lastBefore = this.#view.messages?.at(-1)?.message_id ?? 0;
    const focus = this.#focusedPlace();
    this.#view = { ...view, key, messages: [...view.messages] };
    if (!sameView) this.#rows.clear();
    this.#log.setAttribute("aria-busy", String(!sameView));
    this.#log.setAttribute("aria-label", view.strings.log);
    this.#jump.setAttribute("aria-label", view.strings.jump);
    const rows = this.#plan().map((row) => this.#rowNode(row, sameView));
    this.#rows = new Map(rows.map((row) => [row.key, row]));
    syncChildren(this.#log, rows.map((row) => row.node));
    this.#restoreFocus(focus);
    const arrived = view.messages.filter((message) => message.message_id > lastBefore);
    if (!sameView || this.#atBottom || arrived.some((message) => this.#isOwn(message))) this.#snap();
    else this.#missed += arrived.length;
    this.#showJump();
    requestAnimationFrame(() => this.#log.setAttribute("aria-busy", "false"));
  }

  scrollToEnd() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#log.scrollTo({ top: this.#log.scrollHeight, behavior: calm ? "auto" : "smooth" });
  }

  #isOwn(message) {
    return message.from?.id === this.#view.person.id && !message.sender_chat;
  }

  /** The rows to draw: {key, kind, subject, state, first, last}; another `subject` or `state` draws a row anew. */
  #plan() {
    const { messages, letters, strings, person } = this.#view;
    const rows = [];
    let day = "";
    const dayLine = (date) => {
      const name = new Date(date * 1000).toDateString();
      if (name !== day) rows.push({ key: `day ${name}`, kind: "day", date, state: dayName(date, strings) });
      day = name;
    };
    for (const message of messages) {
      dayLine(message.date);
      const kind = serviceText(message, strings) ? "service" : "message";
      const row = { key: `message ${message.message_id}`, kind, subject: message, date: message.date };
      rows.push({ ...row, sender: this.#sender(message).id });
    }
    for (const letter of letters) {
      dayLine(letter.date);
      const row = { key: `letter ${letter.key}`, kind: "letter", subject: letter, date: letter.date };
      rows.push({ ...row, sender: person.id, state: Boolean(letter.failed) });
    }
    const together = (a, b) =>
      a?.sender !== undefined && a.sender === b?.sender && a.kind !== "service" && b.kind !== "service" &&
      Math.abs(b.date - a.date) < SAME_SENDER_SECONDS;
    return rows.map((row, index) => ({
      ...row,
      first: !together(rows[index - 1], row),
      last: !together(row, rows[index + 1]),
    }));
  }

  #rowNode(row, sameView) {
    const old = this.#rows.get(row.key);
    const same = old && old.subject === row.subject && old.state === row.state;
    const node = same ? old.node : this.#draw(row);
    if (row.kind === "message" || row.kind === "letter") {
      node.classList.toggle("first", row.first);
      node.classList.toggle("last", row.last);
    }
    if (!old && sameView) node.classList.add("fresh");
    return { ...row, node };
  }

  #draw(row) {
    const { strings } = this.#view;
    if (row.kind === "day") return element("p", { class: "line day" }, element("span", {}, row.state));
    if (row.kind === "letter") return this.#letterRow(row.subject);
    if (row.kind === "message") return this.#messageRow(row.subject);
    const attributes = { class: "line", "data-testid": "service-message", "data-message-id": row.subject.message_id };
    return element("p", attributes, element("span", { dir: "auto" }, serviceText(row.subject, strings)));
  }

  #sender(message) {
    return senderOf(message, this.#view.bot);
  }

  #messageRow(message) {
    const { chat, strings } = this.#view;
    const own = this.#isOwn(message);
    const sender = this.#sender(message);
    const inGroup = chat.type !== "private";
    const time = clockTime(message.date, strings.language);
    const bubble = element(
      "div",
      { class: "bubble" },
      inGroup && !own && element("p", { class: `name ${nameColour(sender)}`, dir: "auto" }, sender.name),
      this.#forwardedFrom(message),
      message.reply_to_message && this.#quote(message.reply_to_message),
      ...this.#content(message, this.#meta(message, { own, time })),
    );
    return element(
      "article",
      {
        class: `row ${own ? "own" : "other"} ${message.sticker ? "bare" : ""}`,
        "data-testid": "message",
        "data-message-id": message.message_id,
        "data-from": sender.kind === "bot" ? "bot" : "person",
        "data-own": String(own),
        "aria-label": `${sender.name}, ${time}`,
        tabindex: "-1",
      },
      inGroup && !own && avatar(sender),
      element("div", { class: "stack" }, bubble, this.#keyboard(message)),
      this.#rowActions(message, own),
    );
  }

  #letterRow(letter) {
    const { strings } = this.#view;
    const time = clockTime(letter.date, strings.language);
    const meta = element("span", { class: "meta", dir: "ltr" }, time, icon("waiting"));
    const text = element("div", { class: "text", dir: "auto", lang: languageOf(letter.text) }, letter.text, meta);
    const failure = letter.failed && element(
      "div",
      { class: "failure", role: "alert" },
      element("span", {}, letter.failed.message || strings.notSent),
      element("button", { type: "button", onclick: () => this.#actions.retry(letter) }, strings.retry),
      element("button", { type: "button", onclick: () => this.#actions.discard(letter) }, strings.discard),
    );
    const file = letter.file && this.#file({ file_name: letter.file.name, file_size: letter.file.size });
    const bubble = element("div", { class: "bubble" }, letter.replyTo && this.#quote(letter.replyTo), file, text);
    return element(
      "article",
      { class: "row own", "data-testid": "pending-message" },
      element("div", { class: "stack" }, bubble, failure),
    );
  }

  #meta(message, { own, time }) {
    const { strings } = this.#view;
    const edited = message.edit_date && element("span", { class: "edited" }, strings.edited);
    const stamp = element("time", { datetime: new Date(message.date * 1000).toISOString() }, time);
    return element("span", { class: "meta", dir: "ltr" }, edited, stamp, own && icon("sent"));
  }

  #content(message, meta) {
    const { strings } = this.#view;
    const parts = [];
    if (message.sticker) parts.push(element("p", { class: "sticker" }, message.sticker.emoji ?? "🙂"));
    if (message.photo) parts.push(element("p", { class: "photo" }, icon("photo"), strings.photo));
    if (message.document) parts.push(this.#file(message.document));
    const known = parts.length > 0 || message.text !== undefined;
    const text = message.text ?? message.caption ?? (known ? "" : strings.unsupported);
    const entities = message.entities ?? message.caption_entities ?? [];
    const options = { onCommand: this.#actions.command, spoilerLabel: strings.spoiler };
    const attributes = { class: "text", dir: "auto", lang: languageOf(text) };
    return [...parts, element("div", attributes, formatted(text, entities, options), meta)];
  }

  /** A link that saves a file; a file that is still on its way has no id, and no link. */
  #file({ file_id: fileId, file_name: fileName, file_size: size }) {
    const { strings } = this.#view;
    const name = fileName ?? strings.file;
    const link = fileId && {
      href: fileAddress(fileId),
      download: name,
      "data-testid": "file-link",
      "aria-label": `${strings.download(name)}, ${fileSize(size, strings.language)}`,
    };
    return element(
      link ? "a" : "p",
      { class: "file", ...link },
      element("span", { class: "file-icon" }, icon("file")),
      element(
        "span",
        { class: "file-words" },
        element("span", { class: "file-name", dir: "auto" }, name),
        element("span", { class: "file-size" }, fileSize(size, strings.language)),
      ),
    );
  }

  #forwardedFrom({ forward_origin: origin }) {
    if (!origin) return null;
    const chat = origin.chat ?? origin.sender_chat;
    const name = origin.sender_user?.first_name ?? origin.sender_user_name ?? chat?.title ?? "?";
    return element("p", { class: "forwarded", dir: "auto" }, this.#view.strings.forwarded(name));
  }

  #quote(message) {
    const { strings } = this.#view;
    const sender = this.#sender(message);
    return element(
      "button",
      { type: "button", class: `quoted ${nameColour(sender)}`, onclick: () => this.#flash(message.message_id) },
      element("strong", { dir: "auto" }, sender.name),
      element("span", { dir: "auto" }, summary(message, strings)),
    );
  }

  #flash(messageId) {
    const row = this.#rows.get(`message ${messageId}`)?.node;
    row?.scrollIntoView({ block: "center" });
    row?.animate([{ filter: "brightness(0.85)" }, { filter: "none" }], { duration: 900 });
  }

  #keyboard(message) {
    const rows = message.reply_markup?.inline_keyboard;
    if (!rows?.length) return null;
    const drawn = rows.map((row) => element("div", { class: "keys" }, ...row.map((key) => this.#key(message, key))));
    return element("div", { class: "keyboard" }, ...drawn);
  }

  #key(message, key) {
    const place = JSON.stringify([message.chat.id, message.message_id, key]);
    const button = element(
      "button",
      {
        type: "button",
        class: "key",
        "data-testid": "inline-button",
        dir: "auto",
        title: key.text,
        "data-place": place,
        "aria-busy": this.#busyButtons.has(place) && "true",
      },
      element("span", {}, key.text),
      key.url && icon("link"),
      key.copy_text && icon("copy"),
    );
    button.addEventListener("click", async () => {
      if (this.#busyButtons.has(place)) return;
      this.#busyButtons.add(place);
      button.setAttribute("aria-busy", "true");
      try {
        await this.#actions.tap(message, key);
      } finally {
        this.#busyButtons.delete(place);
        for (const same of this.#log.querySelectorAll(".key[aria-busy]")) {
          if (same.dataset.place === place) same.removeAttribute("aria-busy");
        }
      }
    });
    return button;
  }

  #rowActions(message, own) {
    const { strings } = this.#view;
    const action = (name, label) =>
      element(
        "button",
        {
          type: "button",
          class: "round small",
          "data-testid": name,
          "aria-label": label,
          title: label,
          onclick: () => this.#actions[name](message),
        },
        icon(name),
      );
    const edit = own && isEditable(message) && action("edit", strings.edit);
    return element("div", { class: "actions" }, action("reply", strings.reply), edit);
  }

  #rowAction(row, name) {
    row.querySelector(`[data-testid=${name}]`)?.click();
  }

  /** The keyboard focus, described so that it can be restored after the message is drawn anew. */
  #focusedPlace() {
    const row = document.activeElement?.closest?.("[data-message-id]");
    if (!row || !this.#log.contains(row)) return null;
    const index = [...row.querySelectorAll("button, a")].indexOf(document.activeElement);
    return { node: document.activeElement, key: `message ${row.dataset.messageId}`, index };
  }

  #restoreFocus(focus) {
    if (!focus || focus.node.isConnected) return;
    const row = this.#rows.get(focus.key)?.node;
    (row?.querySelectorAll("button, a")[focus.index] ?? row ?? this.#log).focus({ preventScroll: true });
  }

  #snap() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#atBottom = true;
    this.#missed = 0;
  }

  #notePosition() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#atBottom = scrollHeight - scrollTop - clientHeight < BOTTOM_SLACK;
    if (this.#atBottom) this.#missed = 0;
    this.#showJump();
  }

  #showJump() {
    this.#jump.hidden = this.#atBottom;
    this.#jumpCount.hidden = this.#missed === 0;
    this.#jumpCount.textContent = String(this.#missed);
  }
}

/** Calls back when a finger has pulled a message far enough to the left, as phone messengers do to reply. */
function watchSwipes(log, onSwipe) {
  let start = null;
  const end = (completed) => {
    if (!start) return;
    const { row, distance } = start;
    row.classList.remove("swiped");
    row.style.removeProperty("--swipe");
    start = null;
    if (completed && distance >= SWIPE_TO_REPLY) onSwipe(row);
  };
  log.addEventListener("pointerdown", (event) => {
    const row = event.pointerType === "touch" && event.target.closest("[data-message-id].row");
    start = row ? { row, x: event.clientX, y: event.clientY, distance: 0 } : null;
  });
  log.addEventListener("pointermove", (event) => {
    if (!start) return;
    const distance = start.x - event.clientX;
    if (start.distance === 0 && (distance < 8 || Math.abs(event.clientY - start.y) > distance)) return;
    start.distance = Math.min(Math.max(distance, 1), 88);
    start.row.classList.add("swiped");
    start.row.style.setProperty("--swipe", `${-start.distance}px`);
  });
  log.addEventListener("pointerup", () => end(true));
  log.addEventListener("pointercancel", () => end(false));
}
