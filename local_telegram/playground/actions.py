"""The actions of people that requests ask for, each from its fields to the answer's body."""

from collections.abc import Awaitable, Callable

from local_telegram.playground.documents import read_document
from local_telegram.playground.reactions import Reaction
from local_telegram.playground.requests import find_chat, find_person
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json, is_array, is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram

Action = Callable[[Parameters], Awaitable[Json]]


class PlaygroundActions:
    """The actions by their names, which are also the names of their routes."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram
        self._steps: dict[str, Action] = {
            "send": self._send,
            "tap": self._tap,
            "language": self._language,
            "membership": self._membership,
            "group": self._group,
            "migrate": self._migrate,
        }

    def by_name(self) -> dict[str, Action]:
        """Return all actions: each that may be a step, and `play`, which takes several steps."""
        return self._steps | {"play": self._play}

    async def _play(self, body: Parameters) -> Json:
        """Let people take steps, each after the bot has handled the one before."""
        steps = body.values.get("steps")
        if not is_array(steps):
            raise CannotDoError('`steps` is a list such as [{"send": {…}}, {"tap": {…}}].')
        results: list[Json] = []
        for number, step in enumerate(steps, 1):
            try:
                results.append(await self._step(step))
            except CannotDoError as error:
                raise CannotDoError(f"Step {number}: {error}") from error
        return {"results": results}

    async def _step(self, step: object) -> Json:
        if is_object(step) and len(step) == 1:
            ((name, body),) = step.items()
            if name in self._steps and is_object(body):
                return await self._steps[name](Parameters(body))
        raise CannotDoError(f"A step is one of {', '.join(self._steps)}, with its fields.")

    async def _send(self, body: Parameters) -> Json:
        person = self._person(body)
        chat = find_chat(self._telegram, body, person)
        reaction = Reaction(self._telegram, chat)
        message = self._write(body, person, chat)
        await reaction.wait(body, lambda event: event.by_bot)
        return {"message": message, "replies": reaction.replies()}

    def _write(self, body: Parameters, person: Person, chat: Chat) -> Json:
        telegram = self._telegram
        text = body.text("text")
        reply_to = body.integer("reply_to") if body.has("reply_to") else None
        if body.has("edit"):
            return telegram.edit_text(person, chat.id, body.integer("edit"), text)
        if body.boolean("sticker"):
            return telegram.send_sticker(person, chat.id, reply_to=reply_to)
        caption = body.text("caption")
        if body.boolean("photo"):
            return telegram.send_photo(
                person,
                chat.id,
                caption,
                reply_to=reply_to,
                album=body.text("album"),
                forwarded=body.boolean("forwarded"),
            )
        if document := read_document(body):
            name, mime_type, content = document
            return telegram.send_document(
                person, chat.id, name, content, mime_type, caption=caption, reply_to=reply_to
            )
        return telegram.send_text(
            person,
            chat.id,
            text,
            reply_to=reply_to,
            topic=body.integer("topic") if body.has("topic") else None,
            forwarded=body.boolean("forwarded"),
            quote=body.text("quote"),
        )

    async def _tap(self, body: Parameters) -> Json:
        """Tap the button with this `data`, or with the text `button` (see `Taps.find_button`)."""
        person = self._person(body)
        chat = find_chat(self._telegram, body, person)
        reaction = Reaction(self._telegram, chat)
        message_id, data = body.integer("message_id"), body.text("data")
        if body.has("button"):
            only = message_id if body.has("message_id") else None
            message_id, data = self._telegram.find_button(chat.id, body.text("button"), only)
        query_id = self._telegram.tap(person, chat.id, message_id, data)
        await reaction.wait(body, lambda event: event.body.get("callback_query_id") == query_id)
        answer = self._telegram.callback_answers.get(query_id)
        shown = answer and {"text": answer["text"], "show_alert": answer["show_alert"]}
        return {"answer": shown, "replies": reaction.replies()}

    async def _language(self, body: Parameters) -> Json:
        person = self._person(body)
        self._telegram.set_language(person, body.text("language_code"))
        return {"person": person.as_listed()}

    async def _membership(self, body: Parameters) -> Json:
        """Let a person block or unblock the bot, or add it to a group or remove it.

        Without a `person`, the group's first member adds or removes the bot.
        """
        if body.has("blocked"):
            person = self._person(body)
            change = self._telegram.block if body.boolean("blocked") else self._telegram.unblock
            change(person)
            return {"chat": self._telegram.chat(person.id).as_listed()}
        chat = find_chat(self._telegram, body, None)
        named = self._person(body) if body.has("person") else None
        by = named or next(iter(chat.members.values()), None)
        if by is None:
            raise CannotDoError("Only a group with members can have the bot join or leave.")
        if body.boolean("bot_is_member"):
            self._telegram.join(chat.id, by, body.text("start"))
        else:
            self._telegram.leave(chat.id, by)
        return {"chat": chat.as_listed()}

    async def _group(self, body: Parameters) -> Json:
        """Make a group with other `members`; the bot is not a member yet."""
        members = body.values.get("members", [])
        if not is_array(members):
            raise CannotDoError("`members` is a list of people.")
        people = [self._person(Parameters({"person": member})) for member in members]
        group = self._telegram.create_group(self._person(body), body.text("title"), people)
        return {"chat": group.as_listed()}

    async def _migrate(self, body: Parameters) -> Json:
        return {"chat": self._telegram.migrate(find_chat(self._telegram, body, None).id)}

    def _person(self, body: Parameters) -> Person:
        return find_person(self._telegram, body)
