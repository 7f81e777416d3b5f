"""What people write: texts, stickers, photos, files, channel posts and edits."""

from collections.abc import Sequence

from local_telegram.actions.telegram_state import TelegramState
from local_telegram.content.command_entities import find_bot_commands
from local_telegram.content.texts import CAPTION_LIMIT, TEXT_LIMIT
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.state.files import MEGABYTE
from local_telegram.state.message_history import as_reply_target, in_topic
from local_telegram.state.people import ANONYMOUS_ADMIN, Person

LARGEST_DOCUMENT_BYTES = 32 * MEGABYTE
"""The largest file that people can send: more than a bot can download, less than on Telegram."""


class Writing(TelegramState):
    """People write in the chats.

    What a person can't do in Telegram's apps raises CannotDoError.
    """

    def send_text(
        self,
        person: Person,
        chat_id: int,
        text: str,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        forwarded: bool = False,
        as_anonymous_admin: bool = False,
        quote: str = "",
    ) -> Json:
        """Let a person write, in a topic of a forum or outside; return the message.

        `quote` is the part of the message that the person replies to.
        """
        content = _text_content(text)
        if quote:
            content["quote"] = {"text": quote, "position": 0, "is_manual": True}
        return self._send(
            person,
            chat_id,
            content,
            reply_to=reply_to,
            topic=topic,
            forwarded=forwarded,
            as_anonymous_admin=as_anonymous_admin,
        )

    def send_sticker(
        self, person: Person, chat_id: int, *, emoji: str = "🥛", reply_to: int | None = None
    ) -> Json:
        """Let a person send a sticker; return the message."""
        sticker: Json = {
            "file_id": "local-sticker",
            "file_unique_id": "local-sticker",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        }
        return self._send(person, chat_id, {"sticker": sticker}, reply_to=reply_to)

    def send_photo(
        self,
        person: Person,
        chat_id: int,
        caption: str = "",
        *,
        reply_to: int | None = None,
        album: str = "",
        forwarded: bool = False,
    ) -> Json:
        """Let a person send a photo with or without a caption; return the message.

        Photos with the same `album` were sent together: it becomes their `media_group_id`.
        """
        size: Json = {
            "file_id": "local-photo",
            "file_unique_id": "local-photo",
            "file_size": 1024,
            "width": 320,
            "height": 320,
        }
        content: Json = {"photo": [size]} | _caption_content(caption)
        if album:
            content["media_group_id"] = album
        return self._send(person, chat_id, content, reply_to=reply_to, forwarded=forwarded)

    def send_checklist(
        self, person: Person, chat_id: int, title: str, tasks: Sequence[str], done: Sequence[str]
    ) -> Json:
        """Let a person send a checklist, of which some tasks are done; return the message."""
        listed = [
            _task(number, task, self.now(), is_done=task in done)
            for number, task in enumerate(tasks, 1)
        ]
        content: Json = {"checklist": {"title": title, "tasks": listed}}
        return self._send(person, chat_id, content, reply_to=None)

    def tick(self, person: Person, chat_id: int, message_id: int, tasks: Sequence[str]) -> Json:
        """Let a person mark tasks of a checklist as done; return the service message."""
        stored = self.history.find(chat_id, message_id)
        if stored is None or "checklist" not in stored.body:
            raise CannotDoError("There is no such checklist.")
        listed: Sequence[Json] = stored.body["checklist"]["tasks"]
        done = [task["id"] for task in listed if task["text"] in tasks]
        now = [
            _task(
                task["id"],
                task["text"],
                self.now(),
                is_done=task["id"] in done or "completion_date" in task,
            )
            for task in listed
        ]
        checklist = stored.body["checklist"] | {"tasks": now}
        body = stored.body | {"checklist": checklist}
        self.replace_message(self.chat(chat_id), stored, body)
        content: Json = {
            "checklist_tasks_done": {
                "checklist_message": as_reply_target(body),
                "marked_as_done_task_ids": done,
            }
        }
        return self._send(person, chat_id, content, reply_to=None)

    def send_document(
        self,
        person: Person,
        chat_id: int,
        name: str,
        content: bytes,
        mime_type: str | None = None,
        *,
        caption: str = "",
        reply_to: int | None = None,
    ) -> Json:
        """Let a person send a file with or without a caption; return the message."""
        self._chat_to_write_in(person, chat_id)
        if not content:
            raise CannotDoError("The file is empty.")
        if len(content) > LARGEST_DOCUMENT_BYTES:
            raise CannotDoError(f"A file has at most {LARGEST_DOCUMENT_BYTES // MEGABYTE} MB.")
        described = _caption_content(caption)
        document = self.files.add(name, mime_type, content).as_document()
        return self._send(person, chat_id, {"document": document} | described, reply_to=reply_to)

    def send_channel_post(self, channel_id: int, text: str) -> Json:
        """Publish in a channel; return the message."""
        chat = self.chat(channel_id)
        message = self._new_message(chat, None, _text_content(text))
        message["sender_chat"] = chat.as_chat()
        self._publish(chat, message)
        self._deliver("channel_post", message, chat)
        return message

    def edit_text(self, person: Person, chat_id: int, message_id: int, text: str) -> Json:
        """Let a person edit a text message of theirs; return it as it now is."""
        chat = self._chat_to_write_in(person, chat_id)
        stored = self.history.find(chat_id, message_id)
        if stored is None or stored.body.get("from", {}).get("id") != person.id:
            raise CannotDoError("Only one's own messages can be edited.")
        if "text" not in stored.body:
            raise CannotDoError("Only a text message can be edited.")
        message = {k: v for k, v in stored.body.items() if k not in {"text", "entities"}}
        message |= {"edit_date": self.now()} | _text_content(text)
        self.replace_message(chat, stored, message)
        self._deliver_if_seen("edited_message", message, chat)
        return message

    def show_preview(self, chat_id: int, message_id: int) -> None:
        """Tell the bot of a change that is no edit: a preview of a link, or a reaction.

        Raises:
            CannotDoError: There is no such message.
        """
        stored = self.history.find(chat_id, message_id)
        if stored is None:
            raise CannotDoError("There is no such message.")
        self._deliver_if_seen("edited_message", stored.body, self.chat(chat_id))

    def _send(
        self,
        person: Person,
        chat_id: int,
        content: Json,
        *,
        reply_to: int | None,
        topic: int | None = None,
        forwarded: bool = False,
        as_anonymous_admin: bool = False,
    ) -> Json:
        chat = self._chat_to_write_in(person, chat_id)
        if topic is not None and topic not in chat.topics:
            raise CannotDoError("There is no such topic.")
        if as_anonymous_admin and not chat.is_group:
            raise CannotDoError("Only in a group can one write as an anonymous administrator.")
        sender = ANONYMOUS_ADMIN if as_anonymous_admin else person.as_user()
        message = self._new_message(chat, sender, {})
        if as_anonymous_admin:
            message["sender_chat"] = chat.as_chat()
            message["author_signature"] = person.first_name
        if forwarded:
            message["forward_origin"] = {
                "type": "hidden_user",
                "date": message["date"],
                "sender_user_name": "Somebody",
            }
        if reply_to is not None:
            replied_to = self.history.find(chat_id, reply_to)
            if replied_to is None:
                raise CannotDoError("The message to reply to is not there.")
            message["reply_to_message"] = as_reply_target(replied_to.body)
            topic = replied_to.body.get("message_thread_id")
        message |= in_topic(topic) | content
        chat.is_open = True
        self._publish(chat, message)
        self._deliver_if_seen("message", message, chat)
        return message


def _task(number: int, text: str, now: int, *, is_done: bool) -> Json:
    task: Json = {"id": number, "text": text}
    return task | {"completion_date": now} if is_done else task


def _caption_content(caption: str) -> Json:
    caption = caption.strip()
    if len(caption) > CAPTION_LIMIT:
        raise CannotDoError(f"A caption has at most {CAPTION_LIMIT} characters.")
    if not caption:
        return {}
    content: Json = {"caption": caption}
    if commands := find_bot_commands(caption):
        content["caption_entities"] = commands
    return content


def _text_content(text: str) -> Json:
    text = text.strip()
    if not text:
        raise CannotDoError("There is nothing to send.")
    if len(text) > TEXT_LIMIT:
        raise CannotDoError(f"A message has at most {TEXT_LIMIT} characters.")
    content: Json = {"text": text}
    if commands := find_bot_commands(text):
        content["entities"] = commands
    return content
