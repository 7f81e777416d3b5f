import re
from datetime import timedelta

import pytest

from bot.features.services import Services
from db.operation.job_runs import EXTEND
from local_telegram.server import LocalTelegramServer
from tests.bot.conftest import ADMIN_ID
from tests.bot.conversation import GROUP, Conversation
from tests.conftest import Clock
from tests.db.tables import Tables

UNKNOWN = "I don't know that command. /help shows what I can do."


async def test_an_admin_sees_the_statistics(
    bot: Conversation, services: Services, clock: Clock
) -> None:
    await bot.say("emma", "/add milk, eggs, quark")
    await bot.say("minji", "/add 우유")
    await services.job_runs.claim(EXTEND, clock.now, clock.now)
    await services.job_runs.finish(EXTEND, clock.now, 2, clock.now + timedelta(seconds=1.5))
    await bot.say("admin", "/cleanup")
    clock.advance(hours=2)

    reply = await bot.say("admin", "/stats")

    assert re.fullmatch(
        r"""📊 통계, 2026-03-01 14:00:00 UTC

사용 중인 세션: 2개
최근 24시간 동안 새로 생긴 세션: 2개
전체 재료: 4개
가장 많이 들어 있는 재료: 🥛 우유 ×2, 🥚 계란 ×1

마지막 연장: 03-01 12:00 UTC, 세션 2개, 1\.5초
마지막 정리: 03-01 12:00 UTC, 세션 0개, 0초
데이터베이스: [\d.]+MB
가동 시간: 2시간
버전: \d+\.\d+\.\d+""",
        reply.text,
    )


async def test_statistics_count_only_what_is_live(bot: Conversation, clock: Clock) -> None:
    await bot.say("emma", "/add milk")
    clock.advance(hours=25)
    await bot.say("minji", "/add 우유, 계란")

    reply = await bot.say("admin", "/stats")

    assert "사용 중인 세션: 1개\n최근 24시간 동안 새로 생긴 세션: 1개\n전체 재료: 2개" in reply.text


