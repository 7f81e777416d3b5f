// The state of the chats: their messages, how far they were read, and messages on their way to the server.

const MESSAGES_KEPT = 1000;

/** The messages of one chat: a snapshot, and the events that came after it. */
class History {
  messages = [];
  loaded = false;
  #snapshotEvent = -1;
  #early = [];

  /** Takes over a snapshot; messages that did not change stay the same objects, so nothing is drawn anew. */
  replace(messages, lastEvent) {
    const known = new Map(this.messages.map((message) => [message.message_id, message]));
    this.messages = messages.map((message) => {
      const old = known.get(message.message_id);
      return old && JSON.stringify(old) === JSON.stringify(message) ? old : message;
    });
    this.loaded = true;
    this.#snapshotEvent = lastEvent;
    for (const [number, event] of this.#early.splice(0)) this.apply(number, event);
  }

  /** Applies an event, unless the snapshot has it already; events before the snapshot's arrival wait for it. */
  apply(number, event) {
    if (!this.loaded) this.#early.push([number, event]);
    else if (number > this.#snapshotEvent) this.#change(event);
  }

  /** Adds a message that the stream may bring as well, or has brought already. */
  add(message) {
    if (!this.find(message.message_id)) this.#put(message);
  }

  find(messageId) {
    return this.messages.find((message) => message.message_id === messageId);
  }

  #change({ type, message, message_id: messageId }) {
    if (type === "message") this.#put(message);
    if (type === "edited" && this.find(message.message_id)) this.#put(message);
    if (type === "deleted") this.messages = this.messages.filter((other) => other.message_id !== messageId);
  }

  #put(message) {
    const place = this.messages.findIndex((other) => other.message_id >= message.message_id);
    if (place < 0) this.messages = [...this.messages, message].slice(-MESSAGES_KEPT);
    else this.messages.splice(place, this.messages[place].message_id === message.message_id ? 1 : 0, message);
  }
}

/** Every chat's history, by chat id. */
export class Histories {
  #histories = new Map();

  of(chatId) {
    if (!this.#histories.has(chatId)) this.#histories.set(chatId, new History());
    return this.#histories.get(chatId);
  }
}

/** How far each person has read each chat; messages from before the page was opened count as read. */
export class ReadMarks {
  #marks = new Map();

  mark(personId, chatId, messages) {
    this.#marks.set(`${personId} ${chatId}`, messages.at(-1)?.message_id ?? 0);
  }

  unread(personId, chatId, messages) {
    const mark = this.#marks.get(`${personId} ${chatId}`);
    if (mark === undefined) {
      this.mark(personId, chatId, messages);
      return 0;
    }
    return messages.filter((message) => message.message_id > mark && message.from?.id !== personId).length;
  }
}

/** Messages on their way: sent one after the other, shown at once, kept with a "send again" if that fails. */
export class Outbox {
  #send;
  #onChange;
  #letters = [];
  #queue = Promise.resolve();
  #lastKey = 0;

  /** `send(letter)` resolves when the server has the message and rejects if it has not. */
  constructor({ send, onChange }) {
    this.#send = send;
    this.#onChange = onChange;
  }

  /** A letter is {personId, chatId, text, file, replyTo}; it gets a `key`, a `date` and `failed`. */
  post(letter) {
    this.#lastKey += 1;
    this.#letters.push({ ...letter, key: this.#lastKey, date: Date.now() / 1000, failed: null });
    this.#deliver(this.#letters.at(-1));
  }

  retry(letter) {
    this.discard(letter);
    this.post(letter);
  }

  discard(letter) {
    this.#letters = this.#letters.filter((other) => other.key !== letter.key);
    this.#onChange();
  }

  waiting(personId, chatId) {
    return this.#letters.filter((letter) => letter.personId === personId && letter.chatId === chatId);
  }

  /** Forgets the letter that the stream has just brought back as a message, so that it never shows twice. */
  settle(message) {
    const arrived = this.#letters.find(
      (letter) =>
        letter.personId === message.from?.id &&
        letter.chatId === message.chat.id &&
        letter.text === (message.text ?? message.caption ?? "") &&
        letter.file?.name === message.document?.file_name &&
        !letter.failed,
    );
    if (arrived) this.#letters = this.#letters.filter((letter) => letter !== arrived);
  }

  #deliver(letter) {
    this.#onChange();
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#send(letter);
        this.discard(letter);
      } catch (error) {
        const shown = this.#letters.find((other) => other.key === letter.key);
        if (shown) shown.failed = error;
        this.#onChange();
      }
    });
  }
}
