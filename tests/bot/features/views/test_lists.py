"""A list that is offered before it is put in: Telegram takes the message, whatever it holds."""

import pytest
from hypothesis import given

from bot.conversation.replies import Message
from bot.features.files import export_views as export
from bot.features.files import import_views as import_
from bot.features.files.buttons import DeclineList, PutInList
from bot.locale.language import Language
from bot.telegram.documents import Problem
from bot.understanding.names import Names, find_names
from fridge.request_keys import RequestKey
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import CATALOGUE, reproducible
from tests.bot.features.views.telegram import assert_can_be_sent, buttons, shown

LONGEST_KEY = RequestKey(-(1 << 52), f"m{(1 << 63) - 1}")


def assert_offer_can_be_sent_and_understood(names: Names, spoken: Language) -> None:
    offer = import_.offered(names, LONGEST_KEY, spoken)
    put_in, cancel = buttons(offer)

    assert_can_be_sent(offer)
    assert PutInList.read(put_in.data) == PutInList(LONGEST_KEY.request)
    assert DeclineList.read(cancel.data) == DeclineList(LONGEST_KEY.request)


@reproducible
@given(strategies.names_in_messages.filter(lambda names: names.usable), strategies.languages)
def test_an_offer_of_any_names_can_be_sent(names: Names, spoken: Language) -> None:
    assert_offer_can_be_sent_and_understood(names, spoken)


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("character", ["🍎", "&", "א", "가"])
def test_an_offer_of_the_most_and_the_longest_names_can_be_sent(
    character: str, spoken: Language
) -> None:
    lines = [f"{character * 60}{number:04}" for number in range(600)]
    too_long = [f"{character * 70}{number}" for number in range(20)]

    names = find_names("\n".join([*lines, *too_long]), CATALOGUE, import_.MOST_NAMES)

    assert len(names.usable) == 500
    assert_offer_can_be_sent_and_understood(names, spoken)
    assert_can_be_sent(import_.nothing(names, spoken))


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
