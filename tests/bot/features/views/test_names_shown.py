"""How names appear in a message, what people typed above all."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.replies import Message
from bot.features.common.names import comma_list, item_label, typed_html
from bot.features.deeds.putting_in import told
from bot.features.deeds.said import joined
from bot.features.deeds.taking_out import TakenOut, told_taken
from bot.features.fridge import views as fridge
from bot.features.fridge.buttons import ListView
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from bot.understanding.names import MAX_NAME_LENGTH
from fridge.items import Item
from fridge.outcomes import Added, Fridge
from local_telegram.protocol.utf16 import utf16_length
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import (
    CATALOGUE,
    NOW,
    REQUEST,
    known_item,
    reproducible,
    typed_item,
)
from tests.bot.features.views.telegram import buttons, formatted, shown

ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"


def is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def assert_right_to_left_text_is_isolated(text: str) -> None:
    """Every right-to-left letter stands in an isolate, and no isolate is open at a line's end."""
    for line in text.split("\n"):
        depth = 0
        for character in line:
            depth += (character == ISOLATE) - (character == END_OF_ISOLATE)
            assert depth in (0, 1)
            assert depth or not is_right_to_left(character)
        assert depth == 0


@reproducible
@given(strategies.typed_names.filter(bool))
@example("<b>bold</b>")
@example("&lt;")
@example("</i>")
@example("A & B < C")
def test_a_typed_name_is_shown_exactly_as_typed(name: str) -> None:
    assert shown(typed_html(name)).strip(ISOLATE + END_OF_ISOLATE) == name


def page_of(items: list[Item], spoken: Language = Language.ENGLISH) -> Message:
    found = Fridge(items, NOW + strategies.DAY, None)
    return fridge.page(found, ListView(), CATALOGUE, NOW, spoken)


@reproducible
@given(strategies.typed_names.filter(bool))
@example('<a href="https://example.org">milk</a>')
@example("<b>bold</b>")
def test_a_typed_name_formats_nothing_in_the_list(name: str) -> None:
    page, plain_page = (
        fridge.page(
            Fridge([typed_item(one)], NOW + strategies.DAY, None),
            ListView(),
            CATALOGUE,
            NOW,
            Language.ENGLISH,
        )
        for one in (name, "plain")
    )

    assert formatted(page.text) == formatted(plain_page.text)


def said_of_added(things: list[Thing], result: Added, spoken: Language) -> str:
    said = told(things, result, key=REQUEST, likely={}, today=NOW.date(), language=spoken)
    return joined([said]).text


def said_of_taken(things: list[Thing], done: TakenOut) -> str:
    said = told_taken(things, done, (), key=REQUEST, today=NOW.date(), catalogue=CATALOGUE)
    return joined([said]).text


@reproducible
@given(strategies.added, strategies.taken_out, strategies.languages)
def test_what_was_typed_formats_nothing_in_an_answer(
    put_in: tuple[list[Thing], Added], out: tuple[list[Thing], TakenOut], spoken: Language
) -> None:
    assert formatted(said_of_added(*put_in, spoken)) == []
    assert all(kind == "code" for kind, _ in formatted(said_of_taken(*out)))


def test_an_over_long_name_is_cut_where_it_is_quoted() -> None:
    quoted = shown(typed_html("x" * 4096))

    assert quoted == f"{'x' * 32}…"


def test_the_longest_usable_name_is_shown_whole() -> None:
    assert shown(typed_html("x" * MAX_NAME_LENGTH)) == "x" * MAX_NAME_LENGTH


@pytest.mark.parametrize("name", ["שלום", "حليب", "milk חלב", "م" * 4096, "7up ٧"])
def test_a_right_to_left_name_is_isolated(name: str) -> None:
    quoted = typed_html(name)

    assert quoted.startswith(ISOLATE)
    assert quoted.endswith(END_OF_ISOLATE)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("grandma's secret sauce", "grandma's secret sauce"),
        ("<b>bold</b> & co", "<b>bold</b> & co"),
        ("x" * 30, "x" * 30),
        ("x" * 31, f"{'x' * 29}…"),
        ("a jar of something or other that was here", "a jar of something or other t…"),
        (f"{'x' * 28} and more", f"{'x' * 28}…"),
        (f"{'x' * 28}👨\u200d🍳", f"{'x' * 28}👨…"),
        ("חלב" * 20, f"{ISOLATE}{('חלב' * 20)[:29]}…{END_OF_ISOLATE}"),
    ],
)
def test_a_button_shows_a_name_as_plain_text_cut_where_it_is_long(name: str, label: str) -> None:
    assert item_label(typed_item(name), Language.ENGLISH) == label


def test_a_left_to_right_name_is_not_isolated() -> None:
    assert typed_html("우유 (2)") == "우유 (2)"


@reproducible
@given(strategies.added, strategies.taken_out, strategies.languages)
def test_right_to_left_names_stay_in_their_place_in_an_answer(
    put_in: tuple[list[Thing], Added], out: tuple[list[Thing], TakenOut], spoken: Language
) -> None:
    assert_right_to_left_text_is_isolated(shown(said_of_added(*put_in, spoken)))
    assert_right_to_left_text_is_isolated(shown(said_of_taken(*out)))


@reproducible
@given(strategies.fridges, strategies.languages)
def test_right_to_left_names_stay_in_their_place_in_a_list(found: Fridge, spoken: Language) -> None:
    page = fridge.page(found, ListView(), CATALOGUE, NOW, spoken)

    assert_right_to_left_text_is_isolated(shown(page.text))
    for button in buttons(page):
        assert_right_to_left_text_is_isolated(button.text)


def test_a_known_ingredient_is_shown_with_its_emoji_in_the_language_of_the_chat() -> None:
    milk = CATALOGUE.match("milk")
    assert milk is not None
    items = [known_item(milk.id)] * 9

    assert "🥛 milk" in shown(page_of(items, Language.ENGLISH).text)
    assert "🥛 우유" in shown(page_of(items, Language.KOREAN).text)


@reproducible
@given(
    st.lists(st.text("abc가나🍎 ", min_size=1, max_size=MAX_NAME_LENGTH), max_size=60),
    st.integers(0, 2000),
    strategies.languages,
)
def test_a_list_names_as_many_as_fit_and_counts_the_rest(
    names: list[str], budget: int, spoken: Language
) -> None:
    asked_for: list[str] = []

    def show(name: str) -> str:
        asked_for.append(name)
        return name

    text = comma_list(names, show, budget, spoken)

    if text == ", ".join(names):
        assert len(names) <= 1 or utf16_length(text) <= budget
        return
    pattern = r"(.*) and (\d+) more" if spoken is Language.ENGLISH else r"(.*) 외 (\d+)가지"
    match = re.fullmatch(pattern, text)
    assert match is not None
    told = match[1].split(", ")
    assert told == names[: len(told)]
    assert asked_for == names[: len(told) + 1]
    assert len(told) == 1 or utf16_length(match[1]) <= budget
    assert utf16_length(", ".join(names[: len(told) + 1])) + len(", ") > budget
    assert int(match[2]) == len(names) - len(told)
