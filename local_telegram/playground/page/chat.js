// The chat page: the chosen person, the open chat, and everything between the server and the screen.
//
// The view lives in the URL's hash, so that a link or a test can open it:
//   #person=minji&chat=-4001   person: a username or an id; chat: a chat's id (a private chat's id is its person's)
//   #person=minji&start=x      the private chat, whose Start button sends "/start x", as a link t.me/<bot>?start=x does
//   #person=minji              the chat list on a phone; where both fit, the private chat beside it
//   (nothing)                  a person who speaks the browser's language, in their private chat
//
// For browser tests, elements carry a data-testid:
//   composer, send, command-menu (the button), command-list, command-item (data-command), start,
//   message (data-message-id, data-from=bot|person, data-own=true|false), pending-message, service-message,
//   inline-button, reply, edit, force-reply, reply-quote, edit-quote, cancel-quote, toast, alert, alert-close,
//   attach (the button), file (the input), attachment, cancel-attachment, file-link, chat-menu (the button), chat-action
//   (data-action=block|unblock|add-to-group|add|remove), group-chooser, group-choice (data-chat), new-group,
//   person-switch (data-person), language-switch (data-language), chat-item (data-chat), chat-status, who, back, jump
// and <body> tells data-connected=true|false and data-view=list|chat.

import { CAPTION_LIMIT, Composer, forcedReply, pieces } from "./composer.js";
import { avatar, element, icon, syncChildren } from "./dom.js";
import { isEditable, MessageLog, senderOf, summary } from "./messages.js";
import * as server from "./server.js";
import { Histories, Outbox, ReadMarks } from "./store.js";
import { clockTime, fileSize, stringsFor } from "./strings.js";

const TYPING_SECONDS = 5;
const TOAST_SECONDS = 4;
const ANSWER_SECONDS = 15;
const START_PARAMETER = /^[A-Za-z0-9_-]{1,64}$/;

const byId = (id) => document.getElementById(id);

const world = { bot: null, people: [], chats: [], largestDocument: 0, commands: new Map() };
const histories = new Histories();
const readMarks = new ReadMarks();
const quotes = new Map(); // what a view's composer answers or edits: {kind, message}
const drafts = new Map();
const attachments = new Map(); // the file that a view's next message takes along
const dismissed = new Set(); // ForceReplies that were answered or closed
const typing = new Map(); // chat id → timer
const listButtons = new Map();
const chatActionClicks = new Map(); // what each entry of the chat's menu does in the open chat
const taps = []; // those that wait for the bot's answer: {personId, chatId, resolve}
let view = null; // {person, chat, inList, start}: `start` is the deep link's, or empty
let drawnView = "";
let worldsAsked = 0;
let worldShown = 0;
let forcedId = 0;
let renderTimer = 0;

const outbox = new Outbox({
  send: async ({ personId, chatId, text, file, replyTo }) => {
    const message = await server.sendMessage({
      person: personId,
      chat: chatId,
      ...(file ? { document: await server.asDocument(file), caption: text } : { text }),
      reply_to: replyTo?.message_id,
    });
    histories.of(chatId).add(message);
  },
  onChange: () => render(),
});

const log = new MessageLog({
  log: byId("log"),
  jump: byId("jump"),
  jumpCount: byId("jump-count"),
  actions: {
    reply: (message) => setQuote({ kind: "reply", message }),
    edit: (message) => startEdit(message),
    tap,
    command: (text) => sendText(text),
    link: (address) => followBotLink(address),
    retry: (letter) => outbox.retry(letter),
    discard: (letter) => outbox.discard(letter),
  },
});

const composer = new Composer({
  form: byId("composer-form"),
  actions: {
    send: (text) => sendText(text, takeAttachment()),
    sendCommand: (text) => sendText(text),
    attach,
    cancelAttachment,
    cancelQuote,
    editLast,
    loadCommands: () => refreshCommands(),
  },
});

const feed = new server.EventFeed({ snapshot: loadEverything, onEvent: applyEvent, onConnected: showConnected });

start();

