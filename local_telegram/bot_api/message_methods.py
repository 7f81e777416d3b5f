"""The Bot API's methods for messages: sending, editing, deleting, answering taps."""

from local_telegram.content.keyboards import read_inline_keyboard, read_reply_markup
from local_telegram.content.texts import read_caption, read_text
from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json, is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.protocol.utf16 import utf16_length
from local_telegram.state.chats import Chat
from local_telegram.state.message_history import StoredMessage, as_reply_target, in_topic
from local_telegram.telegram import LocalTelegram

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ANSWER_LIMIT = 200
DELETABLE_SECONDS = 48 * 60 * 60
CHAT_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


class MessageMethods:
    """Each method has the name of the Bot API's, in snake case, and returns its result."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram

    def send_message(self, parameters: Parameters) -> Json:
        """Send a text."""
        return self._send(parameters, read_text(parameters))

    def send_document(self, parameters: Parameters) -> Json:
        """Send an uploaded file, or a known file by its id."""
        caption = read_caption(parameters)
        return self._send(parameters, {"document": self._document(parameters)} | caption)

    def get_file(self, parameters: Parameters) -> Json:
        """Return the path from which the bot downloads a file."""
        file_id = parameters.text("file_id")
        if not file_id:
            raise BadRequestError("file_id not specified")
        file = self._telegram.files.find(file_id)
        if file is None and self._telegram.files.was_there(file_id):
            raise BadRequestError("wrong file_id or the file is temporarily unavailable")
        if file is None:
            raise BadRequestError("invalid file_id")
        if file.is_too_big_for_bots:
            raise BadRequestError("file is too big")
        return file.as_file()

    def send_chat_action(self, parameters: Parameters) -> bool:
        """Show that the bot is typing, or another of its actions."""
        action = parameters.text("action").lower()
        if action not in CHAT_ACTIONS:
            raise BadRequestError("wrong parameter action in request")
        chat = self._telegram.find_chat(parameters)
        self._telegram.show_action(chat, action)
        return True

    def edit_message_text(self, parameters: Parameters) -> Json:
        """Change a text and its inline keyboard."""
        content = read_text(parameters)
        markup = read_inline_keyboard(parameters)
        chat, stored = self._message_to_edit(parameters)
        if "text" not in stored.body:
            raise BadRequestError("there is no text in the message to edit")
        if markup:
            content["reply_markup"] = markup
        return self._replace(chat, stored, content, {"text", "entities", "reply_markup"})

    def edit_message_reply_markup(self, parameters: Parameters) -> Json:
        """Change or remove an inline keyboard."""
        markup = read_inline_keyboard(parameters)
        chat, stored = self._message_to_edit(parameters)
        content: Json = {"reply_markup": markup} if markup else {}
        return self._replace(chat, stored, content, {"reply_markup"})

    def delete_message(self, parameters: Parameters) -> bool:
        """Delete a message that the bot may delete."""
        chat = self._telegram.find_chat(parameters)
        message_id = parameters.integer("message_id")
        stored = self._telegram.history.find(chat.id, message_id)
        if stored is None:
            raise BadRequestError("message to delete not found")
        if not self._may_delete(stored, chat):
            raise BadRequestError("message can't be deleted")
        self._telegram.delete_message(chat, message_id)
        return True

    def answer_callback_query(self, parameters: Parameters) -> bool:
        """Answer a tap."""
        text = parameters.text("text")
        if utf16_length(text) > ANSWER_LIMIT:
            raise BadRequestError("MESSAGE_TOO_LONG")
        answer: Json = {
            "text": text,
            "show_alert": parameters.boolean("show_alert"),
            "url": parameters.text("url"),
            "cache_time": parameters.integer("cache_time", minimum=0),
        }
        if not self._telegram.answer_callback_query(parameters.text("callback_query_id"), answer):
            raise BadRequestError(QUERY_TOO_OLD)
        return True

    def _send(self, parameters: Parameters, content: Json) -> Json:
        markup = read_reply_markup(parameters)
        chat = self._telegram.find_chat(parameters)
        replied_to = self._reply_target(parameters, chat)
        topic = parameters.integer("message_thread_id")
        if topic and topic not in chat.topics:
            raise BadRequestError("message thread not found")
        self._telegram.limits.count(chat)
        if replied_to is not None:
            content = {"reply_to_message": as_reply_target(replied_to.body)} | content
            topic = replied_to.body.get("message_thread_id", 0)
        content |= in_topic(topic)
        return self._telegram.send_by_bot(chat, content, markup)

    def _document(self, parameters: Parameters) -> Json:
        """Return the Document of a call, and keep what it uploads.

        Raises:
            BadRequestError: The document is missing, empty or unknown.
        """
        reference = parameters.text("document")
        upload = parameters.files.get(reference.removeprefix("attach://") or "document")
        if upload is not None:
            if not upload.content:
                raise BadRequestError("file must be non-empty")
            return self._telegram.files.add(upload.name, None, upload.content).as_document()
        if not reference or reference.startswith("attach://"):
            raise BadRequestError("there is no document in the request")
        file = self._telegram.files.find(reference)
        if file is None:
            raise BadRequestError("wrong file identifier/HTTP URL specified")
        return file.as_document()

    def _reply_target(self, parameters: Parameters, chat: Chat) -> StoredMessage | None:
        given = parameters.structure("reply_parameters", "can't parse reply parameters JSON object")
        if given is None:
            reply = parameters
            message_id = parameters.integer("reply_to_message_id")
        elif is_object(given):
            reply = Parameters(given)
            message_id = reply.integer("message_id")
        else:
            raise BadRequestError("object expected as reply parameters")
        if message_id <= 0:
            return None
        target = self._telegram.history.find(chat.id, message_id)
        if target is None and not reply.boolean("allow_sending_without_reply"):
            raise BadRequestError("message to be replied not found")
        return target

    def _message_to_edit(self, parameters: Parameters) -> tuple[Chat, StoredMessage]:
        if not parameters.has("chat_id") and not parameters.has("message_id"):
            raise BadRequestError("message identifier is not specified")
        chat = self._telegram.find_chat(parameters)
        stored = self._telegram.history.find(chat.id, parameters.integer("message_id"))
        if stored is None:
            raise BadRequestError("message to edit not found")
        if not stored.by_bot or stored.prompt is not None:
            raise BadRequestError("message can't be edited")
        return chat, stored

    def _replace(
        self, chat: Chat, stored: StoredMessage, content: Json, replaced: set[str]
    ) -> Json:
        kept = {name: value for name, value in stored.body.items() if name not in replaced}
        if kept | content == stored.body:
            raise BadRequestError(NOT_MODIFIED)
        body = kept | {"edit_date": self._telegram.now()} | content
        self._telegram.replace_message(chat, stored, body)
        return body

    def _may_delete(self, stored: StoredMessage, chat: Chat) -> bool:
        is_recent = self._telegram.now() - stored.body["date"] < DELETABLE_SECONDS
        return is_recent and (stored.by_bot or chat.type == "private")
