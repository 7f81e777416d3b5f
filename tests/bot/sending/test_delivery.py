import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import NetworkError

from bot.features.services import Services
from bot.receiving.chat_queues import GRACE_SECONDS
from bot.receiving.wiring import Pipeline
from bot.sending.reply_calls import query_call
from bot.telegram.aiohttp_request import AiohttpRequest
from bot.telegram.calls import ApiCall
from local_telegram.server import LocalTelegramServer
from local_telegram.state.recorded_calls import RecordedCall
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, Conversation, seen
from tests.bot.running import new_pipeline, polling
from tests.conftest import Clock
from tests.db.tables import Tables
from tests.waiting import wait_until

EMMA = 1002
ADDED = "Added: 🥛 milk\n1 item in the fridge now."
BLOCKED = "Forbidden: bot was blocked by the user"
APOLOGY = "Sorry, something went wrong on my side. Please send that again."


def answers_in(local: LocalTelegram, chat: int) -> list[str]:
    """What the bot has said in a chat."""
    return [seen(m["text"]) for m in local.messages(chat) if m["from"]["is_bot"]]


async def answer_to(local: LocalTelegram, text: str, seconds: float = 10) -> str:
    """What the bot says to something that Emma writes."""
    said = local.send_text(local.people[EMMA], EMMA, text)
    reply = await local.wait_for_message(EMMA, after=said["message_id"], timeout=seconds)
    return seen(reply["text"])


def calls_of(local: LocalTelegram, *methods: str) -> list[RecordedCall]:
    return [call for call in local.calls if call.method in methods]


Failures = Callable[[], Awaitable[Sequence[RowMapping]]]


@pytest.fixture
def failures(engine: AsyncEngine) -> Failures:
    """The recorded failures."""

    async def read() -> Sequence[RowMapping]:
        async with engine.connect() as connection:
            rows = await connection.execute(text("SELECT * FROM failed_updates"))
            return rows.mappings().all()

    return read


# What passes


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_reply_that_a_server_fails_to_take_is_sent_again(
    telegram: LocalTelegramServer, failures: Failures, status: int
) -> None:
    telegram.telegram.faults.add(method="sendMessage", times=2, status=status)

    assert await answer_to(telegram.telegram, "/add milk") == ADDED

    assert answers_in(telegram.telegram, EMMA) == [ADDED]
    assert await failures() == []


@pytest.mark.usefixtures("bot")
async def test_a_reply_whose_connection_is_cut_is_sent_again(
    telegram: LocalTelegramServer, failures: Failures
) -> None:
    telegram.telegram.faults.add(method="sendMessage", times=2, disconnect=True)

    assert await answer_to(telegram.telegram, "/add milk") == ADDED

    assert answers_in(telegram.telegram, EMMA) == [ADDED]
    assert await failures() == []


async def test_a_reply_that_takes_too_long_is_sent_again(
    telegram: LocalTelegramServer, services: Services
) -> None:
    http = AiohttpRequest(read_timeout=0.3)
    local = telegram.telegram
    local.faults.add(method="sendMessage", times=1, delay=20)
    async with new_pipeline(telegram, services, http=http) as pipeline, polling(pipeline):
        local.send_text(local.people[EMMA], EMMA, "/add milk")

        reply = await local.wait_for_message(EMMA)

    assert seen(reply["text"]) == ADDED


@pytest.mark.usefixtures("bot")
async def test_a_flood_limit_is_waited_out_for_as_long_as_it_says(
    telegram: LocalTelegramServer,
) -> None:
    telegram.telegram.faults.add(method="sendMessage", times=2, retry_after=1)
    before = time.monotonic()

    assert await answer_to(telegram.telegram, "/add milk") == ADDED

    assert time.monotonic() - before >= 2
    assert answers_in(telegram.telegram, EMMA) == [ADDED]


