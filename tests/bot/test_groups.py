"""Groups that become supergroups: their fridge goes with them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

import pytest

from bot.features.services import Services
from bot.locale.language import Language
from db.connection.errors import DatabaseAway
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, seen
from tests.bot.running import new_pipeline, polling
from tests.conftest import Clock
from tests.db.requests import sent
from tests.db.tables import Tables

EMMA: Final = 1002
ALL_THREE: Final = ("milk", "egg", "tofu")

Update = dict[str, Any]


Work = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def at_work(telegram: LocalTelegramServer, services: Services, grace: float) -> Work:
    """A bot that starts, polls and stops, on the same database each time."""

    @asynccontextmanager
    async def at_work() -> AsyncGenerator[None]:
        async with new_pipeline(telegram, services, grace=grace) as pipeline, polling(pipeline):
            yield

    return at_work


def said_in(local: LocalTelegram, chat: int) -> Sequence[str]:
    """What the bot has said in a chat."""
    return [seen(m["text"]) for m in local.messages(chat) if m["from"]["id"] == local.bot.id]


async def ask(local: LocalTelegram, chat: int, text: str) -> str:
    """Let Emma write something, and return what is answered."""
    event = local.events.last_id
    local.send_text(local.people[EMMA], chat, text)
    reply = await local.wait_for_message(chat, after_event=event)
    return seen(reply["text"])


def take_updates(local: LocalTelegram) -> Sequence[Update]:
    """The updates that nobody has polled yet; nobody will."""
    updates = [update.body for update in local.updates.unconfirmed(0, 100)]
    local.updates.confirm_all()
    return updates


async def deliver(local: LocalTelegram, *updates: Update) -> None:
    """Deliver updates in an order, and wait until they are handled."""
    for update in updates:
        last = local.push_update({k: v for k, v in update.items() if k != "update_id"})
        await asyncio.wait_for(local.updates.confirmed(last), 60)


async def migrate(local: LocalTelegram) -> tuple[int, Update, Update]:
    """Let the group become a supergroup; return its id, and the news in the old and the new."""
    new_chat = local.migrate(GROUP)
    in_old, in_new = take_updates(local)
    assert in_old["message"]["migrate_to_chat_id"] == new_chat
    assert in_new["message"]["migrate_from_chat_id"] == GROUP
    return new_chat, in_old, in_new


async def fill(local: LocalTelegram, at_work: Work) -> None:
    async with at_work():
        await ask(local, GROUP, "/add@fridge_bot milk, eggs, tofu")
    take_updates(local)


def names_in(answer: str) -> Sequence[str]:
    return [name for name in ALL_THREE if name in answer]


ORDERS: Final = {
    "old then new": "on",
    "new then old": "no",
    "only the old": "o",
    "only the new": "n",
    "each twice": "oonn",
    "over and over": "nonono",
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
async def test_whichever_way_a_group_tells_that_it_moved_the_fridge_is_there(
    local: LocalTelegram, at_work: Work, tables: Tables, order: str
) -> None:
    await fill(local, at_work)
    new_chat, in_old, in_new = await migrate(local)
    async with at_work():
        await deliver(local, *({"o": in_old, "n": in_new}[which] for which in order))

        answer = await ask(local, new_chat, "/fridge@fridge_bot")

    assert "In the fridge: 3 items" in answer
    assert names_in(answer) == list(ALL_THREE)
    assert await tables.session(GROUP) is None
    assert await tables.items(GROUP) == []


async def test_what_the_supergroup_has_of_its_own_stays(
    local: LocalTelegram, at_work: Work
) -> None:
    await fill(local, at_work)
    new_chat, in_old, in_new = await migrate(local)
    async with at_work():
        await ask(local, new_chat, "/add@fridge_bot milk, butter")
        await deliver(local, in_new)
        await ask(local, new_chat, "/remove@fridge_bot tofu")
        await deliver(local, in_old, in_new)

        answer = await ask(local, new_chat, "/fridge@fridge_bot")

    assert "In the fridge: 3 items" in answer
    assert "butter" in answer
    assert names_in(answer) == ["milk", "egg"]


async def test_the_language_that_was_chosen_goes_along(
    local: LocalTelegram, at_work: Work, services: Services, clock: Clock
) -> None:
    await services.chats.choose(sent(GROUP), clock.now, language=Language.KOREAN)
    new_chat, in_old, _ = await migrate(local)
    async with at_work():
        await deliver(local, in_old)

        assert "비어 있어요" in await ask(local, new_chat, "/fridge@fridge_bot")


async def test_what_was_written_before_is_answered_in_the_supergroup_and_the_fridge_goes_there(
    local: LocalTelegram, at_work: Work, tables: Tables
) -> None:
    await fill(local, at_work)
    local.send_text(local.people[EMMA], GROUP, "/add@fridge_bot butter")
    [written] = take_updates(local)
    new_chat, in_old, in_new = await migrate(local)
    async with at_work():
        # Nothing but the refusal of the answer tells that the group has moved.
        event = local.events.last_id
        await deliver(local, written)
        reply = await local.wait_for_message(new_chat, after_event=event)
        assert seen(reply["text"]) == "Added: 🧈 butter\n4 items in the fridge now."
        # The message that an Undo would name is another one there.
        assert not reply.get("reply_markup", {}).get("inline_keyboard")
        assert await tables.session(GROUP) is None

        await deliver(local, in_new, in_old)
        assert "In the fridge: 4 items" in await ask(local, new_chat, "/fridge@fridge_bot")


async def test_what_comes_again_after_the_move_is_answered_alike_and_changes_nothing(
    local: LocalTelegram, at_work: Work, tables: Tables
) -> None:
    local.send_text(local.people[EMMA], GROUP, "/add@fridge_bot milk, eggs")
    [written] = take_updates(local)
    async with at_work():
        await deliver(local, written)
    new_chat, in_old, in_new = await migrate(local)
    async with at_work():
        await deliver(local, in_old, in_new)
        await ask(local, new_chat, "/remove@fridge_bot milk")

        event = local.events.last_id
        await deliver(local, written)

        reply = await local.wait_for_message(new_chat, after_event=event)
        assert seen(reply["text"]) == "Added: 🥛 milk, 🥚 egg\n2 items in the fridge now."
    assert len(await tables.items(new_chat)) == 1
    assert await tables.items(GROUP) == []


async def tapped_before_the_move(local: LocalTelegram, at_work: Work) -> tuple[Update, int]:
    """A tap on the question of `/clear`, and that question's message id."""
    await fill(local, at_work)
    async with at_work():
        await ask(local, GROUP, "/clear@fridge_bot")
    take_updates(local)
    question = local.messages(GROUP)[-1]
    [[empty_it, _]] = question["reply_markup"]["inline_keyboard"]
    local.tap(local.people[EMMA], GROUP, question["message_id"], empty_it["callback_data"])
    [tap] = take_updates(local)
    return tap, question["message_id"]