function start() {
  byId("back").addEventListener("click", () => {
    if (history.state?.fromList) history.back();
    else go({ chatId: null, replace: true });
  });
  byId("who").addEventListener("click", openSheet);
  byId("sheet").addEventListener("close", () => byId("people-home").append(byId("people")));
  byId("sheet-close").addEventListener("click", () => byId("sheet").close());
  byId("sheet").addEventListener("click", (event) => event.target === byId("sheet") && byId("sheet").close());
  byId("start").addEventListener("click", pressStart);
  byId("chooser").addEventListener("click", (event) => event.target === byId("chooser") && byId("chooser").close());
  for (const button of byId("language").children) {
    button.addEventListener("click", () => switchLanguage(button.dataset.language));
  }
  window.addEventListener("hashchange", followHash);
  window.addEventListener("popstate", followHash);
  document.addEventListener("visibilitychange", () => render());
  window.visualViewport?.addEventListener("resize", fitKeyboard);
  matchMedia("(max-width: 719px)").addEventListener("change", () => {
    byId("sheet").close();
    followHash();
  });
  showConnected(false);
  feed.connect();
}

// From the server

async function loadEverything() {
  await loadWorld();
  const numbers = await Promise.all(world.chats.map(loadHistory));
  followHash();
  return numbers.length > 0 ? Math.min(...numbers) : 0;
}

async function loadWorld() {
  const number = ++worldsAsked;
  const { bot, people, chats, largest_document: largestDocument } = await server.loadState();
  // When several requests are under way, the answer to an older one may come last.
  if (number < worldShown) return;
  worldShown = number;
  const reachable = chats.filter(({ members }) => people.some(({ id }) => members.includes(id)));
  Object.assign(world, { bot, people, chats: reachable, largestDocument });
}

async function loadHistory(chat) {
  const { messages, last_event: lastEvent } = await server.loadMessages(chat.id);
  histories.of(chat.id).replace(messages, lastEvent);
  return lastEvent;
}

/** Loads the history of a new chat, unless it was loaded meanwhile: then events may have changed it since. */
async function loadNewHistory(chat) {
  const { messages, last_event: lastEvent } = await server.loadMessages(chat.id);
  const history = histories.of(chat.id);
  if (!history.loaded) history.replace(messages, lastEvent);
}

function applyEvent(number, event) {
  if (event.type === "chats") {
    reloadChats().catch(showError);
    return;
  }
  if (event.type === "typing") showTyping(event.chat);
  if (event.type === "callback_answer") receiveAnswer(event);
  if (event.type === "message") {
    outbox.settle(event.message);
    if (event.message.from?.id === world.bot.id) stopTyping(event.chat);
  }
  histories.of(event.chat).apply(number, event);
  renderSoon();
}

async function reloadChats() {
  await loadWorld();
  const fresh = world.chats.filter(({ id }) => !histories.of(id).loaded);
  await Promise.all(fresh.map(loadNewHistory));
  followHash();
}

async function refreshCommands() {
  if (!view) return;
  const key = viewKey();
  try {
    world.commands.set(key, await server.loadCommands(view.person.id, view.chat.id));
  } catch (error) {
    if (!(error instanceof server.PlaygroundError)) throw error;
  }
  if (key === viewKey()) composer.setCommands(world.commands.get(key) ?? []);
}

function showTyping(chatId) {
  stopTyping(chatId);
  typing.set(chatId, setTimeout(() => {
    typing.delete(chatId);
    render();
  }, TYPING_SECONDS * 1000));
}

function stopTyping(chatId) {
  clearTimeout(typing.get(chatId));
  typing.delete(chatId);
}

function showConnected(connected) {
  document.body.dataset.connected = String(connected);
  render();
  if (!view) byId("chat-status").textContent = stringsFor(navigator.language).connecting;
}

function showError(error) {
  if (!(error instanceof server.PlaygroundError)) throw error;
  toast(error.message || words().failed);
}

// The view

const words = () => stringsFor(view ? view.person.language_code : navigator.language);
const viewKey = () => `${view.person.id} ${view.chat.id}`;
const isPhone = () => matchMedia("(max-width: 719px)").matches;
const isChatShown = () => !(view.inList && isPhone());
const hasPointer = () => matchMedia("(pointer: fine)").matches;
const isBlocked = () => view.chat.type === "private" && !view.chat.bot_is_member;
const chatTitle = (chat) => (chat.type === "private" ? world.bot.first_name : chat.title);

