"""What is delivered again changes nothing, and is answered as it was the first time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.features.services import Services
from bot.receiving.wiring import Pipeline
from local_telegram.server import LocalTelegramServer
from local_telegram.state.update_queue import PendingUpdate
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import seen
from tests.bot.running import SECRET, new_pipeline, polling, webhook
from tests.conftest import Clock
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA: Final = 1002
ADMIN: Final = 1003
FIRST_DATE: Final = 1_772_366_400
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
TABLES: Final = (
    "user_fridge_sessions",
    "user_fridge_ingredients",
    "chat_settings",
    "handled_requests",
    "job_runs",
    "failed_updates",
    "waiting_updates",
)

Raw = Mapping[str, Any]
Contents = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is written before, the request that comes again, its answer, and what comes between.

    A request that begins with `tap:` taps that button under the last message of the bot.
    """

    before: Sequence[str]
    request: str
    answer: str
    between: Sequence[str]
    person: int = EMMA


SCENES: Final = {
    "add": Scene(
        before=["/add eggs"],
        request="/add milk, eggs, tofu",
        answer="Added: 🥛 milk, 🥢 tofu\nAlready there: 🥚 egg\n3 items in the fridge now.",
        between=["/remove milk, eggs", "/add butter"],
    ),
    "remove": Scene(
        before=["/add milk, eggs"],
        request="/remove milk, tofu",
        answer="Taken out: 🥛 milk\nNot in the fridge: 🥢 tofu\n1 item in the fridge now.",
        between=["/add milk, tofu", "/add butter"],
    ),
    "clear": Scene(
        before=["/add milk, eggs", "/clear"],
        request="tap:Empty it",
        answer="Emptied: 2 items are out.",
        between=["/add milk, tofu"],
    ),
    "keep": Scene(
        before=["/add milk"],
        request="/keep",
        answer="Kept for another 24 hours, with 1 item.",
        between=["/add tofu", "/remove milk"],
    ),
    "keep what is not there": Scene(
        before=["/fridge"],
        request="/keep",
        answer="There is nothing to keep yet. Put something in: /add milk, eggs",
        between=["/add tofu"],
    ),
    "language": Scene(
        before=["/language"],
        request="tap:한국어",
        answer="이제 여기서는 한국어로 말할게요.",
        between=["/language", "tap:English", "/add milk"],
    ),
    "a list that is put in": Scene(
        before=["/add milk", "/import milk, quark"],
        request="tap:Put all in",
        answer="Added: quark\nAlready there: 🥛 milk\n2 items in the fridge now.",
        between=["/remove quark, milk"],
    ),
    "answer to a question": Scene(
        before=["/add eggs", "/remove"],
        request="reply:eggs",
        answer="Taken out: 🥚 egg\nThe fridge is empty now.",
        between=["/add eggs"],
    ),
    "plain words": Scene(
        before=["/add eggs"],
        request="milk, eggs, quark",
        answer=(
            "Added: 🥛 milk\nAlready there: 🥚 egg\n2 items in the fridge now.\n\n"
            "New to me: quark. Put it in?"
        ),
        between=["/remove milk", "/add quark"],
    ),
    "offer": Scene(
        before=["quark, labneh"],
        request="tap:Add “quark”",
        answer="Added: quark\n1 item in the fridge now.",
        between=["/remove quark", "/add milk"],
    ),
    "two acts": Scene(
        before=["/add milk, quark"],
        request="finished the quark. bought eggs",
        answer="Taken out: quark\nAdded: 🥚 egg\n2 items in the fridge now.",
        between=["/remove eggs", "/add butter"],
    ),
    "an act below a name that goes": Scene(
        before=["/add milk, quark"],
        request="not out of quark. add tofu",
        answer=(
            "All right, everything stays as it is.\nAdded: 🥢 tofu\n3 items in the fridge now."
        ),
        between=["/remove quark, tofu"],
    ),
    "an act below a name that comes": Scene(
        before=["/add milk"],
        request="nobody drank the labneh\nbought 2 eggs",
        answer="Added: 🥚 egg ×2\n2 items in the fridge now.",
        between=["/add labneh", "/remove eggs"],
    ),
    "correction": Scene(
        before=["/add tomatto, milk"],
        request="tap:Did you mean 🍅 tomato?",
        answer="Changed: tomatto → 🍅 tomato\n2 items in the fridge now.",
        between=["/remove tomato", "/add tomatto, eggs"],
    ),
    "cleanup": Scene(
        before=["/add milk"],
        request="/cleanup",
        answer="만료된 세션 1개를 정리했어요.",
        between=["/add tofu", "/stats"],
        person=ADMIN,
    ),
}

