from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from bot.features.registry import REGISTRY
from bot.receiving.wiring import Pipeline
from bot.telegram import menus
from local_telegram.server import LocalTelegramServer
from tests.bot.conftest import ADMIN_ID
from tests.bot.conversation import GROUP, Conversation

EVERYBODY = [entry.command for entry in REGISTRY.menu if not entry.for_admins]


async def menu(telegram: LocalTelegramServer, person: str, chat: int) -> Sequence[dict[str, Any]]:
    async with (
        aiohttp.ClientSession(telegram.url) as session,
        session.get("/playground/commands", params={"person": person, "chat": chat}) as response,
    ):
        answer: dict[str, Any] = await response.json()
        commands: Sequence[dict[str, Any]] = answer["commands"]
        return commands


@pytest.mark.parametrize(
    ("person", "private_chat", "first"),
    [("emma", 1002, "Put things into the fridge"), ("minji", 1001, "냉장고에 재료 넣기")],
)
async def test_everybody_has_a_menu_in_their_language(
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    person: str,
    private_chat: int,
    first: str,
) -> None:
    await menus.register(pipeline.bot, REGISTRY.menu, [])

    for chat in (private_chat, GROUP):
        commands = await menu(telegram, person, chat)
        assert [command["command"] for command in commands] == EVERYBODY
        assert commands[0]["description"] == first


async def test_an_admin_has_more_in_private_and_nothing_shows_in_the_group(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    await menus.register(pipeline.bot, REGISTRY.menu, [ADMIN_ID])

    private = await menu(telegram, "admin", ADMIN_ID)
    group = await menu(telegram, "admin", GROUP)

    assert [command["command"] for command in private] == [*EVERYBODY, "stats", "cleanup"]
    assert private[-2]["description"] == "통계 보기"
    assert [command["command"] for command in group] == EVERYBODY


async def test_an_admin_whom_telegram_does_not_know_yet_keeps_nobody_from_a_menu(
    telegram: LocalTelegramServer, pipeline: Pipeline
) -> None:
    await menus.register(pipeline.bot, REGISTRY.menu, [424242, ADMIN_ID])

    assert len(await menu(telegram, "admin", ADMIN_ID)) == len(EVERYBODY) + 2


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
async def test_a_menu_that_cannot_be_registered_is_a_line_in_the_log(
    telegram: LocalTelegramServer,
    pipeline: Pipeline,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    telegram.telegram.faults.add(method="setMyCommands", status=status)

    await menus.register(pipeline.bot, REGISTRY.menu, [ADMIN_ID])

    [line] = caplog.messages
    assert line.startswith("The menus could not be registered, the next start tries again: ")


@pytest.mark.parametrize("start", ["/start", "start", "시작", "/시작"])
async def test_start_brings_an_admin_the_menu_however_it_is_said(
    telegram: LocalTelegramServer, bot: Conversation, start: str
) -> None:
    assert (await bot.say("emma", start)).text.startswith("👋 I remember what is in your fridge.")
    await bot.say("admin", start)

    admins = await menu(telegram, "admin", ADMIN_ID)
    assert [command["command"] for command in admins] == [*EVERYBODY, "stats", "cleanup"]
    assert await menu(telegram, "emma", 1002) == []


async def test_an_admin_is_greeted_although_the_menu_can_not_be_registered(
    telegram: LocalTelegramServer, bot: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.telegram.faults.add(method="setMyCommands", status=500)

    assert (await bot.say("admin", "/start")).text.startswith("👋")

    [line] = caplog.messages
    assert line.startswith("An admin's menu could not be registered: ")


async def test_start_in_a_group_brings_no_admins_menu_into_it(
    telegram: LocalTelegramServer, bot: Conversation
) -> None:
    await bot.say("admin", "/start@fridge_bot", chat=GROUP)

    assert await menu(telegram, "admin", GROUP) == []
