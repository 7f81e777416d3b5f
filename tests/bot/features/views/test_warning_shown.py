"""The warning before a list is forgotten, as it is shown."""

import re
from datetime import timedelta

from hypothesis import given

from bot.features.warnings import views as warning
from bot.features.warnings.buttons import KeepWarned
from bot.locale.language import Language
from db.fridges.expiry_warnings import DueWarning, KeptAfterWarning
from fridge.items import ItemKey, NewItem
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import CATALOGUE, NOW, reproducible
from tests.bot.features.views.telegram import (
    assert_can_be_sent,
    assert_can_be_shown_as_a_notice,
    buttons,
)

DAY = timedelta(hours=24)


@reproducible
@given(strategies.new_items, strategies.durations, strategies.languages)
def test_a_warning_and_what_comes_back_can_be_sent(
    items: list[NewItem], left: timedelta, language: Language
) -> None:
    due = DueWarning(1, NOW, NOW + left, items, language)
    kept = KeptAfterWarning(items, len(items), NOW, NOW + DAY, language)

    message = warning.warning(due, NOW, DAY, CATALOGUE, language)
    assert_can_be_sent(message)
    [button] = buttons(message)
    assert KeepWarned.read(button.data) == KeepWarned(NOW)
    back = warning.kept(kept, CATALOGUE, language)
    assert back is not None
    assert_can_be_sent(back)
    assert_can_be_shown_as_a_notice(warning.too_late_notice(language))


def test_a_warning_that_comes_late_counts_no_time_below_zero() -> None:
    due = DueWarning(
        1, NOW - DAY, NOW - timedelta(minutes=5), [NewItem(ItemKey(0, "a"), "a")], "en"
    )

    text = warning.warning(due, NOW, DAY, CATALOGUE, Language.ENGLISH).text

    assert text == "⏳ I'm about to forget this list: a"


def test_the_warning_names_what_is_in_the_fridge_and_counts_the_rest() -> None:
    names = [f"{number} {'x' * 40}" for number in range(100)]
    items = [NewItem(ItemKey(0, name), name) for name in names]
    due = DueWarning(1, NOW, NOW + timedelta(hours=2), items, "en")

    text = warning.warning(due, NOW, DAY, CATALOGUE, Language.ENGLISH).text

    assert text.startswith(f"⏳ I'll forget this list in about 2 hours: {names[0]}, {names[1]}, ")
    assert re.search(r" and \d\d more$", text)
