"""A list that is offered before it is put in: Telegram takes the message, whatever it holds."""

import pytest
from hypothesis import given

from bot.conversation.replies import Message
from bot.features.files import export_views as export
from bot.features.files import import_views as import_
from bot.features.files.buttons import DeclineList, PutInList
from bot.features.registry import REGISTRY
from bot.locale.language import Language
from bot.telegram.documents import Problem
from bot.understanding.lists import Listed
from bot.understanding.meaning import Thing
from db.updates.handled_requests import Offer
from fridge.lots import Lot, Place
from fridge.request_keys import RequestKey
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import NOW, as_things, reproducible, usable
from tests.bot.features.views.telegram import assert_can_be_sent, buttons, shown

LIST = RequestKey(-(1 << 52), f"m{(1 << 63) - 1}")


def assert_offer_can_be_sent_and_understood(listed: Listed, spoken: Language) -> None:
    things = listed.things
    remarks = import_.remarks(listed, 10**12, spoken)
    every, none = frozenset[int](), frozenset(range(len(things)))
    for left_out in (every, frozenset({0}), none):
        offer = Offer(LIST, [], left_out=left_out, remarks=remarks)
        for part in range(1 + len(things) // import_.SHOWN_AT_ONCE):
            message = import_.offered(things, offer, NOW.date(), spoken, part)

            assert_can_be_sent(message)
            data = [button.data for button in buttons(message)]
            put_in = PutInList(LIST.request).data
            assert (put_in in data) is (len(left_out) < len(things))
            assert DeclineList(LIST.request).data in data
            assert all(REGISTRY.handler_of_tap(one) for one in data)


@reproducible
@given(strategies.things.filter(usable), strategies.languages)
def test_an_offer_of_any_things_can_be_sent(things: list[Thing], spoken: Language) -> None:
    too_long = [thing.name.typed for thing in things if thing.name.is_too_long]
    assert_offer_can_be_sent_and_understood(Listed(usable(things), too_long), spoken)


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "&", "א", "가"])
def test_an_offer_of_the_most_and_the_longest_things_can_be_sent(
    character: str, spoken: Language
) -> None:
    names = [f"{character * 60}{number:04}" for number in range(500)]
    lot = Lot(strategies.MOST_OF_ALL, NOW.date(), Place.FREEZER, character * 64)
    too_long = [f"{character * 70}{number}" for number in range(20)]

    listed = Listed(as_things(*names, lot=lot), too_long, names[0])

    assert len(listed.things) == import_.MOST_NAMES
    assert_offer_can_be_sent_and_understood(listed, spoken)
    assert_can_be_sent(import_.nothing(listed, spoken))


@pytest.mark.parametrize("spoken", Language)
def test_what_is_always_said_about_lists_can_be_sent(spoken: Language) -> None:
    question = import_.question(spoken)
    assert shown(question.text) == question.text  # so that a reply to it is recognised

    assert_can_be_sent(question)
    for said in (import_.cancelled, export.nothing):
        assert_can_be_sent(said(spoken))
    assert_can_be_sent(Message(import_.too_old_text(spoken)))
    for problem in Problem:
        assert_can_be_sent(import_.unusable(problem, spoken))