/** The chats a person sees: the one with the bot, then their groups; a group that moved on is gone. */
function chatsOf(person) {
  return world.chats.filter(({ id, members }) => members.includes(person.id) && !successorOf(id));
}

function successorOf(chatId) {
  return histories.of(chatId).messages.findLast((message) => message.migrate_to_chat_id)?.migrate_to_chat_id;
}

function followHash() {
  if (world.people.length === 0) return;
  const hash = new URLSearchParams(location.hash.slice(1));
  const named = hash.get("person");
  const person =
    world.people.find(({ id, username }) => named && (String(id) === named || username === named)) ??
    world.people.find(({ language_code: code }) => stringsFor(code) === stringsFor(navigator.language)) ??
    world.people[0];
  const wanted = Number(hash.get("chat"));
  const chats = chatsOf(person);
  const chat = chats.find(({ id }) => id === (successorOf(wanted) ?? wanted)) ?? chats[0];
  const changed = !view || view.person.id !== person.id || view.chat.id !== chat.id;
  const translated = view && !changed && view.person.language_code !== person.language_code;
  if (view && changed) drafts.set(viewKey(), composer.text);
  const start = chat.id === person.id && START_PARAMETER.test(hash.get("start")) ? hash.get("start") : "";
  view = { person, chat, start, inList: named !== null && !hash.has("chat") && !start };
  if (!location.hash || (successorOf(wanted) === chat.id && !view.inList)) {
    history.replaceState(history.state, "", hashFor(person, chat.id, start));
  }
  if (changed) {
    composer.text = drafts.get(viewKey()) ?? "";
    composer.setCommands(world.commands.get(viewKey()) ?? []);
    byId("notice").replaceChildren();
  }
  if (changed || translated) refreshCommands();
  render();
}

function hashFor(person, chatId, start = "") {
  const hash = new URLSearchParams({ person: person.username ?? person.id });
  if (chatId !== null) hash.set("chat", chatId);
  if (start) hash.set("start", start);
  return `#${hash}`;
}

/** Opens a view; `chatId` null is the chat list. */
function go({ person = view.person, chatId, start = "", replace = false }) {
  const state = { fromList: view.inList && chatId !== null };
  if (replace) history.replaceState(state, "", hashFor(person, chatId, start));
  else history.pushState(state, "", hashFor(person, chatId, start));
  followHash();
  if (chatId !== null && hasPointer() && !byId("sheet").open) composer.focus();
}

function switchPerson(person) {
  const { chat, inList } = view;
  const together = chat.type !== "private" && chat.members.includes(person.id);
  const chatId = together ? chat.id : person.id;
  byId("sheet").close();
  go({ person, chatId: inList && isPhone() ? null : chatId, replace: true });
}


async function switchLanguage(languageCode) {
  try {
    await server.setLanguage(view.person.id, languageCode);
    await reloadChats();
  } catch (error) {
    showError(error);
  }
}

/** On a phone, the people come to the chat: the same panel, lifted into a sheet. */
function openSheet() {
  byId("sheet").append(byId("people"));
  byId("sheet").showModal();
}

// The person's actions

function sendText(text, file = null) {
  const { person, chat } = view;
  const quote = currentQuote();
  if (quote?.kind === "edit") {
    clearQuote();
    editMessage(quote.message, text);
    return;
  }
  clearQuote();
  lettersOf(text, file).forEach((letter, index) => {
    const replyTo = index === 0 ? quote?.message : undefined;
    outbox.post({ ...letter, personId: person.id, chatId: chat.id, replyTo });
  });
  log.scrollToEnd();
}

/** A file takes a text that is short enough along as its caption; a longer one follows it. */
function lettersOf(text, file) {
  const texts = pieces(text).map((piece) => ({ text: piece }));
  if (!file) return texts;
  const caption = text.trim();
  return caption.length <= CAPTION_LIMIT ? [{ text: caption, file }] : [{ text: "", file }, ...texts];
}

