"""The routes below /playground, which the chat page and scripts use to act for people."""

from aiohttp import web

from local_telegram.actions.writing import LARGEST_DOCUMENT_BYTES
from local_telegram.http.middlewares import Handler
from local_telegram.playground.actions import Action, PlaygroundActions
from local_telegram.playground.answers import answer
from local_telegram.playground.documents import as_download
from local_telegram.playground.event_stream import EventStreams
from local_telegram.playground.requests import (
    find_chat,
    find_person,
    read_body,
    read_seconds,
)
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.clock import Sleep
from local_telegram.state.faults import ANY_METHOD
from local_telegram.telegram import LocalTelegram


class PlaygroundRoutes:
    """Answers the chat page and scripts; `sleep` times the heartbeats of the event streams."""

    def __init__(self, telegram: LocalTelegram, sleep: Sleep) -> None:
        self._telegram = telegram
        self._actions = PlaygroundActions(telegram)
        self._streams = EventStreams(telegram.events, sleep)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for an aiohttp application."""
        actions = [
            web.post(f"/playground/{name}", _explained(_answering(action)))
            for name, action in self._actions.by_name().items()
        ]
        return [
            *actions,
            web.get("/playground/state", _explained(self._state)),
            web.get("/playground/messages", _explained(self._messages)),
            web.get("/playground/commands", _explained(self._commands)),
            web.get("/playground/events", _explained(self._streams.serve)),
            web.get("/playground/file", _explained(self._file)),
            web.post("/playground/faults", _explained(_answering(self._add_fault))),
            web.delete("/playground/faults", _explained(self._clear_faults)),
        ]

    def close(self) -> None:
        """End the streams of events."""
        self._streams.close()

    async def _state(self, _request: web.Request) -> web.Response:
        return answer(
            {
                "bot": self._telegram.bot.as_me(),
                "people": [person.as_listed() for person in self._telegram.people.values()],
                "chats": [chat.as_listed() for chat in self._telegram.chats.all()],
                "largest_document": LARGEST_DOCUMENT_BYTES,
            }
        )

    async def _messages(self, request: web.Request) -> web.Response:
        chat = find_chat(self._telegram, Parameters(request.query), None)
        return answer(
            {
                "messages": self._telegram.messages(chat.id),
                "last_event": self._telegram.events.last_id,
            }
        )

    async def _commands(self, request: web.Request) -> web.Response:
        query = Parameters(request.query)
        person = find_person(self._telegram, query)
        chat = find_chat(self._telegram, query, person)
        return answer({"commands": self._telegram.menus.resolve(person, chat)})

    async def _file(self, request: web.Request) -> web.Response:
        file = self._telegram.files.find(request.query.get("id", ""))
        if file is None:
            raise CannotDoError("That file is not kept any more.")
        return as_download(file)

    async def _add_fault(self, body: Parameters) -> Json:
        self._telegram.faults.add(
            method=body.text("method") or ANY_METHOD,
            times=body.integer("times", 1, minimum=1),
            status=body.integer("status") if body.has("status") else None,
            retry_after=body.integer("retry_after") if body.has("retry_after") else None,
            description=body.text("description") or None,
            delay=read_seconds(body, "delay", 0.0),
            disconnect=body.boolean("disconnect"),
        )
        return {}

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._telegram.faults.clear()
        return answer({})


def _answering(action: Action) -> Handler:
    async def answering(request: web.Request) -> web.Response:
        return answer(await action(await read_body(request)))

    return answering


def _explained(handler: Handler) -> Handler:
    """Return a handler that answers CannotDoError with its sentence."""

    async def explained(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except CannotDoError as error:
            return answer({"error": str(error)}, 400)

    return explained
