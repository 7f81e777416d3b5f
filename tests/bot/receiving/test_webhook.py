import asyncio
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final

import aiohttp
import pytest

from bot.features.services import Services
from bot.receiving import webhook as webhook_module
from bot.receiving.wiring import Pipeline
from db.connection.errors import DatabaseAway
from db.updates.waiting_updates import WaitingUpdate
from fridge.outcomes import Fridge
from local_telegram.server import LocalTelegramServer
from local_telegram.state.recorded_calls import RecordedCall
from local_telegram.telegram import LocalTelegram
from tests.bot.conftest import ADMIN_ID
from tests.bot.conversation import GROUP, Conversation, seen
from tests.bot.running import SECRET, new_pipeline, webhook
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA: Final = 1002
ADDED: Final = "Added: 🥛 milk\n1 item in the fridge now."
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
JSON: Final = "application/json"


def answers_in(local: LocalTelegram, chat: int) -> list[str]:
    """What the bot has said in a chat."""
    return [seen(m["text"]) for m in local.messages(chat) if m["from"]["is_bot"]]


def calls_of(local: LocalTelegram, *methods: str) -> list[RecordedCall]:
    return [call for call in local.calls if call.method in methods]


def message(text: str, update_id: int = 1, chat: int = EMMA) -> dict[str, Any]:
    """An update with a command in a private chat."""
    command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1_772_366_400,
            "chat": {"id": chat, "type": "private", "first_name": "Emma"},
            "from": {"id": chat, "is_bot": False, "first_name": "Emma", "language_code": "en"},
            "text": text,
            "entities": [command],
        },
    }


class Telegram:
    """Posts what Telegram posts, or what somebody posts who is not Telegram."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def post(
        self, body: object, *, secret: str | None = SECRET
    ) -> tuple[int, dict[str, str], Any]:
        """The status, the headers, and the JSON of the answer or None."""
        data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with self._session.post(self.url, data=data, headers=headers) as response:
            answer = await response.json() if response.content_type == JSON else None
            return response.status, dict(response.headers), answer

    async def get(self) -> int:
        headers = {SECRET_HEADER: SECRET}
        async with self._session.get(self.url, headers=headers) as response:
            return response.status


@pytest.fixture
async def url(pipeline: Pipeline, unused_tcp_port: int) -> AsyncIterator[str]:
    """The bot at work behind a webhook, whose replies travel in its responses."""
    async with webhook(pipeline, unused_tcp_port) as url:
        yield url


@pytest.fixture
async def url_by_calls(pipeline: Pipeline, unused_tcp_port: int) -> AsyncIterator[str]:
    """The bot at work behind a webhook, whose replies are calls."""
    async with webhook(pipeline, unused_tcp_port, reply_in_response=False) as url:
        yield url


@pytest.fixture
async def people(telegram: LocalTelegramServer) -> AsyncIterator[Conversation]:
    async with aiohttp.ClientSession(telegram.url) as session:
        yield Conversation(session)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def poster(url: str, session: aiohttp.ClientSession) -> Telegram:
    return Telegram(session, url)


@pytest.fixture
async def poster_by_calls(url_by_calls: str, session: aiohttp.ClientSession) -> Telegram:
    return Telegram(session, url_by_calls)


class Away:
    """Stands in for a repository's method: fails as long as the database is away."""

    def __init__(self, work: Callable[..., Awaitable[Any]]) -> None:
        self._work = work
        self.is_away = True
        self.calls = 0

    async def __call__(self, *arguments: object) -> Any:  # noqa: ANN401 (whatever it does)
        self.calls += 1
        if self.is_away:
            raise DatabaseAway("connection refused")
        return await self._work(*arguments)


# With the reply in the response


async def test_when_the_response_comes_the_effect_is_committed(
    poster: Telegram, tables: Tables, telegram: LocalTelegramServer
) -> None:
    status, headers, answer = await poster.post(message("/add milk"))

    assert len(await tables.items(EMMA)) == 1
    assert status == 200
    assert headers["Content-Type"].startswith("application/json")
    assert answer["method"] == "sendMessage"
    assert answer["chat_id"] == EMMA
    assert seen(answer["text"]) == ADDED
    assert answer["parse_mode"] == "HTML"
    assert calls_of(telegram.telegram, "sendMessage") == []