PRESENT: Final = {
    "undo": Scene(
        before=["/add milk, eggs"],
        request="tap:↩ Undo",
        answer="Undone. Out again: 🥚 egg, 🥛 milk",
        between=["/add milk"],
    ),
    "question": Scene(
        before=["/add milk, quark"],
        request="do I have quark?",
        answer="Yes, you have quark.",
        between=["/remove quark"],
    ),
    "question beside an act": Scene(
        before=["/add milk, quark"],
        request="bought eggs. do I have milk?",
        answer="Added: 🥚 egg",
        between=["/remove quark, eggs"],
    ),
    "text of which all is offered": Scene(
        before=["/add milk"],
        request="quark, labneh",
        answer="New to me: quark, labneh. Put them in?",
        between=["/add quark"],
    ),
    "correction of what was put in last": Scene(
        before=["/add milk", "/add 2 eggs"],
        request="no, 3 eggs",
        answer="Changed: 🥚 egg ×2 → ×3",
        between=["/add 5 tofu"],
    ),
    "another thing for what was put in last": Scene(
        before=["/add 2 milk", "/add 2 quark"],
        request="no, tofu",
        answer="Changed: quark ×2 → 🥢 tofu",
        between=["/add quark"],
    ),
}
"""Requests whose answers show, as far as they go on, the fridge as it is."""


class House:
    """People who write to the bot, and a Telegram that delivers what they wrote again."""

    def __init__(self, local: LocalTelegram, post: Callable[[Raw], Awaitable[None]]) -> None:
        self._local = local
        self._post = post
        self.delivered: list[Raw] = []
        deliver = local.updates.on_added

        def note(update: PendingUpdate) -> None:
            self.delivered.append(update.body)
            deliver(update)

        local.updates.on_added = note

    async def write(self, request: str, person_id: int = EMMA) -> str:
        """Let somebody write or tap, and return what is answered."""
        said = len(self.said)
        person = self._local.people[person_id]
        kind, _, rest = request.rpartition(":")
        match kind:
            case "tap":
                last = self._local.messages(person_id)[-1]
                [data] = [
                    button["callback_data"]
                    for row in last["reply_markup"]["inline_keyboard"]
                    for button in row
                    if button["text"] == rest
                ]
                self._local.tap(person, person_id, last["message_id"], data)
            case "reply":
                last = self._local.messages(person_id)[-1]
                self._local.send_text(person, person_id, rest, reply_to=last["message_id"])
            case _:
                self._local.send_text(person, person_id, request)
        return await self._next(said)

    async def again(self, update: Raw) -> str:
        """Deliver an update once more, as it was, and return what is answered."""
        said = len(self.said)
        await self._post(update)
        return await self._next(said)

    async def as_a_new_one(self, update: Raw) -> str:
        """Deliver what an update holds under another id, and return what is answered."""
        said = len(self.said)
        self._local.push_update({k: v for k, v in update.items() if k != "update_id"})
        return await self._next(said)

    @property
    def said(self) -> list[str]:
        """All that the bot has said, also where the message already said so."""
        return [
            seen(call.parameters["text"])
            for call in self._local.calls
            if call.method in {"sendMessage", "editMessageText"}
        ]

    async def _next(self, said: int) -> str:
        async def is_answered() -> bool:
            return len(self.said) > said and not self._local.updates.pending_count

        await wait_until(is_answered)
        [answer] = self.said[said:]
        return without_tags(answer)


def without_tags(html: str) -> str:
    return html.replace("<b>", "").replace("</b>", "")


