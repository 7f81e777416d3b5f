"""Names that people typed stand in every message as they were typed, and format nothing."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from bot.conversation.replies import Message
from bot.features.add import views as add
from bot.features.admin import views as admin
from bot.features.allowed_chats import TurnedAway
from bot.features.common.chats import Chat
from bot.features.common.names import new_item_html
from bot.features.deeds import answers
from bot.features.deeds import views as deeds
from bot.features.deeds.putting_in import offer, told
from bot.features.deeds.said import joined
from bot.features.deeds.taking_out import (
    TakenOut,
    ask_whether_all,
    by_command,
    of_removed,
    told_taken,
)
from bot.features.files import import_views as import_
from bot.features.fridge import views as fridge
from bot.features.fridge.buttons import ListView
from bot.features.remove import views as remove
from bot.features.undo import views as undo
from bot.features.warnings import views as warnings
from bot.locale.language import Language
from bot.understanding.lists import Listed
from bot.understanding.meaning import Act, Asked, Deed, Thing
from db.fridges.expiry_warnings import DueWarning, KeptAfterWarning
from db.operation.statistics import KeptIngredient, Statistics
from db.updates.failed_updates import FailureSummary
from db.updates.handled_requests import Offer
from fridge.catalogue.catalogue import Ingredient
from fridge.items import UNCATALOGUED, Item, ItemKey, NewItem
from fridge.lots import BARE, Amount, Lot
from fridge.outcomes import (
    Added,
    ChangedLot,
    Fridge,
    Outcome,
    Reduced,
    Reduction,
    Removed,
    Undone,
)
from fridge.request_keys import RequestKind
from tests.bot.features.views.strategies import (
    CATALOGUE,
    DAY,
    NOW,
    REQUEST,
    as_things,
    known_item,
    typed_item,
)
from tests.bot.features.views.telegram import buttons, formatted, shown

MARKED_UP: Final = "<b>quark</b> &amp; co"
"""Is shown as it is only if it is escaped, and only once."""

PLAIN: Final = "quark"
EN: Final = Language.ENGLISH
FRIDGE: Final = Fridge([typed_item("bread")], NOW + DAY, None)


TODAY: Final = NOW.date()
SIX: Final = Lot(Amount(Decimal(6)))
FOUR: Final = Lot(Amount(Decimal(4)))


def too_long(name: str) -> str:
    """A name that begins with this one, and is cut behind it."""
    return name + "x" * 64


def new_item(name: str, lot: Lot = BARE) -> NewItem:
    return NewItem(ItemKey(UNCATALOGUED, name), name, lot)


def ingredient() -> Ingredient:
    return CATALOGUE.ingredients[0]


def milk(lot: Lot) -> Item:
    found = CATALOGUE.match("milk")
    assert found is not None
    return known_item(found.id, lot=lot)


def in_fridge(*items: Item) -> Chat:
    fridge = Fridge(items, NOW + DAY, "en")
    return Chat(fridge, EN, TODAY, is_american=False, names=(), at=NOW)


def changed(things: list[Thing], before: Lot, after: Lot) -> list[ChangedLot]:
    return [ChangedLot(one.name.key, one.name.as_new_item().name, before, after) for one in things]


def added(things: list[Thing], outcome: Outcome, *, there: Lot = BARE) -> Message:
    key = things[0].name.key
    result = Added({key: outcome}, 1, None, there=[new_item(things[0].name.typed, there)])
    return joined([told(things, result, key=REQUEST, likely={}, today=TODAY, language=EN)])


def added_to(name: str, before: Lot, after: Lot) -> Message:
    things = as_things(name)
    outcomes = {things[0].name.key: Outcome.ADDED}
    result = Added(outcomes, 1, None, changed=changed(things, before, after))
    return joined([told(things, result, key=REQUEST, likely={}, today=TODAY, language=EN)])


def put_in(name: str) -> Message:
    things = as_things(name)
    result = Added({things[0].name.key: Outcome.ADDED}, 1, None)
    return joined(
        [told(things, result, key=REQUEST, likely={}, today=TODAY, language=EN, label=name)]
    )


def date_asked(name: str = "quark", said: str = "whenever") -> Message:
    things = [replace(thing, date_unread=said) for thing in as_things(name)]
    return added(things, Outcome.ADDED)


def offered(*names: str) -> Message:
    return joined([offer(as_things(*names), {}, TODAY, EN)])


def removed(name: str, *, was_there: bool) -> Message:
    things = as_things(name)
    keys = frozenset(thing.name.key for thing in things if was_there)
    return told_removed(things, of_removed(things, Removed(keys, 1, None, NOW), EN))


def told_removed(things: list[Thing], done: TakenOut, likely: tuple[Item, ...] = ()) -> Message:
    said = told_taken(
        things, done, likely, key=REQUEST, today=TODAY, catalogue=CATALOGUE, named=True
    )
    return joined([said])


def reduced(name: str, outcome: Reduction, *, known: Lot = BARE, after: Lot = BARE) -> Message:
    """What is said when a part of a lot of this name was to go."""
    things = as_things(name, lot=FOUR)
    item = new_item(name, known)
    is_taken = outcome is Reduction.TAKEN
    result = Reduced(
        [outcome],
        taken_out=[item] if is_taken else [],
        changed=changed(things, known, after) if is_taken else [],
        there=[] if is_taken else [item],
        count=1,
        language=None,
        at=NOW,
    )
    done = TakenOut([], [], result, 1, EN, NOW, RequestKind.REDUCE)
    return told_removed(things, done)


def likely(name: str) -> Message:
    done = of_removed([], Removed(frozenset(), 1, None, NOW), EN)
    return told_removed([], done, (typed_item(name),))


def answered(name: str, asked: Asked, *items: Item) -> Message:
    deed = Deed(Act.ASK, as_things(name), asked=asked)
    return joined([answers.answer(deed, in_fridge(*items), CATALOGUE)])


def listed(*things: Thing, too_long: tuple[str, ...] = (), one_too_many: str = "") -> Message:
    remarks = import_.remarks(Listed(things, too_long, one_too_many), 0, EN)
    return import_.offered(things, Offer(REQUEST, [], remarks=remarks), TODAY, EN)


def stays_out(name: str) -> Message:
    offer = Offer(REQUEST, [], left_out=frozenset({0}))
    return import_.offered(as_things(name, "milk"), offer, TODAY, EN)


def swapped(name: str) -> Message:
    return add.swapped(
        new_item(name), ingredient(), 1, key=REQUEST, catalogue=CATALOGUE, language=EN
    )


def taken(name: str) -> Message:
    """The list after a tap took the name out."""
    above = fridge.taken_out_line(new_item_html(new_item(name), CATALOGUE, EN), EN)
    back = undo.back_button(REQUEST, new_item(name), ListView(), CATALOGUE, EN)
    return fridge.page(FRIDGE, ListView(), CATALOGUE, NOW, EN, above=above, undo=back)


def kept(name: str) -> Message | None:
    result = KeptAfterWarning([new_item(name)], 1, NOW, NOW + DAY, "en")
    return warnings.kept(result, CATALOGUE, EN)


def figures(name: str = "", error: str = "") -> Message:
    most_kept = [KeptIngredient(name, name, "🥛", 1)] if name else []
    return admin.statistics(
        Statistics(
            at=NOW,
            estimated=False,
            active_sessions=1,
            new_sessions=1,
            items=1,
            database_bytes=1,
            most_kept=most_kept,
        ),
        FailureSummary(1, error, NOW) if error else FailureSummary(0, None, None),
        [],
        timedelta(hours=1),
        EN,
        turned_away=TurnedAway(),
    )


NAMING: Final[Mapping[str, Callable[[str], Message | None]]] = {
    "added": lambda name: added(as_things(name), Outcome.ADDED),
    "there already": lambda name: added(as_things(name), Outcome.ALREADY_THERE, there=SIX),
    "left out of a full fridge": lambda name: added(as_things(name), Outcome.NO_ROOM),
    "added to what was there": lambda name: added_to(name, SIX, FOUR),
    "noted of what was there": lambda name: added_to(name, BARE, FOUR),
    "asked until when it is good": lambda name: date_asked(name=name),
    "an unread date": lambda said: date_asked(said=said),
    "offered": offered,
    "offered by a command": lambda name: offered("a1", "a2", "a3", "a4", "a5", name),
    "put in by a button": put_in,
    "corrected": swapped,
    "too long": lambda name: offered(too_long(name)),
    "in a list": lambda name: listed(*as_things(name)),
    "left out of a list": stays_out,
    "too long in a list": lambda name: listed(*as_things("milk"), too_long=(too_long(name),)),
    "one too many in a list": lambda name: listed(*as_things("milk"), one_too_many=name),
    "alone in a list, and too long": lambda name: import_.nothing(Listed([], [too_long(name)]), EN),
    "removed": lambda name: removed(name, was_there=True),
    "not there to be removed": lambda name: removed(name, was_there=False),
    "less than before": lambda name: reduced(name, Reduction.TAKEN, known=SIX, after=FOUR),
    "of an amount not known": lambda name: reduced(name, Reduction.UNKNOWN_AMOUNT),
    "of another unit": lambda name: reduced(name, Reduction.OTHER_UNIT, known=SIX),
    "asked about": lambda name: joined([ask_whether_all(as_things(name), EN)]),
    "asked about, too long for a button": lambda name: joined(
        [ask_whether_all(as_things(name, "가" * 30), EN)]
    ),
    "to be taken out by a command": lambda name: Message(by_command(as_things(name), EN)),
    "gone bad": lambda name: joined([deeds.ask_bad(as_things(name), EN)]),
    "not there": lambda name: joined([deeds.not_there(as_things(name), EN)]),
    "the only one to stay": lambda name: joined([deeds.ask_all_but(2, as_things(name), EN)]),
    "perhaps put in": lambda name: joined([deeds.ask(Act.PUT, as_things(name), TODAY, EN)]),
    "perhaps moved": lambda name: joined([deeds.ask(Act.MOVE, as_things(name), TODAY, EN)]),
    "perhaps taken out": lambda name: joined([deeds.ask(Act.TAKE, as_things(name), TODAY, EN)]),
    "not read": lambda name: joined([deeds.unread(name, EN)]),
    "asked whether it is there": lambda name: answered(name, Asked.IS_THERE),
    "there when asked": lambda name: answered(name, Asked.IS_THERE, typed_item(name, lot=SIX)),
    "how much of it": lambda name: answered(name, Asked.AMOUNT, typed_item(name, lot=SIX)),
    "how much is not known": lambda name: answered(name, Asked.AMOUNT, typed_item(name)),
    "until when": lambda name: answered(
        name, Asked.DATE, typed_item(name, lot=Lot(best_before=TODAY))
    ),
    "until when is not known": lambda name: answered(name, Asked.DATE, typed_item(name)),
    "to be eaten first": lambda name: answered(name, Asked.FIRST, typed_item(name)),
    "taken out by an offer": lambda name: remove.taken(new_item(name), 1, REQUEST, CATALOGUE, EN),
    "on the list": lambda name: fridge.page(
        Fridge([typed_item(name)] * 9, NOW + DAY, None), ListView(), CATALOGUE, NOW, EN
    ),
    "taken out of the list": taken,
    "undone, out again": lambda name: undo.undone(
        Undone([new_item(name)], [], FRIDGE), CATALOGUE, NOW, EN
    ),
    "undone, in again": lambda name: undo.undone(
        Undone([], [new_item(name)], FRIDGE), CATALOGUE, NOW, EN
    ),
    "undone, as before": lambda name: undo.undone(
        Undone([], [], FRIDGE, changed=changed(as_things(name), SIX, FOUR)), CATALOGUE, NOW, EN
    ),
    "warned of": lambda name: warnings.warning(
        DueWarning(1, NOW, NOW + DAY, [new_item(name)], "en"), NOW, DAY, CATALOGUE, EN
    ),
    "put back": kept,
    "an ingredient in the figures": lambda name: figures(name=name),
    "an error in the figures": lambda error: figures(error=error),
}

NOTED: Final[Mapping[str, Callable[[Lot], Message | None]]] = {
    "added": lambda lot: added(as_things("quark", lot=lot), Outcome.ADDED),
    "left out of a full fridge": lambda lot: added(as_things("quark", lot=lot), Outcome.NO_ROOM),
    "added to what was there": lambda lot: added_to("quark", lot, FOUR),
    "noted of what was there": lambda lot: added_to("quark", BARE, lot),
    "offered": lambda lot: joined([offer(as_things("quark", lot=lot), {}, TODAY, EN)]),
    "in a list": lambda lot: listed(*as_things("quark", lot=lot)),
    "gone whole where others are less": lambda lot: reduced(
        "quark", Reduction.TAKEN, known=lot, after=FOUR
    ),
    "perhaps put in": lambda lot: joined(
        [deeds.ask(Act.PUT, as_things("quark", lot=lot), TODAY, EN)]
    ),
    "to be eaten first": lambda lot: answered("milk", Asked.FIRST, milk(lot)),
    "on the list": lambda lot: fridge.page(
        Fridge([milk(lot)], NOW + DAY, None), ListView(), CATALOGUE, NOW, EN
    ),
    "undone, in again": lambda lot: undo.undone(
        Undone([], [new_item("quark", lot)], FRIDGE), CATALOGUE, NOW, EN
    ),
    "undone, as before": lambda lot: undo.undone(
        Undone([], [], FRIDGE, changed=changed(as_things("quark"), lot, FOUR)), CATALOGUE, NOW, EN
    ),
}
"""Messages with the note of a lot."""

ON_BUTTONS: Final[Mapping[str, Callable[[str], Message | None]]] = {
    "offered": offered,
    "put in by a button": put_in,
    "taken out by an offer": NAMING["taken out by an offer"],
    "likely": likely,
    "on the list": NAMING["on the list"],
    "taken out of the list": taken,
}


@pytest.mark.parametrize("message", NAMING.values(), ids=NAMING.keys())
def test_a_name_is_read_as_it_was_typed_and_formats_nothing(
    message: Callable[[str], Message | None],
) -> None:
    marked_up, plain = message(MARKED_UP), message(PLAIN)

    assert marked_up
    assert plain
    assert MARKED_UP in shown(marked_up.text)
    kinds = [kind for kind, _ in formatted(marked_up.text)]
    assert kinds == [kind for kind, _ in formatted(plain.text)]


@pytest.mark.parametrize("message", NOTED.values(), ids=NOTED.keys())
def test_a_note_is_read_as_it_was_typed_and_formats_nothing(
    message: Callable[[Lot], Message | None],
) -> None:
    marked_up, plain = (message(replace(SIX, note=note)) for note in (MARKED_UP, PLAIN))

    assert marked_up
    assert plain
    assert MARKED_UP in shown(marked_up.text)
    kinds = [kind for kind, _ in formatted(marked_up.text)]
    assert kinds == [kind for kind, _ in formatted(plain.text)]


@pytest.mark.parametrize("message", ON_BUTTONS.values(), ids=ON_BUTTONS.keys())
def test_a_name_is_read_on_a_button_as_it_was_typed(
    message: Callable[[str], Message | None],
) -> None:
    marked_up = message(MARKED_UP)

    assert marked_up
    assert any(MARKED_UP in button.text for button in buttons(marked_up))
