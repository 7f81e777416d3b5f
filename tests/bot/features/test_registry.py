"""Features say once what they have: nothing is claimed twice."""

from dataclasses import dataclass

import pytest

from bot.conversation.buttons import FixedButtonData
from bot.conversation.replies import Notice, TapReply
from bot.conversation.requests import Request
from bot.features.records import Feature, on_fixed_tap
from bot.features.registry import Registry
from bot.features.services import Services


async def answer_tap(request: Request, services: Services) -> TapReply:  # noqa: ARG001 (a handler)
    return Notice("")


@dataclass(frozen=True, slots=True)
class Poke(FixedButtonData):
    PREFIX = "poke"


def test_no_two_kinds_of_buttons_have_a_prefix_in_common() -> None:
    feature = Feature(taps=[on_fixed_tap(Poke, answer_tap)])

    with pytest.raises(ValueError, match=r"^the prefix 'poke' is claimed twice$"):
        Registry([feature, feature])
