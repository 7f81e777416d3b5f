import pytest

from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.local_telegram.conftest import CallServer


async def set_menu(call: CallServer, command: str, **where: object) -> None:
    commands = [{"command": command, "description": "x"}]
    assert (await call("setMyCommands", commands=commands, **where))["result"] is True


def seen(telegram: LocalTelegram, person: Person, chat_id: int) -> list[str]:
    menu = telegram.menus.resolve(person, telegram.chat(chat_id))
    return [command["command"] for command in menu]


async def test_the_most_specific_menu_is_shown_in_the_persons_language_first(
    telegram: LocalTelegram, minji: Person, emma: Person, group: Chat, call: CallServer
) -> None:
    assert seen(telegram, minji, minji.id) == []
    await set_menu(call, "default")
    await set_menu(call, "korean", language_code="ko")
    await set_menu(call, "groups", scope={"type": "all_group_chats"})
    await set_menu(call, "emma", scope={"type": "chat", "chat_id": emma.id})
    assert seen(telegram, minji, minji.id) == ["korean"]
    assert seen(telegram, minji, group.id) == ["groups"]
    assert seen(telegram, emma, emma.id) == ["emma"]
    await set_menu(
        call, "member", scope={"type": "chat_member", "chat_id": group.id, "user_id": emma.id}
    )
    assert seen(telegram, emma, group.id) == ["member"]
    await call("deleteMyCommands", scope={"type": "chat", "chat_id": emma.id})
    assert seen(telegram, emma, emma.id) == ["default"]


async def test_group_administrators_see_their_menu(
    telegram: LocalTelegram, minji: Person, emma: Person, call: CallServer
) -> None:
    telegram.add_group(-5, "Kitchen", [emma], administrators=[minji])
    await set_menu(call, "groups", scope={"type": "all_group_chats"})
    await set_menu(call, "administrators", scope={"type": "all_chat_administrators"})
    assert seen(telegram, minji, -5) == ["administrators"]
    assert seen(telegram, emma, -5) == ["groups"]


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"commands": "["}, "can't parse commands JSON object"),
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": [{"command": "Add", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        (
            {"commands": [{"command": "add", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            {"commands": [{"command": "add", "description": "x" * 257}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "language_code": "kor"}, "invalid language code specified"),
        (
            {"commands": [], "scope": {"type": "everybody"}},
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 99}}, "chat not found"),
    ],
)
async def test_a_wrong_menu_is_refused(
    call: CallServer, parameters: Json, description: str
) -> None:
    refused = await call("setMyCommands", **parameters)
    assert refused["description"] == f"Bad Request: {description}"