@pytest.fixture(params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


Start = Callable[[], Awaitable[Pipeline]]


@pytest.fixture
async def start(
    mode: str, telegram: LocalTelegramServer, services: Services, unused_tcp_port: int
) -> AsyncIterator[Start]:
    """Starts the bot; the one that ran before is stopped."""
    stack = AsyncExitStack()

    def running(pipeline: Pipeline) -> AbstractAsyncContextManager[object]:
        if mode == "polling":
            return polling(pipeline)
        return webhook(pipeline, unused_tcp_port, reply_in_response=False)

    async def start() -> Pipeline:
        await stack.aclose()
        pipeline = await stack.enter_async_context(new_pipeline(telegram, services))
        await stack.enter_async_context(running(pipeline))
        return pipeline

    yield start
    await stack.aclose()


@pytest.fixture
async def post(unused_tcp_port: int) -> AsyncIterator[Callable[[Raw], Awaitable[int]]]:
    """Posts an update to the webhook, and gives the status."""
    async with aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as session:

        async def post(raw: Raw) -> int:
            url = f"http://127.0.0.1:{unused_tcp_port}/hook"
            async with session.post(url, json=raw) as response:
                return response.status

        yield post


@pytest.fixture
def contents(engine: AsyncEngine) -> Callable[[], Awaitable[Contents]]:
    """Everything that is in the tables, and in which version."""

    async def read() -> Contents:
        async with engine.connect() as connection:
            return {
                table: [
                    str(row)
                    for row in await connection.execute(
                        text(f"SELECT xmin::text, * FROM {table} ORDER BY 2, 3")
                    )
                ]
                for table in TABLES
            }

    return read


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
async def test_what_comes_again_changes_nothing_and_is_answered_as_the_first_time(
    *,
    mode: str,
    start: Start,
    post: Callable[[Raw], Awaitable[int]],
    telegram: LocalTelegramServer,
    services: Services,
    contents: Callable[[], Awaitable[Contents]],
    clock: Clock,
    scene: Scene,
) -> None:
    pipeline = await start()

    async def deliver(raw: Raw) -> None:
        if mode == "polling":
            await pipeline.queues.accept([raw])
        else:
            assert await post(raw) == 200

    house = House(telegram.telegram, deliver)
    for written in scene.before:
        await house.write(written, scene.person)
    if scene.request == "/cleanup":
        clock.advance(hours=25)
    clock.advance(minutes=10)
    assert await house.write(scene.request, scene.person) == scene.answer
    update = house.delivered[-1]

    at_once = await contents()
    assert await house.again(update) == scene.answer
    assert await house.as_a_new_one(update) == scene.answer
    assert await contents() == at_once

    for written in scene.between:
        clock.advance(minutes=10)
        await house.write(written, scene.person)
    clock.advance(minutes=10)
    later = await contents()
    assert later != at_once
    assert await house.again(update) == scene.answer
    assert await house.as_a_new_one(update) == scene.answer
    assert await contents() == later

    pipeline = await start()
    clock.advance(minutes=10)
    assert await house.as_a_new_one(update) == scene.answer
    assert await house.again(update) == scene.answer
    assert await contents() == later

    await services.sessions.purge_expired(clock.advance(hours=25))
    purged = await contents()
    assert not purged["user_fridge_sessions"]
    assert await house.again(update) == scene.answer
    assert await house.as_a_new_one(update) == scene.answer
    assert await contents() == purged


@pytest.mark.parametrize("scene", PRESENT.values(), ids=PRESENT)
@pytest.mark.parametrize("mode", ["polling"])
async def test_what_is_answered_with_the_present_fridge_changes_nothing_when_it_comes_again(
    *,
    start: Start,
    telegram: LocalTelegramServer,
    services: Services,
    contents: Callable[[], Awaitable[Contents]],
    clock: Clock,
    scene: Scene,
) -> None:
    pipeline = await start()
    house = House(telegram.telegram, lambda raw: pipeline.queues.accept([raw]))
    for written in scene.before:
        await house.write(written)
    used_before = (await contents())["user_fridge_sessions"]
    clock.advance(minutes=2)
    assert (await house.write(scene.request)).partition("\n")[0] == scene.answer
    update = house.delivered[-1]
    at_once = await contents()
    assert at_once["user_fridge_sessions"] != used_before

    clock.advance(minutes=20)
    await house.again(update)
    await house.as_a_new_one(update)
    assert await contents() == at_once

    for written in scene.between:
        await house.write(written)
    clock.advance(minutes=20)
    later = await contents()
    await house.again(update)
    assert await contents() == later

    await services.sessions.purge_expired(clock.advance(hours=25))
    purged = await contents()
    assert not purged["user_fridge_sessions"]
    await house.again(update)
    assert await contents() == purged


@pytest.mark.parametrize("mode", ["webhook"])
async def test_what_comes_twice_at_the_same_time_is_done_once_and_answered_alike(
    start: Start,
    post: Callable[[Raw], Awaitable[int]],
    telegram: LocalTelegramServer,
    tables: Tables,
) -> None:
    await start()
    local = telegram.telegram
    command = {"type": "bot_command", "offset": 0, "length": 4}
    update = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1_772_366_400,
            "chat": {"id": EMMA, "type": "private", "first_name": "Emma"},
            "from": {"id": EMMA, "is_bot": False, "first_name": "Emma", "language_code": "en"},
            "text": "/add milk, eggs",
            "entities": [command],
        },
    }

    assert await asyncio.gather(*(post(update) for _ in range(8))) == [200] * 8

    answers = [seen(m["text"]) for m in local.messages(EMMA)]
    assert answers == ["Added: 🥛 milk, 🥚 egg\n2 items in the fridge now."] * 8
    assert len(await tables.items(EMMA)) == 2