function attach(file) {
  const { language, fileEmpty, fileTooBig } = words();
  if (file.size === 0) toast(fileEmpty);
  else if (file.size > world.largestDocument) toast(fileTooBig(fileSize(world.largestDocument, language)));
  else attachments.set(viewKey(), file);
  render();
  if (hasPointer()) composer.focus();
}

function takeAttachment() {
  const file = attachments.get(viewKey());
  attachments.delete(viewKey());
  return file;
}

function cancelAttachment() {
  takeAttachment();
  render();
}

/** The button below an empty chat, a chat that a deep link opened, or a chat whose person blocked the bot. */
async function pressStart() {
  const { person, chat, start: parameter } = view;
  try {
    if (isBlocked()) await server.setMembership({ person: person.id, blocked: false });
  } catch (error) {
    showError(error);
    return;
  }
  if (parameter) go({ person, chatId: chat.id, replace: true });
  outbox.post({ personId: person.id, chatId: chat.id, text: parameter ? `/start ${parameter}` : "/start" });
  log.scrollToEnd();
  if (hasPointer()) composer.focus();
}

/** Follows a link to the bot itself inside the page; returns whether it was one. */
function followBotLink(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const botPath = `/${world.bot.username}`.toLowerCase();
  if (!url || !["t.me", "telegram.me"].includes(url.hostname) || url.pathname.toLowerCase() !== botPath) return false;
  if (url.searchParams.has("startgroup")) {
    openChooser(url.searchParams.get("startgroup"));
    return true;
  }
  const parameter = url.searchParams.get("start") ?? "";
  go({ chatId: view.person.id, start: parameter });
  if (view.start && !isBlocked()) pressStart();
  return true;
}

/** Asks to which group the bot is to be added; with the `start` of a link, the group also gets the command. */
function openChooser(startParameter = "") {
  const { person } = view;
  const strings = words();
  const groups = chatsOf(person).filter(({ type }) => type !== "private");
  const choices = groups.map((group) => groupChoice(group, startParameter, strings));
  const create = element(
    "button",
    { type: "button", class: "choice", "data-testid": "new-group", onclick: () => addToNewGroup(startParameter) },
    element("span", { class: "avatar group" }, icon("add")),
    element("span", { class: "choice-title" }, strings.newGroup),
  );
  byId("chooser-title").textContent = strings.chooseGroup;
  byId("chooser-close").textContent = strings.cancel;
  syncChildren(byId("chooser-groups"), [...choices, create].map((choice) => element("li", {}, choice)));
  byId("chooser").showModal();
}

function groupChoice(group, startParameter, strings) {
  return element(
    "button",
    {
      type: "button",
      class: "choice",
      "data-testid": "group-choice",
      "data-chat": group.id,
      onclick: () => addToGroup(group.id, startParameter),
    },
    avatar({ id: group.id, kind: "group" }),
    element("span", { class: "choice-title", dir: "auto" }, group.title),
    group.bot_is_member && element("span", { class: "choice-note" }, strings.alreadyThere),
  );
}

async function addToGroup(chatId, startParameter) {
  byId("chooser").close();
  await changeMembership({ person: view.person.id, chat: chatId, bot_is_member: true, start: startParameter });
  go({ chatId });
}

async function addToNewGroup(startParameter) {
  const { person } = view;
  try {
    const title = words().newGroupTitle(person.first_name);
    const members = world.people.map(({ id }) => id);
    const chatId = await server.createGroup({ person: person.id, title, members });
    await reloadChats();
    await addToGroup(chatId, startParameter);
  } catch (error) {
    showError(error);
  }
}

async function changeMembership(fields) {
  try {
    await server.setMembership(fields);
    await reloadChats();
  } catch (error) {
    showError(error);
  }
}

async function editMessage(message, text) {
  if (text.trim() === message.text) return;
  const { person, chat } = view;
  try {
    await server.sendMessage({ person: person.id, chat: chat.id, text, edit: message.message_id });
  } catch (error) {
    showError(error);
    if (view.chat.id === chat.id && composer.text === "") composer.text = text;
  }
}

function startEdit(message) {
  attachments.delete(viewKey());
  setQuote({ kind: "edit", message });
  composer.text = message.text;
  composer.focus();
}

