"""Features say once what they have: nothing is claimed twice, and the READMEs tell of all of it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

import bot
from bot.conversation.buttons import FixedButtonData
from bot.conversation.replies import Message, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.records import Command, Feature, on_fixed_tap
from bot.features.registry import REGISTRY, Registry
from bot.features.services import Services

ROOT: Final = Path(bot.__file__).parent.parent
ROW: Final = re.compile(r"^\| (?P<commands>`/.*?) \| (?P<what>.*) \|$", re.MULTILINE)
COMMAND: Final = re.compile(r"`/(\w+)")


async def answer(request: Request, services: Services) -> Reply:  # noqa: ARG001 (a handler)
    return Message("")


async def answer_tap(request: Request, services: Services) -> TapReply:  # noqa: ARG001 (a handler)
    return Notice("")


@dataclass(frozen=True, slots=True)
class Poke(FixedButtonData):
    PREFIX = "poke"


MENU: Final = (
    *("add", "fridge", "remove", "clear", "keep", "settings", "export", "import", "language"),
    *("forget", "help", "stats", "cleanup"),
)
ADD: Final = Command("add", answer, words=("add", "추가"), other_names=("put",))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (Command("add", answer, words=()), "the name 'add' is claimed twice"),
        (Command("put", answer, words=()), "the name 'put' is claimed twice"),
        (
            Command("more", answer, words=(), other_names=("add",)),
            "the name 'add' is claimed twice",
        ),
        (Command("more", answer, words=("추 가",)), "the word '추가' is claimed twice"),
        (Command("more", answer, words=("a", "A")), "the word 'a' is claimed twice"),
        (Command("more", answer, words=("Put",)), "the word 'put' is the name of another command"),
    ],
)
def test_no_two_commands_have_a_name_or_a_word_in_common(other: Command, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        Registry([Feature(commands=[ADD]), Feature(commands=[other])])


def test_the_menus_keep_their_order_whatever_is_added() -> None:
    shown = [entry.command for entry in REGISTRY.menu]

    assert [name for name in shown if name in MENU] == list(MENU)


def test_no_two_kinds_of_buttons_have_a_prefix_in_common() -> None:
    feature = Feature(taps=[on_fixed_tap(Poke, answer_tap)])

    with pytest.raises(ValueError, match=r"^the prefix 'poke' is claimed twice$"):
        Registry([feature, feature])


@pytest.mark.parametrize(
    ("readme", "for_admins"), [("README.md", "for admins:"), ("README.ko.md", "관리자용:")]
)
def test_the_table_of_a_readme_has_every_command(readme: str, for_admins: str) -> None:
    rows = ROW.findall((ROOT / readme).read_text(encoding="utf-8"))

    told = {tuple(COMMAND.findall(commands)): what for commands, what in rows}
    assert set(told) == {tuple(command.names) for command in REGISTRY.commands}
    for command in REGISTRY.commands:
        assert told[tuple(command.names)].startswith(for_admins) is command.for_admins