async def test_a_tap_from_before_is_answered_in_the_supergroup(
    local: LocalTelegram, at_work: Work
) -> None:
    tap, _ = await tapped_before_the_move(local, at_work)
    new_chat, _, _ = await migrate(local)
    async with at_work():
        event = local.events.last_id
        await deliver(local, tap)
        reply = await local.wait_for_message(new_chat, after_event=event)

    assert seen(reply["text"]) == "Emptied: 3 items are out."
    assert len(local.callback_answers) == 1


async def test_a_tap_from_before_does_not_overwrite_a_message_of_the_supergroup(
    local: LocalTelegram, at_work: Work
) -> None:
    tap, question_id = await tapped_before_the_move(local, at_work)
    new_chat, _, _ = await migrate(local)
    async with at_work():
        # A supergroup counts its messages from one.
        while local.messages(new_chat)[-1]["message_id"] < question_id - 2:
            local.send_text(local.people[EMMA], new_chat, "hello")
        answer = await ask(local, new_chat, "/keep@fridge_bot")
        assert local.messages(new_chat)[-1]["message_id"] == question_id

        await deliver(local, tap)

    assert said_in(local, new_chat)[-2:] == [answer, "Emptied: 3 items are out."]


async def test_a_database_that_is_away_when_the_group_moves_is_waited_for(
    local: LocalTelegram,
    at_work: Work,
    services: Services,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local.send_text(local.people[EMMA], GROUP, "/add@fridge_bot butter")
    [written] = take_updates(local)
    new_chat, _, _ = await migrate(local)
    move = services.migrated_groups.move
    tries: list[int] = []

    async def move_at_last(*arguments: Any) -> None:  # noqa: ANN401 (passed on as they come)
        tries.append(len(tries))
        if len(tries) < 4:
            raise DatabaseAway("connection refused")
        await move(*arguments)

    monkeypatch.setattr(services.migrated_groups, "move", move_at_last)
    async with at_work():
        await deliver(local, written)
        await local.wait_for_message(new_chat)

    assert said_in(local, new_chat) == ["Added: 🧈 butter\n1 item in the fridge now."]
    assert len(tries) == 4
    assert len(await tables.items(new_chat)) == 1
