"""Things in lists: several joined by "and", with amounts, in rows; and what a list takes."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

import pytest

from bot.understanding.lists import reading_things
from bot.understanding.meaning import Act, Thing
from bot.understanding.names import MAX_NAMES, Name
from bot.understanding.parse import Knowledge, parse
from bot.understanding.slices import run_without_pause
from fridge.catalogue.catalogue import load_catalogue
from fridge.lots import Amount, Unit

CATALOGUE: Final = load_catalogue()
KNOWLEDGE: Final = Knowledge.of(CATALOGUE)
READ: Final = partial(parse, knowledge=KNOWLEDGE, today=date(2026, 12, 1))


def things(text: str) -> Sequence[Thing]:
    [deed] = READ(text).deeds
    assert deed.act is Act.PUT
    return deed.things


def english(text: str) -> Sequence[str | None]:
    return [_english(thing.name) for thing in things(text)]


def _english(name: Name) -> str | None:
    return name.ingredient.en if name.ingredient else None


JOINED: Final = [
    ("milk and eggs", ["milk", "egg"]),
    ("milk & eggs+bread", ["milk", "egg", "bread"]),
    ("milk, eggs, and bread", ["milk", "egg", "bread"]),
    ("the milk and the eggs", ["milk", "egg"]),
    ("mac and cheese and milk", ["mac and cheese", "milk"]),
    ("우유하고 계란", ["milk", "egg"]),
    ("오이랑 계란이랑 milk", ["cucumber", "egg", "milk"]),
    ("사과와 배", ["apple", "Korean pear"]),
    ("계란과 사과 및 우유", ["egg", "apple", "milk"]),
    ("우유 하고 계란 그리고 두부", ["milk", "egg", "tofu"]),
    ("우유 2개랑 계란 세 개", ["milk", "egg"]),
    ("우유/계란 / 두부", ["milk", "egg", "tofu"]),
    ("우유;계란;두부", ["milk", "egg", "tofu"]),
    ("우유·계란ㆍ두부", ["milk", "egg", "tofu"]),
    ("우유.계란. 두부", ["milk", "egg", "tofu"]),
    ("1.5 l milk; 2 eggs", ["milk", "egg"]),
    (
        "milk and eggs and bread and butter and cheese and tomatoes and onions",
        ["milk", "egg", "bread", "butter", "cheese", "tomato", "onion"],
    ),
]


@pytest.mark.parametrize(("text", "ingredients"), JOINED)
def test_several_things_of_the_catalogue_with_and_between_them_are_told_apart(
    text: str, ingredients: list[str]
) -> None:
    assert english(text) == ingredients


@pytest.mark.parametrize("typed", ["the milk", "Some milk", "my  milk", "a milk", "our milk"])
def test_what_english_puts_before_a_known_name_is_no_part_of_it(typed: str) -> None:
    assert english(typed) == ["milk"]


@pytest.mark.parametrize(
    "text", ["salt & vinegar chips", "quark and milk", "milk and quark", "milk/quark"]
)
def test_with_and_between_a_name_that_is_not_known_it_may_be_one_name(text: str) -> None:
    [thing] = things(text)

    assert (thing.name.typed, thing.is_known) == (text, False)
    assert thing.several


@pytest.mark.parametrize(
    ("text", "ingredients"),
    [
        ("우유 계란 두부", ["milk", "egg", "tofu"]),
        ("milk eggs soy sauce", ["milk", "egg", "soy sauce"]),
        ("사과 우유", ["apple", "milk"]),  # the end of 사과 is no conjunction
        ("약과 우유", ["yakgwa", "milk"]),  # though 약 is a name
        ("a tuna salad", ["tuna", "salad"]),
    ],
)
def test_names_that_only_follow_one_another_are_offered_as_one_and_as_several(
    text: str, ingredients: list[str]
) -> None:
    [thing] = things(text)

    assert not thing.is_known
    assert [_english(name) for name in thing.several] == ingredients


def test_an_amount_behind_a_name_keeps_it_apart_from_the_next() -> None:
    assert english("우유 2개 계란") == ["milk", "egg"]


def test_a_name_said_twice_is_one_thing() -> None:
    assert english("우유 우유") == ["milk"]


QUANTITIES: Final = [
    ("계란 2개", "egg", "2"),
    ("계란2개", "egg", "2"),
    ("계란을 2개", "egg", "2"),
    ("계란 (10구)", "egg", "10"),
    ("우유 두 개", "milk", "2"),
    ("우유 하나", "milk", "1"),
    ("두부 한모", "tofu", "1"),
    ("2kg 감자", "potato", "2000 g"),
    ("우유 1L", "milk", "1000 ml"),
    ("1.5리터짜리 우유", "milk", "1500 ml"),
    ("500ml짜리 우유", "milk", "500 ml"),
    ("two eggs", "egg", "2"),
    ("2 eggs", "egg", "2"),
    ("a dozen eggs", "egg", "12"),
    ("the two eggs", "egg", "2"),
    ("2 bottles of milk", "milk", "2 bottle"),
    ("2 boxes of 6 eggs", "egg", "12"),
    ("2 x milk", "milk", "2"),
    ("milk x2", "milk", "2"),
    ("milk 500 ml", "milk", "500 ml"),
    ("감자 1키로 반", "potato", "1500 g"),
    ("계란 한 판 반", "egg", "45"),
    ("one and a half litres of milk", "milk", "1500 ml"),
    ("🥑 x3", "avocado", "3"),
]


@pytest.mark.parametrize(("text", "ingredient", "amount"), QUANTITIES)
def test_how_much_there_is_of_a_known_thing_is_no_part_of_its_name(
    text: str, ingredient: str, amount: str
) -> None:
    [thing] = things(text)

    number, _, unit = amount.partition(" ")
    assert thing.name.ingredient == CATALOGUE.match(ingredient)
    assert thing.lot.amount == Amount(Decimal(number), Unit(unit or "piece"))


@pytest.mark.parametrize(
    "text",
    [
        text
        for text in (*(one[0] for one in JOINED), *(one[0] for one in QUANTITIES))
        if text.upper() != text
    ],
)
def test_capital_letters_change_nothing(text: str) -> None:
    assert [(one.name.key, one.lot) for one in things(text.upper())] == [
        (one.name.key, one.lot) for one in things(text)
    ]


@pytest.mark.parametrize(("text", "typed"), [("quark 2kg", "quark"), ("2 lice", "lice")])
def test_an_amount_is_no_part_of_a_name_that_is_not_known(text: str, typed: str) -> None:
    [thing] = things(text)

    assert (thing.name.typed, thing.is_known) == (typed, False)
    assert thing.lot.amount is not None


def test_the_name_after_the_fiftieth_is_named_and_what_follows_is_not_read() -> None:
    typed = [f"쿼크{letter}" for letter in map(chr, range(0xAC00, 0xAC00 + MAX_NAMES + 1))]

    def texts() -> Iterator[str]:
        yield from typed
        pytest.fail("More was read")

    found = run_without_pause(reading_things(texts(), READ, CATALOGUE, MAX_NAMES))

    assert [thing.name.typed for thing in found.things] == typed[:MAX_NAMES]
    assert found.one_too_many == typed[MAX_NAMES]


def test_a_repeated_name_after_the_fiftieth_is_not_one_too_many() -> None:
    typed = [f"쿼크{letter}" for letter in map(chr, range(0xAC00, 0xAC00 + MAX_NAMES))]

    found = run_without_pause(reading_things([*typed, typed[0]], READ, CATALOGUE, MAX_NAMES))

    assert len(found.things) == MAX_NAMES
    assert found.one_too_many == ""


def test_a_name_that_is_too_long_is_told_apart() -> None:
    found = run_without_pause(reading_things(["나" * 65, "우유"], READ, CATALOGUE, MAX_NAMES))

    assert [thing.name.typed for thing in found.things] == ["우유"]
    assert found.too_long == ["나" * 65]
