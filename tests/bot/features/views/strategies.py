"""Arbitrary data for the views, as the rest of the program could hand it to them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle

from hypothesis import settings
from hypothesis import strategies as st

from bot.features.deeds.taking_out import TakenOut, of_removed
from bot.features.fridge.buttons import ListView
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from bot.understanding.names import MAX_NAME_LENGTH, SEPARATORS, Name, clean, whole_name
from db.operation.job_runs import EXTEND, PURGE, FinishedRun
from db.operation.statistics import KeptIngredient, Statistics
from db.updates.failed_updates import LONGEST_ERROR, FailureSummary
from fridge.catalogue.catalogue import CATEGORIES, Ingredient, load_catalogue
from fridge.items import MAX_ITEMS, UNCATALOGUED, Item, ItemKey, NewItem
from fridge.lots import BARE, DECIMALS, MOST, Amount, Lot, Place, Unit
from fridge.outcomes import Added, ChangedLot, Fridge, Outcome, Reduced, Reduction, Removed
from fridge.request_keys import RequestKey, RequestKind

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


MOST_OF_ALL = Amount(MOST - Decimal("0.001"), Unit.PACK)
"""An amount with the longest of texts."""

amounts = st.builds(
    Amount,
    st.one_of(
        st.integers(1, 3),
        st.decimals(Decimal("0.001"), MOST, places=DECIMALS, allow_nan=False),
        st.just(MOST),
    ).map(Decimal),
    st.sampled_from(Unit),
)
days = st.none() | st.dates(date(2020, 1, 1), date(2099, 12, 31))
places = st.none() | st.sampled_from(Place)
outcomes = st.sampled_from(Outcome)
plain_names = st.sampled_from(
    ["quark", "labneh", "dragon scales", "grandma's secret sauce", "할머니 소스", "쿼크", "두바이"]
)
"""Names that the catalogue does not know."""

lots = st.builds(
    Lot,
    amount=st.none() | amounts,
    best_before=days,
    place=places,
    note=st.just("") | typed_names,
)
"""Everything that may be known of a lot, a note of the most characters also."""

some_lots = st.sampled_from(
    [
        *[BARE] * 3,
        Lot(Amount(Decimal(6))),
        Lot(Amount(Decimal("0.5"), Unit.BOTTLE), place=Place.PANTRY),
        Lot(Amount(Decimal(1500), Unit.MILLILITRE), date(2026, 3, 2)),
        Lot(best_before=date(2026, 2, 27), note="<b>&amp;"),
        *(
            Lot(MOST_OF_ALL, date(2027, 12, 24), Place.FREEZER, longest(character))
            for character in "🍎א"
        ),
    ]
)
"""A few that differ in all respects; quick to draw for many items."""


def as_things(*texts: str, lot: Lot = BARE) -> list[Thing]:
    """The names that stand alone in these texts, each with this lot."""
    names = (whole_name(text, CATALOGUE) for text in texts)
    return [Thing(name, is_known=bool(name.ingredient), lot=lot) for name in names if name]


@st.composite
def draw_things(draw: st.DrawFn) -> list[Thing]:
    """What a message may name: some things known, some over-long, with much known of them."""
    in_catalogue = st.sampled_from(
        [name for entry in CATALOGUE.ingredients for name in entry.names]
    )
    too_long = typed_names.map(lambda name: (name or "x") * (MAX_NAME_LENGTH + 1))
    parts = draw(st.lists(st.one_of(in_catalogue, typed_names, typed_names, too_long), max_size=20))
    filler = draw(typed_names)
    parts += [f"{filler[:61]}{number}" for number in range(draw(st.integers(0, 50)))]
    dates_unread = st.just("") | typed_names
    known = draw(st.lists(st.tuples(lots, dates_unread), min_size=1, max_size=5))
    return [
        replace(thing, lot=lot, date_unread=unread)
        for thing, (lot, unread) in zip(as_things(*parts), cycle(known), strict=False)
    ]


things = draw_things()


def usable(some: Sequence[Thing]) -> list[Thing]:
    """The things that a fridge takes."""
    return [thing for thing in some if not thing.name.is_too_long]


@st.composite
def draw_added(draw: st.DrawFn) -> tuple[list[Thing], Added]:
    """Things, and what became of each."""
    named = usable(draw(things))
    became = {thing.name.key: draw(outcomes) for thing in named}
    changed = [draw(changes_of(thing.name)) for thing in named if draw(st.booleans())]
    there = [replace(thing.name.as_new_item(), lot=draw(some_lots)) for thing in named]
    return named, Added(became, draw(counts), None, changed=changed, there=there)


def changes_of(name: Name) -> st.SearchStrategy[ChangedLot]:
    """Whatever may have changed of a lot of this name."""
    typed = name.as_new_item().name
    return st.builds(
        ChangedLot, st.just(name.key), st.just(typed), before=some_lots, after=some_lots
    )


added = draw_added()


@st.composite
def draw_taken_out(draw: st.DrawFn) -> tuple[list[Thing], TakenOut]:
    """Things that were to be taken out, all or a part of each, and what became of them."""
    named = draw(things)
    spoken = draw(languages)
    if draw(st.booleans()):
        keys = frozenset(thing.name.key for thing in named if draw(st.booleans()))
        removed = Removed(keys, draw(counts), None, NOW)
        return named, of_removed(named, removed, spoken)
    outcomes = [draw(st.sampled_from(Reduction)) for _ in named]
    gone = [thing for thing in named if draw(st.booleans())]
    reduced = Reduced(
        outcomes,
        taken_out=[replace(thing.name.as_new_item(), lot=draw(some_lots)) for thing in gone],
        changed=[draw(changes_of(thing.name)) for thing in named if draw(st.booleans())],
        there=[replace(thing.name.as_new_item(), lot=draw(some_lots)) for thing in named],
        count=draw(counts),
        language=None,
        at=NOW,
    )
    absent = [
        thing
        for thing, outcome in zip(named, outcomes, strict=True)
        if outcome is Reduction.NOT_THERE
    ]
    done = TakenOut(gone, absent, reduced, reduced.count, spoken, NOW, RequestKind.REDUCE)
    return named, done


taken_out = draw_taken_out()


likely = st.one_of(st.none(), st.sampled_from(CATALOGUE.ingredients))
"""What could be meant by a name that the catalogue does not know."""


def known_item(ingredient_id: int, added_at: datetime = NOW, lot: Lot = BARE) -> Item:
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
        lot=lot,
    )


def typed_item(
    name: str, added_at: datetime = NOW, category: str = "other", lot: Lot = BARE
) -> Item:
    """A name that the catalogue does not know in a fridge."""
    return Item(
        key=ItemKey(UNCATALOGUED, name),
        name=name,
        ko="",
        en="",
        category=category,
        emoji="🍽️",
        added_at=added_at,
        lot=lot,
    )


items = st.one_of(
    st.builds(
        known_item,
        st.sampled_from([entry.id for entry in CATALOGUE.ingredients]),
        lot=some_lots,
    ),
    st.builds(
        typed_item,
        typed_names.filter(bool),
        category=st.one_of(st.just("other"), st.sampled_from(CATEGORIES)),
        lot=some_lots,
    ),
)
fridges = st.builds(
    Fridge,
    items=st.lists(items, max_size=120),
    expires_at=st.one_of(st.none(), durations.map(lambda duration: NOW + duration)),
    language=st.none(),
)


def as_new_item(item: Item) -> NewItem:
    """The item as it is put in or taken out."""
    return NewItem(item.key, item.name, item.lot)


new_items = st.lists(items.map(as_new_item), max_size=MAX_ITEMS)


def as_changed_lot(item: Item, before: Lot) -> ChangedLot:
    """The item's lot as it is after a change, beside what it was."""
    return ChangedLot(item.key, item.name, before, item.lot)


changed_lots = st.builds(as_changed_lot, items, lots)


views = st.builds(
    ListView,
    st.integers(1, 12) | st.integers(1, 9999),
    st.integers(0, 99),
    st.booleans(),
    st.booleans(),
)


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