function editLast() {
  const { person, chat } = view;
  const mine = histories
    .of(chat.id)
    .messages.findLast((message) => message.from?.id === person.id && isEditable(message));
  if (mine) startEdit(mine);
  return Boolean(mine);
}

async function tap(message, key) {
  if (key.url) {
    openLink(key.url);
  } else if (key.copy_text) {
    await navigator.clipboard?.writeText(key.copy_text.text);
    toast(words().copied);
  } else if (key.callback_data === undefined) {
    toast(words().buttonUnsupported);
  } else {
    try {
      showAnswer(await answerTo(message, key.callback_data));
    } catch (error) {
      showError(error);
    }
  }
}

/** Presses a button and returns what the bot answers, or null if it stays silent for too long. */
async function answerTo(message, data) {
  const { person, chat } = view;
  const answered = new Promise((resolve) => {
    taps.push({ personId: person.id, chatId: chat.id, resolve });
    setTimeout(resolve, ANSWER_SECONDS * 1000, null);
  });
  const waiting = taps.at(-1);
  try {
    await server.tapButton({ person: person.id, chat: chat.id, message_id: message.message_id, data });
    return await answered;
  } finally {
    if (taps.includes(waiting)) taps.splice(taps.indexOf(waiting), 1);
  }
}

/** Matches an answer with the oldest tap that it can answer: the bot receives and answers a chat's taps in order. */
function receiveAnswer({ chat, person, text, show_alert: showAlert, url }) {
  const place = taps.findIndex(({ personId, chatId }) => chatId === chat && personId === person);
  if (place >= 0) taps.splice(place, 1)[0].resolve({ text, show_alert: showAlert, url });
}

function openLink(address) {
  if (followBotLink(address)) return;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url && ["http:", "https:", "tg:"].includes(url.protocol)) window.open(url.href, "_blank", "noopener,noreferrer");
}

function showAnswer(answer) {
  if (!answer) return;
  if (answer.url) openLink(answer.url);
  if (!answer.text) return;
  if (!answer.show_alert) {
    toast(answer.text);
    return;
  }
  byId("alert-text").textContent = answer.text;
  byId("alert-close").textContent = words().ok;
  byId("alert").showModal();
}

/** Shows a notice for a moment, in the place of the one before, as Telegram does. */
function toast(text) {
  const node = element("p", { class: "toast", "data-testid": "toast", dir: "auto" }, text);
  byId("notice").replaceChildren(node);
  setTimeout(() => node.remove(), TOAST_SECONDS * 1000);
}

// What the next message answers

function currentQuote() {
  const { person, chat } = view;
  const history = histories.of(chat.id);
  const chosen = quotes.get(viewKey());
  if (chosen) {
    const message = history.find(chosen.message.message_id);
    if (message) return { ...chosen, message };
    quotes.delete(viewKey());
  }
  const waiting = outbox.waiting(person.id, chat.id).length > 0;
  const forced = waiting ? null : forcedReply(history.messages, { person, bot: world.bot });
  if (!forced || dismissed.has(`${viewKey()} ${forced.message_id}`)) return null;
  return { kind: "force", message: forced };
}

function setQuote(quote) {
  quotes.set(viewKey(), quote);
  render();
  composer.focus();
}

function clearQuote() {
  const quote = currentQuote();
  if (quote?.kind === "force") dismissed.add(`${viewKey()} ${quote.message.message_id}`);
  quotes.delete(viewKey());
}

function cancelQuote() {
  const quote = currentQuote();
  if (!quote) return;
  clearQuote();
  if (quote.kind === "edit") composer.text = "";
  render();
}

function quoteWords(quote, strings) {
  if (!quote) return null;
  const { kind, message } = quote;
  const sender = senderOf(message, world.bot);
  const replyTitle = sender.kind === "bot" ? strings.replyToBot(sender.name) : strings.replyTo(sender.name);
  return {
    kind,
    title: kind === "edit" ? strings.editing : replyTitle,
    text: summary(message, strings),
    placeholder: kind === "force" ? message.reply_markup.input_field_placeholder : "",
  };
}

// Drawing