async def test_what_is_estimated_is_said_to_be_so(
    bot: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.operation.statistics.MOST_COUNTED_BYTES", 0)
    for tens in range(3):
        things = (f"thing {tens}{ones}" for ones in range(41))
        await bot.say("emma", f"/add milk, {', '.join(things)}")

    assert (
        "사용 중인 세션: 약 1개\n최근 24시간 동안 새로 생긴 세션: 약 1개\n전체 재료: 약 120개\n"
        "가장 많이 들어 있는 재료(대략): 🥛 우유 ×1\n"
    ) in (await bot.say("admin", "/stats")).text

    await bot.tap("admin", await bot.say("admin", "/language"), "English")
    assert (
        "Active sessions: about 1\nNew sessions in 24 h: about 1\nIngredients in all: about 120\n"
        "Most kept, about: 🥛 milk ×1\n"
    ) in (await bot.say("admin", "/stats")).text


async def test_names_that_people_typed_are_not_shown_to_admins(bot: Conversation) -> None:
    await bot.say("emma", "/add my secret")

    reply = await bot.say("admin", "/stats")

    assert "가장 많이 들어 있는 재료: –" in reply.text
    assert "secret" not in reply.text


async def test_cleanup_purges_at_once_and_reports_the_count(
    bot: Conversation, clock: Clock, tables: Tables
) -> None:
    await bot.say("emma", "/add milk")
    await bot.say("minji", "/add 우유")
    clock.advance(hours=23)
    await bot.say("minji", "/fridge")
    clock.advance(hours=1)

    reply = await bot.say("admin", "/cleanup")

    assert reply.text == "만료된 세션 1개를 정리했어요."
    assert await tables.session(1002) is None
    assert await tables.session(1001) is not None
    assert await tables.count_runs() == 1
    assert ", 세션 1개, " in (await bot.say("admin", "/stats")).text


async def test_to_everybody_else_the_admins_commands_are_unknown(bot: Conversation) -> None:
    assert (await bot.say("emma", "/stats")).text == UNKNOWN
    assert (await bot.say("emma", "/cleanup")).text == UNKNOWN
    assert await bot.hear("emma", "/stats", chat=GROUP) == []
    assert (await bot.say("emma", "/stats@fridge_bot", chat=GROUP)).text == UNKNOWN


@pytest.mark.parametrize(
    ("command", "speaks_english", "told", "answer"),
    [
        ("/stats", GROUP, "I answered you in our private chat.", "📊 통계"),
        ("/cleanup", ADMIN_ID, "답은 저와의 일대일 대화로 보내 드렸어요.", "Purged 0 expired"),
    ],
)
async def test_in_a_group_an_admin_is_answered_in_private_and_told_so_each_in_its_language(
    *,
    bot: Conversation,
    telegram: LocalTelegramServer,
    command: str,
    speaks_english: int,
    told: str,
    answer: str,
) -> None:
    question = await bot.say("admin", "/language", chat=speaks_english)
    await bot.tap("admin", question, "English")

    assert (await bot.say("admin", command, chat=GROUP)).text == told

    assert answer in telegram.telegram.messages(ADMIN_ID)[-1]["text"]


@pytest.mark.parametrize("lacking", ["blocked", "never opened"])
async def test_an_admin_who_takes_no_private_messages_is_told_so_and_the_group_sees_no_figures(
    bot: Conversation, telegram: LocalTelegramServer, services: Services, lacking: str
) -> None:
    local = telegram.telegram
    admin = local.people[ADMIN_ID]
    await bot.tap("emma", await bot.say("emma", "/language", chat=GROUP), "English")
    if lacking == "blocked":
        local.block(admin)
    else:
        local.chat(ADMIN_ID).is_open = False

    for _ in range(2):
        told = await bot.say("admin", "/stats", chat=GROUP)
        assert told.text.startswith("I can't write to you privately yet.")
        [[button]] = told.markup["inline_keyboard"]
        assert button["url"] == "https://t.me/fridge_bot"
    assert local.messages(ADMIN_ID) == []

    # That the chat could not be written to is no news of it: it is answered from the first message.
    local.unblock(admin)
    assert "📊" in (await bot.say("admin", "/stats")).text
    assert (await services.failed_updates.summary(services.started_at)).count == 0


async def test_what_an_admin_asked_in_a_group_is_answered_again_when_it_comes_again(
    bot: Conversation, telegram: LocalTelegramServer
) -> None:
    local = telegram.telegram
    await bot.say("emma", "/add milk")
    asked = local.send_text(local.people[ADMIN_ID], GROUP, "/cleanup@fridge_bot")
    told = await local.wait_for_message(GROUP, after=asked["message_id"])
    event = local.events.last_id

    local.push_update({"message": asked})

    assert (await local.wait_for_message(GROUP, after_event=event))["text"] == told["text"]
    first, again = local.messages(ADMIN_ID)
    assert first["text"] == again["text"]


@pytest.mark.usefixtures("bot")
async def test_an_anonymous_group_admin_is_nobody(telegram: LocalTelegramServer) -> None:
    admin = telegram.telegram.people[ADMIN_ID]

    telegram.telegram.send_text(admin, GROUP, "/stats@fridge_bot", as_anonymous_admin=True)
    reply = await telegram.telegram.wait_for_message(GROUP)

    assert reply["text"] == UNKNOWN


FAILURE = "ValueError: <b>odd</b> & ends"


async def record_failure(services: Services, update_id: int, error: str = FAILURE) -> None:
    await services.failed_updates.record(1002, update_id, error, "Traceback", services.clock())


async def test_updates_that_failed_are_told_of_with_the_last_error(
    bot: Conversation, services: Services, clock: Clock
) -> None:
    await record_failure(services, 1, "KeyError: 'older'")
    clock.advance(minutes=1)
    await record_failure(services, 2)
    clock.advance(minutes=1)

    assert (
        "⚠️ 최근 24시간 동안 실패한 업데이트: 2건\n"
        "가장 최근: 03-01 12:01 UTC, ValueError: <b>odd</b> & ends\n\n데이터베이스"
    ) in (await bot.say("admin", "/stats")).text

    await bot.tap("admin", await bot.say("admin", "/language"), "English")
    assert (
        "⚠️ Failed updates in 24 h: 2\n"
        "The last one: 03-01 12:01 UTC, ValueError: <b>odd</b> & ends\n\nDatabase"
    ) in (await bot.say("admin", "/stats")).text


async def test_an_update_that_fails_again_counts_once(
    bot: Conversation, services: Services
) -> None:
    await record_failure(services, 1)
    await record_failure(services, 1)

    assert "실패한 업데이트: 1건\n" in (await bot.say("admin", "/stats")).text


async def test_nothing_is_said_of_failures_that_were_over_a_day_ago(
    bot: Conversation, services: Services, clock: Clock
) -> None:
    await record_failure(services, 1)
    clock.advance(hours=24, seconds=1)

    assert "실패한" not in (await bot.say("admin", "/stats")).text


async def test_a_long_error_is_cut_short(bot: Conversation, services: Services) -> None:
    await record_failure(services, 1, "<" * 100_000)

    assert f", {'<' * 200}\n" in (await bot.say("admin", "/stats")).text