async def test_buttons_and_questions_travel_in_the_response_too(poster: Telegram) -> None:
    _, _, question = await poster.post(message("/add", 1))
    assert question["method"] == "sendMessage"
    assert question["reply_markup"]["force_reply"] is True

    await poster.post(message("/add milk", 2))
    _, _, asked = await poster.post(message("/clear", 3))
    assert asked["method"] == "sendMessage"
    keys = [key["text"] for row in asked["reply_markup"]["inline_keyboard"] for key in row]
    assert keys == ["Empty it", "Cancel"]


async def test_the_edit_of_a_tap_is_made_before_the_response(
    poster: Telegram, people: Conversation, telegram: LocalTelegramServer
) -> None:
    await people.say("emma", "/add milk")
    question = await people.say("emma", "/clear")
    said = telegram.telegram.history.find(EMMA, question.message_id)
    assert said is not None
    tap = {
        "id": "77",
        "from": {"id": EMMA, "is_bot": False, "first_name": "Emma", "language_code": "en"},
        "message": said.body,
        "chat_instance": "1",
        "data": question.buttons["Empty it"],
    }

    status, _, answer = await poster.post({"update_id": 9, "callback_query": tap})

    assert (status, answer) == (200, {"method": "answerCallbackQuery", "callback_query_id": "77"})
    assert answers_in(telegram.telegram, EMMA)[-1] == "Emptied: 1 item is out."


async def test_a_notice_travels_in_the_response(
    poster: Telegram, telegram: LocalTelegramServer
) -> None:
    tap = {
        "id": "79",
        "from": {"id": EMMA, "is_bot": False, "first_name": "Emma", "language_code": "en"},
        "message": {"message_id": 1, "date": 1, "chat": chat_of_emma()},
        "chat_instance": "1",
        "data": "of an older version",
    }

    status, _, answer = await poster.post({"update_id": 9, "callback_query": tap})

    assert status == 200
    assert answer == {
        "method": "answerCallbackQuery",
        "callback_query_id": "79",
        "text": "This button is out of date. Please send the command again.",
    }
    assert calls_of(telegram.telegram, "editMessageText", "answerCallbackQuery") == []


async def test_what_needs_no_answer_is_acknowledged_with_nothing(poster: Telegram) -> None:
    for body in (
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 2, "message": {"chat": {"id": EMMA}, "text": 5}},
        {"update_id": 3},
    ):
        status, _, answer = await poster.post(body)
        assert (status, answer) == (200, None)


@pytest.mark.usefixtures("url")
async def test_to_somebody_who_blocked_the_bot_nothing_travels_in_the_response(
    people: Conversation, telegram: LocalTelegramServer, pipeline: Pipeline, tables: Tables
) -> None:
    local = telegram.telegram
    local.block(local.people[EMMA])

    async def is_known() -> bool:
        return local.updates.pending_count == 0

    await wait_until(is_known)
    pushed = message("/add milk")
    pushed["message"]["date"] = 0
    local.push_update({"message": pushed["message"]})
    await wait_until(is_known)

    assert len(await tables.items(EMMA)) == 1
    assert calls_of(local, "sendMessage") == []
    local.unblock(local.people[EMMA])
    assert "1 item\n" in (await people.say("emma", "/fridge")).text
    assert pipeline.queues.holds(EMMA) is False


# With calls only


async def test_with_the_setting_off_everything_is_a_call(
    poster_by_calls: Telegram, telegram: LocalTelegramServer
) -> None:
    status, _, answer = await poster_by_calls.post(message("/add milk"))

    assert (status, answer) == (200, None)
    assert answers_in(telegram.telegram, EMMA) == [ADDED]


