"""The replies that the bot really sends are read as they are meant."""

from datetime import timedelta

import pytest

from bot.features.add import views as add
from bot.features.fridge import views as fridge
from bot.features.guide import views as guide
from bot.features.remove import views as remove
from bot.locale.language import Language
from bot.understanding.names import find_names
from fridge.catalogue.catalogue import Catalogue
from fridge.items import Item, ItemKey
from fridge.outcomes import Added, Fridge, Removed
from fridge.outcomes import Outcome as Became
from fridge.request_keys import RequestKey
from local_telegram.content.html_markup import parse_html
from tests.conftest import Clock
from tools.chaos.conversations.commands import Verb
from tools.chaos.conversations.sayings import Change, Listing, Outcome, read

TTL = timedelta(seconds=60)
REQUEST = RequestKey(1, "m1")

languages = pytest.mark.parametrize("language", Language)


def plain(html: str) -> str:
    text, _ = parse_html(html)
    return text


@languages
@pytest.mark.parametrize("count", [1, 25])
def test_an_addition(language: Language, count: int, catalogue: Catalogue) -> None:
    names = find_names("thing 1, 물건 2", catalogue)
    first, second = (name.key for name in names.usable)
    result = Added({first: Became.ADDED, second: Became.ALREADY_THERE}, count, None)
    saying = read(plain(add.added(names, result, REQUEST, {}, language).text))
    assert saying == Change({"thing 1": Outcome.ADDED, "물건 2": Outcome.ALREADY_THERE}, count)
    assert isinstance(saying, Change)
    assert saying.verb is Verb.ADD


@languages
@pytest.mark.parametrize("count", [0, 1, 25])
def test_a_removal(language: Language, count: int, catalogue: Catalogue, clock: Clock) -> None:
    names = find_names("물건 1, thing 2", catalogue)
    result = Removed(frozenset({names.usable[0].key}), count, None, clock.now)
    saying = read(plain(remove.removed(names, result, REQUEST, [], language).text))
    assert saying == Change({"물건 1": Outcome.TAKEN_OUT, "thing 2": Outcome.NOT_THERE}, count)
    assert isinstance(saying, Change)
    assert saying.verb is Verb.REMOVE


@languages
def test_a_list(language: Language, clock: Clock) -> None:
    names = ("thing 1", "물건 2")
    items = [Item(ItemKey(0, name), name, "", "", "other", "", clock.now) for name in names]
    found = Fridge(items, clock.now + TTL, None)
    saying = read(plain(fridge.page(found, 1, clock.now, language).text))
    assert saying == Listing(frozenset(names))


@languages
def test_an_empty_list(language: Language, clock: Clock) -> None:
    found = Fridge([], None, None)
    saying = read(plain(fridge.page(found, 1, clock.now, language).text))
    assert saying == Listing(frozenset())


@languages
def test_anything_else(language: Language) -> None:
    assert read(plain(guide.went_wrong(language).text)) is None
    assert read("") is None
