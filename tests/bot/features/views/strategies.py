"""Arbitrary data for the views, as the rest of the program could hand it to them."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from bot.locale.language import Language
from bot.understanding.names import MAX_NAME_LENGTH, SEPARATORS, Names, clean, find_names
from db.operation.job_runs import EXTEND, PURGE, FinishedRun
from db.operation.statistics import KeptIngredient, Statistics
from db.updates.failed_updates import LONGEST_ERROR, FailureSummary
from fridge.catalogue.catalogue import CATEGORIES, Ingredient, load_catalogue
from fridge.items import MAX_ITEMS, UNCATALOGUED, Item, ItemKey, NewItem
from fridge.outcomes import Added, Fridge, Outcome, Removed
from fridge.request_keys import RequestKey

CATALOGUE = load_catalogue()
DAY = timedelta(days=1)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

reproducible = settings(derandomize=True, deadline=None, max_examples=50, database=None)

languages = st.sampled_from(Language)
counts = st.one_of(st.integers(0, 3), st.integers(0, MAX_ITEMS), st.integers(0, 10**12))
durations = st.one_of(
    st.timedeltas(timedelta(microseconds=1), timedelta(days=8)),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=365 * 100)),
)
times = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (Hypothesis adds it)

characters = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from("&<>\"'/{}%#;אبع우유가🍎👨\u200d\u0301\ufdfa"),
)


REQUEST = RequestKey(-(2**52), f"q{2**63}")
"""A request with the longest of names."""


def as_name(text: str) -> str:
    """The text as a name that the bot would take; empty where nothing is left of it."""
    return clean(re.sub(f"[{SEPARATORS}]", " ", text))[:MAX_NAME_LENGTH].strip()


def longest(piece: str) -> str:
    """A text of the most characters that a name may have."""
    return piece * MAX_NAME_LENGTH


typed_names = st.one_of(
    st.text(characters, min_size=1, max_size=MAX_NAME_LENGTH),
    characters.map(longest),
    st.sampled_from(["<b>", "</b>", "&lt;", "&amp;amp;", "<a href='x'>", "{names}", "&#0;"]),
).map(as_name)


@st.composite
def messages(draw: st.DrawFn) -> str:
    """What somebody may write after a command: names, some known, some over-long."""
    known = st.sampled_from([name for entry in CATALOGUE.ingredients for name in entry.names])
    too_long = typed_names.map(lambda name: (name or "x") * (MAX_NAME_LENGTH + 1))
    parts = draw(st.lists(st.one_of(known, typed_names, typed_names, too_long), max_size=20))
    many = draw(st.integers(0, 70))
    filler = draw(typed_names)
    return ",".join([*parts, *(f"{filler[:61]}{number}" for number in range(many))])


names_in_messages = messages().map(lambda text: find_names(text, CATALOGUE))


@st.composite
def added(draw: st.DrawFn) -> tuple[Names, Added]:
    """Names, and what became of each."""
    names = draw(names_in_messages)
    outcomes = {name.key: draw(st.sampled_from(Outcome)) for name in names.usable}
    return names, Added(outcomes, draw(counts), None)


@st.composite
def removed(draw: st.DrawFn) -> tuple[Names, Removed]:
    """Names, and those of them that were there."""
    names = draw(names_in_messages)
    keys = frozenset(name.key for name in names.usable if draw(st.booleans()))
    return names, Removed(keys, draw(counts), None, NOW)


likely = st.one_of(st.none(), st.sampled_from(CATALOGUE.ingredients))
"""What could be meant by a name that the catalogue does not know."""


def known_item(ingredient_id: int, added_at: datetime = NOW) -> Item:
    """An ingredient of the catalogue in a fridge."""
    ingredient = next(one for one in CATALOGUE.ingredients if one.id == ingredient_id)
    return Item(
        key=ItemKey(ingredient.id),
        name="",
        ko=ingredient.ko,
        en=ingredient.en,
        category=ingredient.category,
        emoji=ingredient.emoji,
        added_at=added_at,
    )


def typed_item(name: str, added_at: datetime = NOW, category: str = "other") -> Item:
    """A name that the catalogue does not know in a fridge."""
    return Item(
        key=ItemKey(UNCATALOGUED, name),
        name=name,
        ko="",
        en="",
        category=category,
        emoji="🍽️",
        added_at=added_at,
    )


items = st.one_of(
    st.sampled_from([entry.id for entry in CATALOGUE.ingredients]).map(known_item),
    st.builds(
        typed_item,
        typed_names.filter(bool),
        category=st.one_of(st.just("other"), st.sampled_from(CATEGORIES)),
    ),
)
fridges = st.builds(
    Fridge,
    items=st.lists(items, max_size=120),
    expires_at=st.one_of(st.none(), durations.map(lambda duration: NOW + duration)),
    language=st.none(),
)


new_items = st.lists(items.map(lambda item: NewItem(item.key, item.name)), max_size=MAX_ITEMS)


@st.composite
def plain_fridges(draw: st.DrawFn) -> Fridge:
    """A fridge as the database gives it, newest first, of names that a test can tell apart."""
    known = st.sampled_from([entry.id for entry in CATALOGUE.ingredients])
    unknown = st.text("abc가나<&🍎 ", min_size=1, max_size=MAX_NAME_LENGTH).map(clean).filter(bool)
    drawn = draw(st.lists(st.one_of(known, unknown), min_size=1, max_size=MAX_ITEMS, unique=True))
    ages = draw(st.lists(st.integers(0, 80_000), min_size=len(drawn), max_size=len(drawn)))
    times = (NOW - timedelta(seconds=age) for age in ages)
    items = [
        known_item(one, time) if isinstance(one, int) else typed_item(one, time)
        for one, time in zip(drawn, times, strict=True)
    ]
    newest_first = sorted(items, key=lambda item: item.added_at, reverse=True)
    return Fridge(newest_first, NOW + draw(durations), None)


fridges_in_order = plain_fridges()


def finished_run(job: str, started_at: datetime, took: timedelta, affected: int) -> FinishedRun:
    """A run of a job that took so long."""
    return FinishedRun(job, started_at, started_at + took, affected)


finished_runs = st.builds(
    finished_run,
    st.sampled_from([EXTEND, PURGE]),
    times,
    st.timedeltas(timedelta(), timedelta(hours=2)),
    counts,
)


failures = st.one_of(
    st.just(FailureSummary(0, None, None)),
    st.builds(FailureSummary, counts, st.text(max_size=LONGEST_ERROR), times),
)


def kept_ingredient(entry: Ingredient, fridges: int) -> KeptIngredient:
    """An ingredient that is in so many fridges."""
    return KeptIngredient(entry.ko, entry.en, entry.emoji, fridges)


kept_ingredients = st.builds(kept_ingredient, st.sampled_from(CATALOGUE.ingredients), counts)
statistics = st.builds(
    Statistics,
    at=times,
    estimated=st.booleans(),
    active_sessions=counts,
    new_sessions=counts,
    items=counts,
    database_bytes=st.integers(0, 10**15),
    most_kept=st.lists(kept_ingredients, max_size=5),
)