/** Draws once for all events that arrive together. */
function renderSoon() {
  if (renderTimer) return;
  renderTimer = setTimeout(() => {
    renderTimer = 0;
    render();
  }, 16);
}

function render() {
  if (!view) return;
  const strings = words();
  const { person, chat } = view;
  const history = histories.of(chat.id);
  document.documentElement.lang = strings.language;
  document.title = `${chatTitle(chat)} · ${strings.appTitle}`;
  document.body.dataset.view = view.inList ? "list" : "chat";
  if (history.loaded && !document.hidden && isChatShown()) readMarks.mark(person.id, chat.id, history.messages);
  renderSidebar(strings);
  renderHead(strings);
  if (history.loaded) renderChat(strings, history);
}

function renderChat(strings, history) {
  const { person, chat } = view;
  const letters = outbox.waiting(person.id, chat.id);
  const empty = history.messages.length === 0 && letters.length === 0;
  const quote = currentQuote();
  renderEmpty(empty, strings);
  const file = attachments.get(viewKey());
  const attachment = file ? { name: file.name, size: fileSize(file.size, strings.language) } : null;
  composer.show({ strings, title: chatTitle(chat), quote: quoteWords(quote, strings), attachment });
  log.show({ person, chat, bot: world.bot, strings, messages: history.messages, letters });
  const forced = quote?.kind === "force" ? quote.message.message_id : 0;
  if (forced && (forced !== forcedId || viewKey() !== drawnView) && isChatShown()) composer.focus();
  forcedId = forced;
  drawnView = viewKey();
}

function renderEmpty(empty, strings) {
  const box = byId("empty");
  box.hidden = !empty;
  byId("start").hidden = !(empty || view.start || isBlocked());
  byId("start").textContent = isBlocked() ? strings.restart : strings.start;
  byId("composer-row").hidden = isBlocked();
  if (!empty || box.lang === strings.language) return;
  box.lang = strings.language;
  const examples = strings.examples.map((example) =>
    element(
      "button",
      { type: "button", class: "example", "data-testid": "example", onclick: () => sendText(example) },
      example,
    ),
  );
  syncChildren(box, [
    element("span", { class: "avatar bot" }, icon("fridge")),
    element("h3", {}, strings.emptyTitle),
    element("p", {}, strings.emptyText),
    element("div", { class: "examples" }, ...examples),
    element("p", { class: "hint" }, strings.emptyHint),
  ]);
}

function renderHead(strings) {
  const { person, chat } = view;
  const connected = document.body.dataset.connected === "true";
  byId("chat-title").textContent = chatTitle(chat);
  byId("chat-status").textContent = connected ? statusOf(chat, strings) : strings.connecting;
  byId("chat-status").classList.toggle("active", !connected || typing.has(chat.id));
  byId("back").setAttribute("aria-label", strings.back);
  byId("sheet-close").setAttribute("aria-label", strings.close);
  byId("who").setAttribute("aria-label", strings.who(person.first_name));
  byId("more").setAttribute("aria-label", strings.chatMenu);
  byId("more").title = strings.chatMenu;
  syncChildren(byId("chat-actions"), chatActions(strings));
  syncChildren(byId("chat-avatar"), [avatar({ id: chat.id, kind: chat.type === "private" ? "bot" : "group" })]);
  syncChildren(byId("who"), [avatar({ id: person.id, name: person.first_name }), icon("down")]);
}

/** The entries in the menu of the open chat, as in Telegram's apps. */
function chatActions(strings) {
  const { person, chat } = view;
  const block = (blocked) => changeMembership({ person: person.id, blocked });
  const add = (isMember) => changeMembership({ person: person.id, chat: chat.id, bot_is_member: isMember });
  if (chat.type !== "private") {
    return chat.bot_is_member
      ? [chatAction("remove", strings.removeBot, () => add(false))]
      : [chatAction("add", strings.addBot, () => add(true))];
  }
  return [
    chatAction("add-to-group", strings.addToGroup, () => openChooser()),
    isBlocked()
      ? chatAction("unblock", strings.unblock, () => block(false))
      : chatAction("block", strings.block, () => block(true)),
  ];
}

