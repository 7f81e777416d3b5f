"""Names that people typed stand in every message as they were typed, and format nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import pytest

from bot.conversation.replies import Message
from bot.features.add import views as add
from bot.features.admin import views as admin
from bot.features.allowed_chats import TurnedAway
from bot.features.common import refusals
from bot.features.common.names import new_item_html
from bot.features.files import import_views as import_
from bot.features.fridge import views as fridge
from bot.features.fridge.buttons import Place
from bot.features.remove import views as remove
from bot.features.undo import views as undo
from bot.features.warnings import views as warnings
from bot.locale.language import Language
from bot.understanding.names import Name, Names, find_names
from db.fridges.expiry_warnings import DueWarning, KeptAfterWarning
from db.operation.statistics import KeptIngredient, Statistics
from db.updates.failed_updates import FailureSummary
from fridge.catalogue.catalogue import Ingredient
from fridge.items import UNCATALOGUED, ItemKey, NewItem
from fridge.outcomes import Added, Fridge, Outcome, Removed, Undone
from tests.bot.features.views.strategies import CATALOGUE, DAY, NOW, REQUEST, typed_item
from tests.bot.features.views.telegram import buttons, formatted, shown

MARKED_UP: Final = "<b>quark</b> &amp; co"
"""Is shown as it is only if it is escaped, and only once."""

PLAIN: Final = "quark"
EN: Final = Language.ENGLISH
FRIDGE: Final = Fridge([typed_item("bread")], NOW + DAY, None)


def usable(text: str) -> Sequence[Name]:
    return find_names(text, CATALOGUE).usable


def too_long(name: str) -> str:
    """A name that begins with this one, and is cut behind it."""
    return name + "x" * 64


def new_item(name: str) -> NewItem:
    return NewItem(ItemKey(UNCATALOGUED, name), name)


def ingredient() -> Ingredient:
    return CATALOGUE.ingredients[0]


def added(name: str, outcome: Outcome) -> Message:
    names = usable(name)
    result = Added({names[0].key: outcome}, 1, None)
    return add.added(Names(names, []), result, REQUEST, {}, EN)


def put_in(name: str) -> Message | None:
    names = usable(name)
    result = Added({names[0].key: Outcome.ADDED}, 1, None)
    return add.put_in(Names(names, []), result, REQUEST, EN)


def offered(*names: str) -> Message:
    unknown = usable(",".join(names))
    return add.added_and_offered(Names([], []), None, unknown, key=REQUEST, meant={}, language=EN)


def removed(name: str, *, was_there: bool) -> Message:
    names = usable(name)
    result = Removed(frozenset([names[0].key] if was_there else []), 1, None, NOW)
    return remove.removed(Names(names, []), result, REQUEST, [], EN)


def likely(name: str) -> Message:
    result = Removed(frozenset(), 1, None, NOW)
    return remove.removed(Names([], []), result, REQUEST, [typed_item(name)], EN)


def swapped(name: str) -> Message:
    return add.swapped(
        new_item(name), ingredient(), 1, key=REQUEST, catalogue=CATALOGUE, language=EN
    )


def taken(name: str) -> Message:
    """The list after a tap took the name out."""
    above = fridge.taken_out_line(new_item_html(new_item(name), CATALOGUE, EN), EN)
    back = undo.back_button(REQUEST, new_item(name), Place(1), CATALOGUE, EN)
    return fridge.page(FRIDGE, 1, NOW, EN, above=above, undo=back)


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
    "added": lambda name: added(name, Outcome.ADDED),
    "there already": lambda name: added(name, Outcome.ALREADY_THERE),
    "left out of a full fridge": lambda name: added(name, Outcome.NO_ROOM),
    "offered": offered,
    "offered by a command": lambda name: offered("a1", "a2", "a3", "a4", "a5", name),
    "put in by a button": put_in,
    "corrected": swapped,
    "too long": lambda name: refusals.nothing_usable(Names([], [too_long(name)]), EN),
    "one too many": lambda name: refusals.nothing_usable(Names([], [], name), EN),
    "in a list": lambda name: import_.offered(Names(usable(name), []), REQUEST, EN),
    "too long in plain words": lambda name: add.added_and_offered(
        Names([], [too_long(name)]), None, [], key=REQUEST, meant={}, language=EN
    ),
    "too long in a list": lambda name: import_.offered(
        Names(usable("milk"), [too_long(name)]), REQUEST, EN
    ),
    "one too many in a list": lambda name: import_.offered(
        Names(usable("milk"), [], name), REQUEST, EN
    ),
    "alone in a list, and too long": lambda name: import_.nothing(Names([], [too_long(name)]), EN),
    "removed": lambda name: removed(name, was_there=True),
    "not there to be removed": lambda name: removed(name, was_there=False),
    "taken out by an offer": lambda name: remove.taken(new_item(name), 1, REQUEST, CATALOGUE, EN),
    "on the list": lambda name: fridge.page(
        Fridge([typed_item(name)], NOW + DAY, None), 1, NOW, EN
    ),
    "taken out of the list": taken,
    "undone, out again": lambda name: undo.undone(
        Undone([new_item(name)], [], FRIDGE), CATALOGUE, EN
    ),
    "undone, in again": lambda name: undo.undone(
        Undone([], [new_item(name)], FRIDGE), CATALOGUE, EN
    ),
    "warned of": lambda name: warnings.warning(
        DueWarning(1, NOW, NOW + DAY, [new_item(name)], "en"), NOW, DAY, CATALOGUE, EN
    ),
    "put back": kept,
    "an ingredient in the figures": lambda name: figures(name=name),
    "an error in the figures": lambda error: figures(error=error),
}

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


@pytest.mark.parametrize("message", ON_BUTTONS.values(), ids=ON_BUTTONS.keys())
def test_a_name_is_read_on_a_button_as_it_was_typed(
    message: Callable[[str], Message | None],
) -> None:
    marked_up = message(MARKED_UP)

    assert marked_up
    assert any(MARKED_UP in button.text for button in buttons(marked_up))
