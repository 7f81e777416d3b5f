// The /playground/* contract: requests that answer once, and the stream of events.

const RETRY_DELAYS = [300, 600, 1200, 2500, 5000];

/** The server refused, or could not be reached (then `status` is 0); the message is its sentence. */
export class PlaygroundError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function request(method, path, body) {
  let response;
  try {
    response = await fetch(`/playground/${path}`, {
      method,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new PlaygroundError("", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new PlaygroundError(answer.error || "", response.status);
  return answer;
}

/** Returns {bot, people, chats, largest_document}. */
export const loadState = () => request("GET", "state");

/** Returns {messages, last_event}. */
export const loadMessages = (chat) => request("GET", `messages?${new URLSearchParams({ chat })}`);

/** Returns [{command, description}] as this person sees them in this chat. */
export const loadCommands = async (person, chat) =>
  (await request("GET", `commands?${new URLSearchParams({ person, chat })}`)).commands;

/** Sends (or, with `edit`, edits) a message, without waiting for the bot: the stream brings its answer. */
export const sendMessage = async (fields) => (await request("POST", "send", { ...fields, wait: 0 })).message;

/** Presses an inline button, without waiting for the bot: the stream brings its answer. */
export const tapButton = (fields) => request("POST", "tap", { ...fields, wait: 0 });

/** Blocks or unblocks the bot ({person, blocked}), or adds it to a group or removes it ({person, chat, bot_is_member}). */
export const setMembership = (fields) => request("POST", "membership", fields);

/** Makes a group without the bot; returns its id. */
export const createGroup = async (fields) => (await request("POST", "group", fields)).chat.id;

/** Returns the URL from which a sent file is downloaded. */
export const fileAddress = (fileId) => `/playground/file?${new URLSearchParams({ id: fileId })}`;

/** Returns a file in the form in which a message carries it. */
export async function asDocument(file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(new PlaygroundError("", 0)));
    reader.readAsDataURL(file);
  });
  const content = address.slice(address.indexOf(",") + 1);
  return { name: file.name, mime_type: file.type || undefined, content_base64: content };
}

export const setLanguage = (person, languageCode) =>
  request("POST", "language", { person, language_code: languageCode });

/**
 * Follows the events for ever. Each (re)connection first calls `snapshot`, which loads everything and returns the
 * number of its last event, and then streams the events after it. Events are numbered without gaps. A gap means that
 * the server was restarted or no longer has some events: then the connection starts over, and nothing is lost.
 */
export class EventFeed {
  #snapshot;
  #onEvent;
  #onConnected;
  #source = null;
  #timer = 0;
  #attempt = 0;
  #busy = false;

  constructor({ snapshot, onEvent, onConnected }) {
    this.#snapshot = snapshot;
    this.#onEvent = onEvent;
    this.#onConnected = onConnected;
    window.addEventListener("online", () => this.connect());
    document.addEventListener("visibilitychange", () => document.hidden || this.connect());
    window.addEventListener("pagehide", () => this.#lose());
    window.addEventListener("pageshow", () => this.connect());
  }

  /** Connects now, unless the stream is open or being opened. */
  async connect() {
    if (this.#source || this.#busy) return;
    clearTimeout(this.#timer);
    this.#busy = true;
    try {
      this.#open(await this.#snapshot());
    } catch (error) {
      if (!(error instanceof PlaygroundError)) throw error;
      this.#retry();
    } finally {
      this.#busy = false;
    }
  }

  #open(after) {
    const source = new EventSource(`/playground/events?after=${after}`);
    source.addEventListener("open", () => {
      this.#attempt = 0;
      this.#onConnected(true);
    });
    let last = after;
    source.addEventListener("message", (message) => {
      const number = Number(message.lastEventId);
      const complete = number === last + 1;
      last = number;
      if (complete) this.#onEvent(number, JSON.parse(message.data));
      else this.#restart();
    });
    source.addEventListener("error", () => this.#restart());
    this.#source = source;
  }

  #restart() {
    this.#lose();
    this.#retry();
  }

  #lose() {
    this.#source?.close();
    this.#source = null;
    this.#onConnected(false);
  }

  #retry() {
    clearTimeout(this.#timer);
    const delay = RETRY_DELAYS[Math.min(this.#attempt, RETRY_DELAYS.length - 1)];
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.connect(), delay);
  }
}