@pytest.mark.parametrize("grace", [GRACE_SECONDS])
async def test_a_chat_that_has_to_wait_makes_no_other_wait(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    local = telegram.telegram
    local.faults.add(method="sendMessage", times=1, retry_after=4)
    assert await bot.hear("emma", "/add milk") == []

    assert (await bot.say("minji", "/add 우유")).text

    assert answers_in(local, EMMA) == []
    await local.wait_for_message(EMMA)


async def test_the_answer_to_a_tap_is_held_up_by_a_flood_limit_too(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    telegram.telegram.faults.add(method="answerCallbackQuery", times=1, retry_after=1)
    telegram.telegram.faults.add(method="editMessageText", times=1, status=502)
    before = time.monotonic()
    local = telegram.telegram

    query_id = local.tap(
        local.people[EMMA], EMMA, question.message_id, question.buttons["Empty it"]
    )

    async def is_answered() -> bool:
        return query_id in local.callback_answers

    await wait_until(is_answered)
    assert time.monotonic() - before >= 1
    assert answers_in(local, EMMA)[-1] == "Emptied: 1 item is out."


async def test_a_tap_that_is_answered_too_soon_holds_up_no_message(
    pipeline: Pipeline, telegram: LocalTelegramServer
) -> None:
    telegram.telegram.faults.add(method="answerCallbackQuery", times=1, retry_after=1)

    await pipeline.delivery.deliver(query_call("7", EMMA))

    assert len(calls_of(telegram.telegram, "answerCallbackQuery")) == 2
    assert len(pipeline.limits) == 0


async def test_an_edit_that_came_too_soon_holds_up_what_else_is_said_in_the_chat(
    bot: Conversation, telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    local = telegram.telegram
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    local.faults.add(method="editMessageText", times=1, retry_after=1)

    local.tap(local.people[EMMA], EMMA, question.message_id, question.buttons["Empty it"])

    async def is_held() -> bool:
        return pipeline.limits.seconds_held(EMMA) > 0

    await wait_until(is_held)
    assert not pipeline.delivery.take_for_response(
        ApiCall("sendMessage", EMMA, {}, counts_as_message=True)
    )

    async def is_edited() -> bool:
        return answers_in(local, EMMA)[-1] == "Emptied: 1 item is out."

    await wait_until(is_edited)
    assert pipeline.limits.seconds_held(EMMA) == 0


@pytest.mark.usefixtures("bot")
async def test_many_faults_are_two_lines_in_the_log(
    telegram: LocalTelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    telegram.telegram.faults.add(method="sendMessage", times=3, status=502)

    await answer_to(telegram.telegram, "/add milk")

    async def is_over() -> bool:
        return len(caplog.messages) >= 2

    await wait_until(is_over)
    beginning, end = caplog.messages
    assert beginning.startswith("Sending fails (1 times by now), trying again until it works:")
    assert end.startswith("Sending works again, after")


# What is final


def set_ahead(clock: Clock, local: LocalTelegram) -> None:
    """Let everything that people write be older than what becomes of it."""
    clock.now = local.clock()
    clock.advance(hours=1)


async def test_to_somebody_who_blocked_the_bot_nothing_more_is_sent_until_that_ends(
    bot: Conversation,
    telegram: LocalTelegramServer,
    tables: Tables,
    failures: Failures,
    clock: Clock,
) -> None:
    local = telegram.telegram
    set_ahead(clock, local)
    local.faults.add(method="sendMessage", times=1, status=403, description=BLOCKED)
    assert await bot.hear("emma", "/add milk") == []
    tried = len(calls_of(local, "sendMessage"))

    assert await bot.hear("emma", "/add eggs") == []
    assert len(calls_of(local, "sendMessage")) == tried
    assert len(await tables.items(EMMA)) == 2
    assert (await bot.say("minji", "/add 우유")).text

    local.block(local.people[EMMA])
    local.unblock(local.people[EMMA])
    reply = await bot.say("emma", "/add tofu")
    assert reply.text.endswith("3 items in the fridge now.")
    assert await failures() == []


async def test_who_writes_after_the_bot_was_blocked_has_unblocked_it(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    telegram.telegram.faults.add(method="sendMessage", times=1, status=403, description=BLOCKED)
    assert await bot.hear("emma", "/add milk") == []

    # That it is unblocked was told to another replica.
    assert (await bot.say("emma", "/add eggs")).text == "Added: 🥚 egg\n2 items in the fridge now."


async def test_who_taps_a_button_after_the_bot_was_blocked_has_unblocked_it_too(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    telegram.telegram.faults.add(method="sendMessage", times=1, status=403, description=BLOCKED)
    assert await bot.hear("emma", "/fridge") == []

    [edited] = (await bot.tap("emma", question, "Empty it")).messages

    assert edited.text == "Emptied: 1 item is out."


async def test_what_was_written_before_the_bot_was_blocked_is_done_and_not_answered(
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    tables: Tables,
    failures: Failures,
    clock: Clock,
) -> None:
    local = telegram.telegram
    set_ahead(clock, local)
    emma = local.people[EMMA]
    local.send_text(emma, EMMA, "/add milk")
    local.send_text(emma, EMMA, "/add eggs")
    local.block(emma)
    async with polling(pipeline):

        async def both_are_in() -> bool:
            return len(await tables.items(EMMA)) == 2

        await wait_until(both_are_in)
        # The first answer is refused; that is enough.
        assert len(calls_of(local, "sendMessage")) == 1
        local.unblock(emma)
        local.send_text(emma, EMMA, "/add tofu")
        reply = await local.wait_for_message(EMMA)
    assert seen(reply["text"]).endswith("3 items in the fridge now.")
    assert await failures() == []


async def test_a_group_that_puts_the_bot_out_and_takes_it_back_is_answered_again(
    bot: Conversation, telegram: LocalTelegramServer, clock: Clock
) -> None:
    local = telegram.telegram
    set_ahead(clock, local)
    emma = local.people[EMMA]
    await bot.say("emma", "/add milk", chat=GROUP)
    local.leave(GROUP, emma)
    await bot.say("minji", "/fridge")
    tried = len(calls_of(local, "sendMessage"))
    said = local.send_text(emma, GROUP, "/fridge")
    local.push_update({"message": said})
    await bot.say("minji", "/fridge")
    assert len(calls_of(local, "sendMessage")) == tried + 1

    local.join(GROUP, emma)
    await local.wait_for_message(GROUP, after=said["message_id"])

    assert "1 item\n" in (await bot.say("emma", "/fridge", chat=GROUP)).text


@pytest.mark.parametrize(
    "refusal",
    [
        "chat not found",
        "CHAT_WRITE_FORBIDDEN",
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "group chat was deactivated",
        "TOPIC_CLOSED",
        "need administrator rights in the channel chat",
        "CHANNEL_PRIVATE",
    ],
)
async def test_a_chat_that_may_not_be_written_to_is_left_alone_quietly(
    *,
    bot: Conversation,
    telegram: LocalTelegramServer,
    tables: Tables,
    failures: Failures,
    caplog: pytest.LogCaptureFixture,
    refusal: str,
) -> None:
    local = telegram.telegram
    local.faults.add(
        method="sendMessage", times=1, status=400, description=f"Bad Request: {refusal}"
    )

    assert await bot.hear("emma", "/add milk") == []

    assert len(calls_of(local, "sendMessage")) == 1
    assert len(await tables.items(EMMA)) == 1
    assert await failures() == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    # It may be written to again at any time, and nobody would tell.
    assert "1 item\n" in (await bot.say("emma", "/fridge")).text


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (400, "Bad Request: chat not found"),
    ],
)
async def test_a_private_chat_that_was_never_opened_does_not_count_as_lost(
    pipeline: Pipeline, telegram: LocalTelegramServer, status: int, refusal: str
) -> None:
    local = telegram.telegram

    def to(chat: int, text: str, if_refused: ApiCall | None = None) -> ApiCall:
        return ApiCall("sendMessage", chat, {"chat_id": chat, "text": text}, if_refused=if_refused)

    call = to(EMMA, "12 fridges", if_refused=to(GROUP, "Open a chat with me first"))
    local.faults.add(method="sendMessage", times=1, status=status, description=refusal)

    assert await pipeline.delivery.deliver(call) == GROUP
    assert answers_in(local, GROUP) == ["Open a chat with me first"]
    assert EMMA not in pipeline.reachability.unreachable

    assert await pipeline.delivery.deliver(call) == EMMA
    assert answers_in(local, EMMA) == ["12 fridges"]


async def test_a_mistake_in_a_reply_is_recorded_and_apologised_for(
    bot: Conversation, telegram: LocalTelegramServer, failures: Failures
) -> None:
    local = telegram.telegram
    local.faults.add(
        method="sendMessage", times=1, status=400, description="Bad Request: can't parse entities"
    )

    assert (await bot.say("emma", "/add milk")).text == APOLOGY

    [failure] = await failures()
    assert failure["chat_id"] == EMMA
    assert failure["update_id"] == local.updates.last_id
    assert failure["error"] == "BadRequest: Can't parse entities"
    assert "BadRequest" in failure["traceback"]


async def test_two_mistakes_in_a_reply_are_apologised_for_once(
    bot: Conversation, telegram: LocalTelegramServer, failures: Failures
) -> None:
    await bot.say("emma", "/add milk")
    telegram.telegram.faults.add(
        method="sendDocument", times=2, status=400, description="Bad Request: file is wrong"
    )

    assert (await bot.say("emma", "/export")).text == APOLOGY

    assert [failure["error"] for failure in await failures()] == ["BadRequest: File is wrong"]


async def test_an_apology_that_is_refused_too_is_a_line_in_the_log(
    bot: Conversation,
    telegram: LocalTelegramServer,
    failures: Failures,
    caplog: pytest.LogCaptureFixture,
) -> None:
    telegram.telegram.faults.add(
        method="sendMessage", times=2, status=400, description="Bad Request: can't parse entities"
    )

    assert await bot.hear("emma", "/add milk") == []

    assert len(await failures()) == 1
    assert any(message.startswith("An apology can't be sent") for message in caplog.messages)
    assert "1 item\n" in (await bot.say("emma", "/fridge")).text


async def test_a_message_that_another_bot_deletes_at_once_is_not_written_again_and_again(
    bot: Conversation, telegram: LocalTelegramServer, failures: Failures
) -> None:
    local = telegram.telegram
    deleted = "Internal Server Error: sent message was immediately deleted"
    local.faults.add(method="sendMessage", times=2, status=500, description=deleted)

    assert await bot.hear("emma", "/add milk") == []

    assert len(calls_of(local, "sendMessage")) == 1
    assert await failures() == []


async def test_a_call_that_can_not_be_written_down_is_a_mistake_and_not_tried_for_ever(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    call = ApiCall("sendMessage", EMMA, {"chat_id": EMMA, "text": {"no text, but a set"}})

    with pytest.raises(NetworkError, match="TypeError"):
        await asyncio.wait_for(pipeline.delivery.deliver(call), 60)

    assert caplog.messages == []


# Taps


@pytest.mark.parametrize(
    "why", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"]
)
async def test_a_message_that_can_not_be_edited_is_written_anew(
    bot: Conversation, telegram: LocalTelegramServer, failures: Failures, why: str
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    telegram.telegram.faults.add(
        method="editMessageText", times=1, status=400, description=f"Bad Request: {why}"
    )

    [reply] = (await bot.tap("emma", question, "Empty it")).messages

    assert reply.message_id > question.message_id
    assert reply.text == "Emptied: 1 item is out."
    assert await failures() == []


async def test_an_edit_that_changes_nothing_is_no_reason_to_write_anew(
    bot: Conversation, telegram: LocalTelegramServer, failures: Failures
) -> None:
    local = telegram.telegram
    question = await bot.say("emma", "/language")
    await bot.tap("emma", question, "English")
    said = answers_in(local, EMMA)

    await bot.tap_data("emma", question, "language:en")

    assert answers_in(local, EMMA) == said
    assert len(local.callback_answers) == 2
    assert await failures() == []


async def test_a_tap_that_telegram_has_given_up_on_still_has_its_effect(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    await bot.say("emma", "/add milk")
    question = await bot.say("emma", "/clear")
    telegram.telegram.faults.add(
        method="answerCallbackQuery",
        status=400,
        description="Bad Request: query is too old and response timeout expired",
    )

    [edited] = (await bot.tap("emma", question, "Empty it")).messages

    assert edited.message_id == question.message_id
    assert edited.text == "Emptied: 1 item is out."
