"""The user side over HTTP: what the chat page and scripts use to be people."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from local_telegram.chats import Chat
from local_telegram.documents import as_download, read_document
from local_telegram.errors import CannotDoError
from local_telegram.events import Event
from local_telegram.faults import ANY_METHOD
from local_telegram.middlewares import Handler, check_length
from local_telegram.parameters import Parameters
from local_telegram.people import Person
from local_telegram.shapes import Json, Sleep, decode_json, is_array, is_object
from local_telegram.telegram import BOT_CONTENT_EVENTS, LARGEST_DOCUMENT_BYTES, LocalTelegram

DEFAULT_WAIT_SECONDS = 5.0
GRACE_SECONDS = 0.25
UNCONFIRMED_SECONDS = 2.0
LONGEST_SECONDS = 3600
SIGN_OF_LIFE_SECONDS = 15.0
SIGN_OF_LIFE = b": still here\n\n"

IsAnswer = Callable[[Event], bool]
Deed = Callable[[Parameters], Awaitable[Json]]
"""Something that people do, from a request's body to the answer's."""


class Playground:
    """The routes below /playground; `sleep` times the signs of life in the streams of events."""

    def __init__(self, telegram: LocalTelegram, sleep: Sleep) -> None:
        self._telegram = telegram
        self._sleep = sleep
        self._closing = asyncio.Event()
        self._deeds: dict[str, Deed] = {
            "send": self._send,
            "tap": self._tap,
            "language": self._language,
            "membership": self._membership,
            "group": self._group,
            "migrate": self._migrate,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for an aiohttp application."""
        deeds = [
            web.post(f"/playground/{name}", self._explained(_answering(deed)))
            for name, deed in (self._deeds | {"play": self._play}).items()
        ]
        return [
            *deeds,
            web.get("/playground/state", self._explained(self._state)),
            web.get("/playground/messages", self._explained(self._messages)),
            web.get("/playground/commands", self._explained(self._commands)),
            web.get("/playground/events", self._explained(self._events)),
            web.get("/playground/file", self._explained(self._file)),
            web.post("/playground/faults", self._explained(_answering(self._add_fault))),
            web.delete("/playground/faults", self._explained(self._clear_faults)),
        ]

    def close(self) -> None:
        """End the streams of events."""
        self._closing.set()
        self._telegram.events.wake_all()

    def _explained(self, handler: Handler) -> Handler:
        async def explained(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except CannotDoError as error:
                return web.json_response({"error": str(error)}, status=400, dumps=_as_json)

        return explained

    # What there is

    async def _state(self, _request: web.Request) -> web.Response:
        return _answer(
            {
                "bot": self._telegram.bot.as_me(),
                "people": [person.as_listed() for person in self._telegram.people.values()],
                "chats": [chat.as_listed() for chat in self._telegram.chats.all()],
                "largest_document": LARGEST_DOCUMENT_BYTES,
            }
        )

    async def _messages(self, request: web.Request) -> web.Response:
        chat = self._chat(Parameters(request.query), None)
        return _answer(
            {
                "messages": self._telegram.messages(chat.id),
                "last_event": self._telegram.events.last_id,
            }
        )

    async def _commands(self, request: web.Request) -> web.Response:
        query = Parameters(request.query)
        person = self._person(query)
        menu = self._telegram.menus.resolve(person, self._chat(query, person))
        return _answer({"commands": menu})

    async def _file(self, request: web.Request) -> web.Response:
        file = self._telegram.files.find(request.query.get("id", ""))
        if file is None:
            raise CannotDoError("That file is not kept any more.")
        return as_download(file)

    # What people do

    async def _play(self, body: Parameters) -> Json:
        """Let people do one thing after the other, each after the bot has dealt with the last."""
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
            if name in self._deeds and is_object(body):
                return await self._deeds[name](Parameters(body))
        raise CannotDoError(f"A step is one of {', '.join(self._deeds)}, with its fields.")

    async def _send(self, body: Parameters) -> Json:
        person = self._person(body)
        chat = self._chat(body, person)
        before = self._telegram.updates.last_id
        message = self._write(body, person, chat)
        sent_event = self._telegram.events.last_id
        await self._settle(body, before, chat, sent_event, lambda event: event.by_bot)
        return {"message": message, "replies": self._replies(chat, sent_event)}

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
            return telegram.send_photo(person, chat.id, caption, reply_to=reply_to)
        if document := read_document(body):
            name, mime_type, content = document
            return telegram.send_document(
                person, chat.id, name, content, mime_type, caption=caption, reply_to=reply_to
            )
        return telegram.send_text(
            person, chat.id, text, reply_to=reply_to, forwarded=body.boolean("forwarded")
        )

    async def _tap(self, body: Parameters) -> Json:
        """Tap the button of this `data`, or the one that says `button` (see find_button)."""
        person = self._person(body)
        chat = self._chat(body, person)
        before = self._telegram.updates.last_id
        event = self._telegram.events.last_id
        message_id, data = body.integer("message_id"), body.text("data")
        if body.has("button"):
            only = message_id if body.has("message_id") else None
            message_id, data = self._telegram.find_button(chat.id, body.text("button"), only)
        query_id = self._telegram.tap(person, chat.id, message_id, data)
        await self._settle(
            body,
            before,
            chat,
            event,
            lambda event: event.body.get("callback_query_id") == query_id,
        )
        answer = self._telegram.callback_answers.get(query_id)
        shown = answer and {"text": answer["text"], "show_alert": answer["show_alert"]}
        return {"answer": shown, "replies": self._replies(chat, event)}

    async def _language(self, body: Parameters) -> Json:
        person = self._person(body)
        self._telegram.set_language(person, body.text("language_code"))
        return {"person": person.as_listed()}

    async def _membership(self, body: Parameters) -> Json:
        """Block or unblock the bot, or have it join or leave a group, by a `person` of it."""
        if body.has("blocked"):
            person = self._person(body)
            change = self._telegram.block if body.boolean("blocked") else self._telegram.unblock
            change(person)
            return {"chat": self._telegram.chat(person.id).as_listed()}
        chat = self._chat(body, None)
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
        """Make a group with other `members`, in which the bot is not yet."""
        members = body.values.get("members", [])
        if not is_array(members):
            raise CannotDoError("`members` is a list of people.")
        people = [self._person(Parameters({"person": member})) for member in members]
        group = self._telegram.create_group(self._person(body), body.text("title"), people)
        return {"chat": group.as_listed()}

    async def _migrate(self, body: Parameters) -> Json:
        return {"chat": self._telegram.migrate(self._chat(body, None).id)}

    async def _add_fault(self, body: Parameters) -> Json:
        self._telegram.faults.add(
            method=body.text("method") or ANY_METHOD,
            times=body.integer("times", 1, minimum=1),
            status=body.integer("status") if body.has("status") else None,
            retry_after=body.integer("retry_after") if body.has("retry_after") else None,
            description=body.text("description") or None,
            delay=_seconds(body, "delay", 0.0),
            disconnect=body.boolean("disconnect"),
        )
        return {}

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._telegram.faults.clear()
        return _answer({})

    # Waiting for the bot

    async def _settle(
        self, body: Parameters, before: int, chat: Chat, event_id: int, is_answer: IsAnswer
    ) -> None:
        """Return when the bot has dealt with the update that was just made, or time is over."""
        wait = _seconds(body, "wait", DEFAULT_WAIT_SECONDS)
        update_id = self._telegram.updates.last_id
        if wait <= 0 or update_id == before:
            return
        confirmed = asyncio.ensure_future(self._telegram.updates.confirmed(update_id))
        answered = asyncio.ensure_future(self._answered(chat, event_id, is_answer))
        try:
            done, _ = await asyncio.wait(
                {confirmed, answered}, timeout=wait, return_when=asyncio.FIRST_COMPLETED
            )
            if answered in done:
                # There may be more to come, until the bot is done.
                await asyncio.wait({confirmed}, timeout=min(wait, UNCONFIRMED_SECONDS))
            elif done:
                # It may have stored the update, and answer in a moment, or not at all.
                await asyncio.wait({answered}, timeout=min(wait, GRACE_SECONDS))
        finally:
            confirmed.cancel()
            answered.cancel()

    async def _answered(self, chat: Chat, event_id: int, is_answer: IsAnswer) -> None:
        while not any(
            event.chat_id == chat.id and is_answer(event)
            for event in self._telegram.events.since(event_id)
        ):
            await self._telegram.events.next(chat.id)

    def _replies(self, chat: Chat, event_id: int) -> list[Json]:
        """Return the bot's messages in a chat since an event, each as it now is."""
        replies: dict[int, Json] = {}
        for event in self._telegram.events.since(event_id):
            if event.by_bot and event.chat_id == chat.id and event.type in BOT_CONTENT_EVENTS:
                message = event.body["message"]
                replies[message["message_id"]] = message
        return list(replies.values())

    # The stream of events

    async def _events(self, request: web.Request) -> web.StreamResponse:
        resumed = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        after = Parameters({"after": resumed}).integer("after", minimum=0)
        if after > self._telegram.events.last_id:
            after = 0  # a number from before this server's start
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with suppress(ConnectionResetError):  # the page was closed
            await response.prepare(request)
            await self._stream(response, after)
        return response

    async def _stream(self, response: web.StreamResponse, after: int) -> None:
        while not self._closing.is_set():
            events = self._telegram.events.since(after)
            if events:
                await response.write(b"".join(map(_as_sent, events)))
                after = events[-1].id
            elif not await self._happens_soon(after):
                await response.write(SIGN_OF_LIFE)

    async def _happens_soon(self, after: int) -> bool:
        """Wait for an event; return whether one came before a sign of life is due."""
        happened = asyncio.ensure_future(self._happened(after))
        slept = asyncio.ensure_future(self._sleep(SIGN_OF_LIFE_SECONDS))
        try:
            done, _ = await asyncio.wait({happened, slept}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            happened.cancel()
            slept.cancel()
        return happened in done

    async def _happened(self, after: int) -> None:
        while self._telegram.events.last_id <= after and not self._closing.is_set():
            await self._telegram.events.next()

    # Whom and where a request means

    def _person(self, body: Parameters) -> Person:
        named = body.text("person")
        for person in self._telegram.people.values():
            if named in {str(person.id), person.username}:
                return person
        raise CannotDoError(f"There is no person {named!r}.")

    def _chat(self, body: Parameters, person: Person | None) -> Chat:
        if body.has("chat"):
            return self._telegram.chat(body.big_integer("chat"))
        if person is None:
            raise CannotDoError("Which chat? Give its id as `chat`.")
        return self._telegram.chat(person.id)


async def _body(request: web.Request) -> Parameters:
    check_length(request)
    try:
        decoded = decode_json(await request.read())
    except ValueError as error:
        raise CannotDoError("The body must be JSON.") from error
    if not is_object(decoded):
        raise CannotDoError("The body must be a JSON object.")
    return Parameters(decoded)


def _answering(deed: Deed) -> Handler:
    async def answering(request: web.Request) -> web.Response:
        return _answer(await deed(await _body(request)))

    return answering


def _seconds(body: Parameters, name: str, default: float) -> float:
    value = body.values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotDoError(f"`{name}` is a number of seconds.")
    return float(max(0, min(value, LONGEST_SECONDS)))


def _answer(body: Json) -> web.Response:
    return web.json_response(body, dumps=_as_json)


def _as_sent(event: Event) -> bytes:
    return f"id: {event.id}\ndata: {_as_json(event.body)}\n\n".encode()


def _as_json(body: Json) -> str:
    """Write JSON that a person can read in a terminal; a lone surrogate has no UTF-8."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace").decode()