function chatAction(name, label, onClick) {
  const { button, item } = listItem(`action ${name}`, { "data-testid": "chat-action", "data-action": name }, () => {
    byId("chat-actions").hidePopover();
    chatActionClicks.get(name)();
  });
  chatActionClicks.set(name, onClick);
  button.textContent = label;
  return item;
}

function statusOf(chat, strings) {
  if (!chat.bot_is_member) return chat.type === "private" ? strings.botBlocked : strings.botAbsent;
  if (typing.has(chat.id)) return strings.typing;
  if (chat.type === "private") return strings.bot;
  return strings.members(new Set([...chat.members, world.bot.id]).size);
}

function renderSidebar(strings) {
  const { person } = view;
  byId("app-title").textContent = document.body.dataset.connected === "true" ? strings.appTitle : strings.connecting;
  byId("about").textContent = strings.about;
  byId("people-title").textContent = strings.peopleTitle;
  byId("chats-title").textContent = strings.chats;
  byId("language-label").textContent = strings.telegramLanguage(person.first_name);
  for (const button of byId("language").children) {
    button.setAttribute("aria-pressed", String(button.dataset.language === strings.language));
  }
  syncChildren(byId("people-list"), world.people.map((other) => personItem(other, strings)));
  syncChildren(byId("chat-list"), chatsOf(person).map((chat) => chatItem(chat, strings)));
}

/** Returns the list item of this key. It is made once, so that it keeps the keyboard focus. */
function listItem(key, attributes, onClick) {
  if (!listButtons.has(key)) {
    const button = element("button", { type: "button", ...attributes });
    button.addEventListener("click", () => onClick());
    listButtons.set(key, { button, item: element("li", {}, button) });
  }
  return listButtons.get(key);
}

function personItem(person, strings) {
  const attributes = { class: "person", "data-testid": "person-switch", "data-person": person.username ?? person.id };
  const { button, item } = listItem(`person ${person.id}`, attributes, () =>
    switchPerson(world.people.find(({ id }) => id === person.id)),
  );
  button.setAttribute("aria-pressed", String(person.id === view.person.id));
  syncChildren(button, [
    avatar({ id: person.id, name: person.first_name }),
    element("span", { class: "person-name", dir: "auto" }, person.first_name),
    element("span", { class: "person-note" }, person.is_admin ? strings.admin : person.language_code.toUpperCase()),
  ]);
  return item;
}

function chatItem(chat, strings) {
  const { person, chat: open } = view;
  const attributes = { class: "chat-item", "data-testid": "chat-item", "data-chat": chat.id };
  const { button, item } = listItem(`chat ${chat.id}`, attributes, () => go({ chatId: chat.id }));
  const { messages } = histories.of(chat.id);
  const last = messages.at(-1);
  const unread = readMarks.unread(person.id, chat.id, messages);
  if (chat.id === open.id && isChatShown()) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  const preview = typing.has(chat.id) ? strings.typing : last ? previewOf(last, chat, strings) : strings.emptyChat;
  syncChildren(button, [
    avatar({ id: chat.id, kind: chat.type === "private" ? "bot" : "group" }),
    element("span", { class: "chat-item-title", dir: "auto" }, chatTitle(chat)),
    element("span", { class: "chat-item-time" }, last ? clockTime(last.date, strings.language) : ""),
    element("span", { class: "chat-item-preview", dir: "auto" }, preview),
    ...(unread > 0 ? [element("span", { class: "badge", "aria-label": strings.unread(unread) }, String(unread))] : []),
  ]);
  return item;
}

function previewOf(message, chat, strings) {
  const text = summary(message, strings).replaceAll(/\s+/g, " ").slice(0, 120);
  if (chat.type === "private") return text;
  return `${senderOf(message, world.bot).name}: ${text}`;
}

/** Makes room for an on-screen keyboard that covers the page instead of resizing it. */
function fitKeyboard() {
  const { height, scale } = window.visualViewport;
  if (scale !== 1) return;
  const covered = window.innerHeight - height > 80;
  if (covered) document.documentElement.style.setProperty("--visible-height", `${height}px`);
  else document.documentElement.style.removeProperty("--visible-height");
  if (covered) window.scrollTo(0, 0);
}