async def test_with_the_setting_off_a_tap_is_all_calls(
    poster_by_calls: Telegram, people: Conversation, telegram: LocalTelegramServer
) -> None:
    await people.say("emma", "/add milk")
    question = await people.say("emma", "/clear")
    query = {
        "id": "78",
        "from": {"id": EMMA, "is_bot": False, "first_name": "Emma", "language_code": "en"},
        "message": {"message_id": question.message_id, "date": 1, "chat": chat_of_emma()},
        "chat_instance": "1",
        "data": question.buttons["Empty it"],
    }
    # Not pushed, so that it is not answered twice.
    telegram.telegram.callback_queries.recognise({"callback_query": query})

    status, _, answer = await poster_by_calls.post({"update_id": 9, "callback_query": query})

    assert (status, answer) == (200, None)
    assert answers_in(telegram.telegram, EMMA)[-1] == "Emptied: 1 item is out."
    assert "78" in telegram.telegram.callback_answers


def chat_of_emma() -> dict[str, Any]:
    return {"id": EMMA, "type": "private", "first_name": "Emma"}


async def test_with_the_setting_off_the_response_comes_when_the_reply_is_accepted(
    poster_by_calls: Telegram, telegram: LocalTelegramServer
) -> None:
    local = telegram.telegram
    local.faults.add(method="sendMessage", times=2, status=502)
    local.faults.add(method="sendMessage", times=1, retry_after=1)
    before = time.monotonic()

    status, _, _ = await poster_by_calls.post(message("/add milk"))

    assert time.monotonic() - before >= 1
    assert status == 200
    assert answers_in(local, EMMA) == [ADDED]


async def test_where_sending_takes_too_long_the_update_is_to_come_again(
    poster_by_calls: Telegram,
    telegram: LocalTelegramServer,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_module, "PATIENCE_SECONDS", 0.3)
    local = telegram.telegram
    local.faults.add(method="sendMessage", times=1, retry_after=2)

    status, headers, _ = await poster_by_calls.post(message("/add milk"))

    assert status == 503
    assert headers["Retry-After"] == "2"
    assert len(await tables.items(EMMA)) == 1
    monkeypatch.undo()
    status, _, _ = await poster_by_calls.post(message("/add milk"))
    assert status == 200
    assert answers_in(local, EMMA) == [ADDED]


