"""The replies that the bot really sends are read as they are meant."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.features.deeds.putting_in import told
from bot.features.deeds.said import joined
from bot.features.deeds.taking_out import TakenOut, of_removed, told_taken
from bot.features.fridge import views as fridge
from bot.features.fridge.buttons import ListView
from bot.features.guide import views as guide
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from bot.understanding.names import names_between_separators
from fridge.catalogue.catalogue import Catalogue
from fridge.items import Item, ItemKey, NewItem
from fridge.lots import Amount, Lot, Unit
from fridge.outcomes import Added, ChangedLot, Fridge, Reduced, Reduction, Removed
from fridge.outcomes import Outcome as Became
from fridge.request_keys import RequestKey, RequestKind
from local_telegram.content.html_markup import parse_html
from tests.conftest import Clock
from tools.chaos.conversations.commands import Verb
from tools.chaos.conversations.sayings import Change, Listing, Outcome, Saying, read

TTL = timedelta(seconds=60)
REQUEST = RequestKey(1, "m1")
NAMES = "zodu, 쿄누, zofe"

languages = pytest.mark.parametrize("language", Language)


def things(catalogue: Catalogue, *lots: Lot) -> list[Thing]:
    names = names_between_separators(NAMES, catalogue)
    return [Thing(name, lot=lot) for name, lot in zip(names, lots, strict=False)]


def lot(number: int, unit: Unit = Unit.GRAM) -> Lot:
    return Lot(Amount(Decimal(number), unit))


def read_html(html: str) -> Saying | None:
    text, _ = parse_html(html)
    return read(text)


@languages
@pytest.mark.parametrize("count", [1, 25])
def test_an_addition(language: Language, count: int, catalogue: Catalogue, clock: Clock) -> None:
    put_in = things(catalogue, lot(1200), lot(4, Unit.PIECE), Lot())
    first, second, third = (thing.name.key for thing in put_in)
    four, seven = lot(4, Unit.PIECE), lot(7, Unit.PIECE)
    result = Added(
        {first: Became.ADDED, second: Became.ADDED, third: Became.ALREADY_THERE},
        count,
        None,
        changed=[ChangedLot(second, "쿄누", before=four, after=seven)],
        there=[NewItem(third, "zofe", lot(5))],
    )
    said = told(put_in, result, key=REQUEST, likely={}, today=clock.now.date(), language=language)
    saying = read_html(joined([said]).text)
    assert saying == Change(
        {
            "zodu": (Outcome.ADDED, (Decimal(1200),)),
            "쿄누": (Outcome.MORE, (Decimal(4), Decimal(7))),
            "zofe": (Outcome.ALREADY_THERE, (Decimal(5),)),
        },
        count,
    )
    assert isinstance(saying, Change)
    assert saying.verb is Verb.ADD


@languages
def test_the_first_amount_of_a_thing(
    language: Language, catalogue: Catalogue, clock: Clock
) -> None:
    put_in = things(catalogue, lot(4))
    key = put_in[0].name.key
    noted = [ChangedLot(key, "zodu", before=Lot(), after=lot(4))]
    result = Added({key: Became.ADDED}, 1, None, changed=noted)
    said = told(put_in, result, key=REQUEST, likely={}, today=clock.now.date(), language=language)
    assert read_html(joined([said]).text) == Change({"zodu": (Outcome.MORE, (Decimal(4),))}, 1)


@languages
@pytest.mark.parametrize("count", [0, 1, 25])
def test_a_removal(language: Language, count: int, catalogue: Catalogue, clock: Clock) -> None:
    taken = things(catalogue, Lot(), Lot())
    result = Removed(frozenset({taken[0].name.key}), count, None, clock.now)
    done = of_removed(taken, result, language)
    saying = read_html(told_html(taken, done, catalogue, clock))
    assert saying == Change(
        {"zodu": (Outcome.TAKEN_OUT, ()), "쿄누": (Outcome.NOT_THERE, ())}, count
    )
    assert isinstance(saying, Change)
    assert saying.verb is Verb.REMOVE


@languages
def test_a_part_that_is_taken_out(language: Language, catalogue: Catalogue, clock: Clock) -> None:
    taken = things(catalogue, lot(300))
    less = ChangedLot(taken[0].name.key, "zodu", before=lot(1200), after=lot(900))
    reduced = Reduced([Reduction.TAKEN], [], [less], [], 1, None, clock.now)
    done = TakenOut([], [], reduced, 1, language, clock.now, RequestKind.REDUCE)
    saying = read_html(told_html(taken, done, catalogue, clock))
    assert saying == Change({"zodu": (Outcome.LESS, (Decimal(1200), Decimal(900)))}, 1)
    assert isinstance(saying, Change)
    assert saying.verb is Verb.REMOVE


def told_html(taken: list[Thing], done: TakenOut, catalogue: Catalogue, clock: Clock) -> str:
    today = clock.now.date()
    return joined([told_taken(taken, done, [], key=REQUEST, today=today, catalogue=catalogue)]).text


@languages
@pytest.mark.parametrize("count", [2, 12])
def test_a_list(language: Language, count: int, catalogue: Catalogue, clock: Clock) -> None:
    kept = things(catalogue, lot(1200), lot(4, Unit.PIECE), Lot())
    items = [
        Item(one.name.key, one.name.typed, "", "", "other", "", clock.now, one.lot) for one in kept
    ]
    others = [
        replace(items[2], key=ItemKey(0, f"other {number}"), name=f"other {number}")
        for number in range(count)
    ]
    found = Fridge([*items, *others], clock.now + TTL, None)
    page = fridge.page(found, ListView(), catalogue, clock.now, language)
    text, _ = parse_html(page.text)
    labels = [button.text for row in page.buttons for button in row]
    assert read(text, labels) == Listing({"zodu": Decimal(1200), "쿄누": Decimal(4), "zofe": None})


@languages
def test_an_empty_list(language: Language, catalogue: Catalogue, clock: Clock) -> None:
    found = Fridge([], None, None)
    page = fridge.page(found, ListView(), catalogue, clock.now, language)
    text, _ = parse_html(page.text)
    assert read(text) == Listing({})


@languages
def test_anything_else(language: Language) -> None:
    assert read_html(guide.went_wrong(language).text) is None
    assert read("") is None