async def test_the_same_message_id_in_another_chat_is_another_message(
    start: Start, telegram: LocalTelegramServer, tables: Tables
) -> None:
    await start()
    local = telegram.telegram
    said = local.send_text(local.people[EMMA], EMMA, "/add milk")
    await local.wait_for_message(EMMA)

    local.push_update({"message": {**said, "chat": {"id": 1001, "type": "private"}}})

    assert seen((await local.wait_for_message(1001))["text"]).startswith("Added: 🥛 milk")
    assert [len(await tables.items(chat)) for chat in (EMMA, 1001)] == [1, 1]


@dataclass(frozen=True, slots=True)
class BeginningAnew:
    """A Telegram that gives each message the number 1, and each tap the number 2."""

    local: LocalTelegram

    async def write(self, text: str, date: int) -> str:
        """Let Emma's message of a date come, and give the answer."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        return await self._push(
            {
                "message": {
                    "message_id": 1,
                    "date": date,
                    "chat": {"id": EMMA, "type": "private"},
                    "from": self.local.people[EMMA].as_user(),
                    "text": text,
                    "entities": [command],
                }
            }
        )

    async def tap(self, data: str, date: int) -> str:
        """Let Emma tap a button under the bot's last message, as if that were of a date."""
        query = {"id": "2", "from": self.local.people[EMMA].as_user(), "data": data}
        tapped = {**self.local.messages(EMMA)[-1], "date": date}
        return await self._push({"callback_query": {**query, "message": tapped}})

    async def _push(self, update: Raw) -> str:
        seen_so_far = self.local.events.last_id
        self.local.push_update(dict(update))
        answer = await self.local.wait_for_message(EMMA, after_event=seen_so_far)
        return without_tags(seen(answer["text"]))


async def test_a_number_that_a_server_gives_again_with_another_date_is_another_message(
    start: Start, telegram: LocalTelegramServer, services: Services, tables: Tables
) -> None:
    await start()
    anew = BeginningAnew(telegram.telegram)

    assert (await anew.write("/add milk", FIRST_DATE)).startswith("Added: 🥛 milk")
    assert (await anew.write("/add eggs", FIRST_DATE + 1)).startswith("Added: 🥚 egg")
    assert (await anew.write("/add eggs", FIRST_DATE + 1)).startswith("Added: 🥚 egg")

    assert (await anew.write("/import salt", FIRST_DATE + 2)).startswith("1 thing in the list")
    assert (await anew.tap("import:no:m1", FIRST_DATE)).startswith("Nothing was put in")
    assert len(await tables.items(EMMA)) == 2

    for number, language in enumerate(("ko", "en")):
        await anew.tap(f"language:{language}", FIRST_DATE + number)
    assert await services.chats.language(EMMA) == "en"