async def test_who_waits_too_long_for_a_turn_is_to_come_again_too(
    poster_by_calls: Telegram,
    telegram: LocalTelegramServer,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telegram.telegram.faults.add(method="sendMessage", times=1, delay=1)
    first = asyncio.create_task(poster_by_calls.post(message("/add milk")))

    async def is_being_answered() -> bool:
        return len(await tables.items(EMMA)) == 1

    await wait_until(is_being_answered)
    monkeypatch.setattr(webhook_module, "PATIENCE_SECONDS", 0.1)

    # Otherwise Telegram, whose own patience is over, posts more and more that wait behind it.
    async with asyncio.timeout(20):
        status, _, _ = await poster_by_calls.post(message("/fridge", 2))

    assert status == 503
    assert not first.done()
    assert (await first)[0] == 200


async def test_what_can_not_be_answered_for_long_does_not_wait_here(
    poster_by_calls: Telegram, telegram: LocalTelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = telegram.telegram
    local.faults.add(method="sendMessage", times=1, retry_after=30)
    monkeypatch.setattr(webhook_module, "PATIENCE_SECONDS", 0.3)
    status, _, _ = await poster_by_calls.post(message("/add milk"))
    assert status == 503
    monkeypatch.undo()

    # A hundred of those, and no other chat would get through.
    async with asyncio.timeout(20):
        status, headers, _ = await poster_by_calls.post(message("/add milk"))

    assert status == 503
    assert 20 < int(headers["Retry-After"]) <= 30
    of_another, _, _ = await poster_by_calls.post(message("/fridge", 2, chat=1001))
    assert of_another == 200


@pytest.mark.parametrize(
    ("seconds", "status", "retry_after"), [(10_000, 503, "3600"), (2.5, 503, "3"), (0, 200, None)]
)
async def test_for_as_long_as_telegram_wants_no_message_and_an_hour_at_most_posts_come_again(
    *,
    poster: Telegram,
    pipeline: Pipeline,
    seconds: float,
    status: int,
    retry_after: str | None,
) -> None:
    pipeline.limits.hold(EMMA, seconds)

    answered, headers, _ = await poster.post(message("/fridge"))

    assert (answered, headers.get("Retry-After")) == (status, retry_after)


async def test_an_answer_to_a_group_is_a_call_because_the_group_may_have_become_another_chat(
    poster: Telegram, telegram: LocalTelegramServer
) -> None:
    asked = message("/fridge@fridge_bot", 5)
    asked["message"]["chat"] = {"id": GROUP, "type": "group", "title": "Family"}

    status, _, answer = await poster.post(asked)

    assert (status, answer) == (200, None)
    [call] = calls_of(telegram.telegram, "sendMessage")
    assert call.parameters["chat_id"] == GROUP
    assert call.parameters["reply_parameters"]["message_id"] == 5


@pytest.mark.usefixtures("url")
async def test_a_group_is_told_that_its_admin_was_answered_in_private(
    people: Conversation, telegram: LocalTelegramServer
) -> None:
    told = await people.say("admin", "/stats@fridge_bot", chat=GROUP)

    assert told.text == "답은 저와의 일대일 대화로 보내 드렸어요."
    assert "📊" in answers_in(telegram.telegram, ADMIN_ID)[-1]


# Limits on sending


async def test_past_the_limits_a_reply_waits_and_is_a_call(
    telegram: LocalTelegramServer,
    services: Services,
    unused_tcp_port: int,
    session: aiohttp.ClientSession,
) -> None:
    async with (
        new_pipeline(telegram, services, paced=True) as pipeline,
        webhook(pipeline, unused_tcp_port) as url,
    ):
        poster = Telegram(session, url)
        answers: list[Any] = []
        before = time.monotonic()
        for number in range(1, 5):
            status, _, answer = await poster.post(message("/fridge", number))
            assert status == 200
            answers.append(answer)
        took = time.monotonic() - before

    assert [answer is not None for answer in answers] == [True, True, True, False]
    assert took >= 0.9
    assert len(calls_of(telegram.telegram, "sendMessage")) == 1


# Faults


async def test_with_the_database_away_it_says_when_to_come_again(
    poster: Telegram, services: Services, monkeypatch: pytest.MonkeyPatch, tables: Tables
) -> None:
    away = Away(services.fridges.add)
    monkeypatch.setattr(services.fridges, "add", away)

    status, headers, _ = await poster.post(message("/add milk"))

    assert status == 503
    assert headers["Retry-After"] == "2"
    away.is_away = False
    status, _, answer = await poster.post(message("/add milk"))
    assert status == 200
    assert seen(answer["text"]) == ADDED
    assert len(await tables.items(EMMA)) == 1


async def test_what_came_while_the_database_was_away_is_delivered_again_and_answered(
    *,
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    services: Services,
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    local = telegram.telegram
    waits: list[float] = []
    away = Away(services.fridges.add)
    monkeypatch.setattr(services.fridges, "add", away)

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        away.is_away = len(waits) < 3
        await asyncio.sleep(0)

    monkeypatch.setattr(local, "sleep", wait)
    async with webhook(pipeline, unused_tcp_port):
        local.send_text(local.people[EMMA], EMMA, "/add milk")
        local.send_text(local.people[EMMA], EMMA, "/fridge")
        await asyncio.wait_for(local.updates.confirmed(local.updates.last_id), 60)

        async def both_are_answered() -> bool:
            return len(answers_in(local, EMMA)) == 2

        await wait_until(both_are_answered)

    assert waits == [2.0] * 3
    first, second = answers_in(local, EMMA)
    assert first == ADDED
    assert "milk" in second
    complaints = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(complaints) == 1


async def test_a_bug_is_apologised_for_in_the_response(
    poster: Telegram, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_chat: int, _now: object) -> Fridge:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    monkeypatch.setattr(services.fridges, "list", fail)

    status, _, answer = await poster.post(message("/fridge"))

    assert status == 200
    assert answer["text"] == "Sorry, something went wrong on my side. Please send that again."
    assert (await services.failed_updates.summary(services.started_at.replace(year=2000))).count


async def test_what_can_not_even_be_recorded_is_logged_and_does_not_come_again(
    poster: Telegram,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(*_: object) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    monkeypatch.setattr(services.fridges, "list", fail)
    monkeypatch.setattr(services.failed_updates, "record", fail)

    status, _, answer = await poster.post(message("/fridge", 5))

    assert (status, answer) == (200, None)
    assert caplog.messages[-1] == "Update 5 could not be processed"
    status, _, answer = await poster.post(message("/add milk", 6))
    assert seen(answer["text"]) == ADDED


async def test_what_a_bot_that_polled_has_left_comes_first(
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    services: Services,
    unused_tcp_port: int,
    session: aiohttp.ClientSession,
) -> None:
    local = telegram.telegram
    left = message("/add milk", 5)
    await services.waiting_updates.put([WaitingUpdate(EMMA, 5, json.dumps(left))])
    local.faults.add(method="sendMessage", times=1, delay=1)
    async with webhook(pipeline, unused_tcp_port) as url:
        poster = Telegram(session, url)
        await pipeline.queues.resume()

        status, headers, _ = await poster.post(message("/fridge", 6))
        of_another, _, _ = await poster.post(message("/fridge", 7, chat=1001))

        assert (status, headers["Retry-After"]) == (503, "2")
        assert of_another == 200
        await local.wait_for_message(EMMA)

        async def is_handled() -> bool:
            return not pipeline.queues.holds(EMMA)

        await wait_until(is_handled)
        status, _, answer = await poster.post(message("/fridge", 6))
    assert answers_in(local, EMMA) == [ADDED]
    assert status == 200
    assert "milk" in answer["text"]


# Strangers and rubbish


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET.upper(), "gehe\u00efm", None])
async def test_who_does_not_know_the_secret_is_sent_away(
    poster: Telegram, tables: Tables, secret: str | None
) -> None:
    status, _, _ = await poster.post(message("/add milk"), secret=secret)

    assert status == 403
    assert await tables.items(EMMA) == []


async def test_nothing_but_posts_is_taken(poster: Telegram) -> None:
    assert await poster.get() == 405


async def test_other_paths_are_not_there(poster: Telegram) -> None:
    poster.url += "/else"

    status, _, _ = await poster.post(message("/add milk"))

    assert status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[" * 100_000,
        b"\xff\xfe",
        [],
        {},
        5,
        {"update_id": "1"},
        {"update_id": 1.5},
        {"message": {}},
    ],
    ids=lambda body: repr(body)[:20],
)
async def test_what_is_no_update_is_refused(poster: Telegram, body: object) -> None:
    status, _, _ = await poster.post(body)

    assert status == 400


async def test_a_body_that_is_too_large_is_acknowledged_so_that_it_does_not_come_again(
    poster: Telegram, caplog: pytest.LogCaptureFixture, tables: Tables
) -> None:
    large = message("/add milk " + "x" * (1024 * 1024))

    status, _, answer = await poster.post(large)

    assert (status, answer) == (200, None)
    assert any("was dropped" in line for line in caplog.messages)
    assert await tables.items(EMMA) == []


# At Telegram


@pytest.mark.usefixtures("url")
async def test_it_registers_itself(telegram: LocalTelegramServer, unused_tcp_port: int) -> None:
    [call] = calls_of(telegram.telegram, "setWebhook")

    assert call.parameters == {
        "url": f"http://127.0.0.1:{unused_tcp_port}/hook",
        "secret_token": SECRET,
        "max_connections": 100,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }


@pytest.mark.usefixtures("url")
async def test_the_updates_of_many_chats_are_answered_each_chats_in_its_order(
    telegram: LocalTelegramServer,
) -> None:
    local = telegram.telegram
    people: Sequence[Any] = [local.add_person(5000 + n, f"Cook {n}", "en") for n in range(20)]
    for number in range(5):
        for person in people:
            local.send_text(person, person.id, f"/add thing {number}")

    async def all_are_answered() -> bool:
        return all(len(answers_in(local, person.id)) >= 5 for person in people)

    await wait_until(all_are_answered)
    for person in people:
        answers = answers_in(local, person.id)
        assert [f"Added: thing {n}\n" in a for n, a in enumerate(answers)] == [True] * 5
