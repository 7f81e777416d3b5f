"""What a person reads after adding and removing: each name stands in the line of its outcome."""

import pytest

from bot.features.add import views as add
from bot.features.remove import views as remove
from bot.locale.language import Language
from bot.understanding.names import find_names
from fridge.items import ItemKey
from fridge.outcomes import Added, Outcome, Removed
from tests.bot.features.views.strategies import CATALOGUE, NOW, REQUEST
from tests.bot.features.views.telegram import buttons, shown

either_language = pytest.mark.parametrize(
    ("spoken", "milk"), [(Language.ENGLISH, "🥛 milk"), (Language.KOREAN, "🥛 우유")]
)


def key(name: str) -> ItemKey:
    [found] = find_names(name, CATALOGUE).usable
    return found.key


@either_language
def test_adding_says_what_became_of_each_name(spoken: Language, milk: str) -> None:
    names = find_names(f"milk, quark, tofu <b>, {'x' * 65}, shoes", CATALOGUE)
    outcomes = {
        key("milk"): Outcome.ADDED,
        key("quark"): Outcome.ADDED,
        key("tofu <b>"): Outcome.ALREADY_THERE,
        key("shoes"): Outcome.NO_ROOM,
    }

    answer = shown(add.added(names, Added(outcomes, 500, None), REQUEST, {}, spoken).text)

    put_in, already_there, left_out, too_long, count = answer.splitlines()
    assert put_in.endswith(f": {milk}, quark")
    assert already_there.endswith(": tofu <b>")
    assert left_out.endswith(": shoes")
    assert "500" in left_out
    assert too_long.endswith(f": {'x' * 32}…")
    assert "64" in too_long
    assert "500" in count


@either_language
def test_nothing_is_said_of_outcomes_that_there_are_not(spoken: Language, milk: str) -> None:
    names = find_names("우유", CATALOGUE)
    outcomes = {key("milk"): Outcome.ADDED}

    put_in, count = shown(
        add.added(names, Added(outcomes, 1, None), REQUEST, {}, spoken).text
    ).splitlines()

    assert put_in.endswith(f": {milk}")
    assert "1" in count


def test_no_more_corrections_are_offered_than_leave_the_chat_in_sight() -> None:
    milk = CATALOGUE.match("milk")
    assert milk is not None
    names = find_names(",".join(f"mlik {number}" for number in range(8)), CATALOGUE)
    outcomes = {name.key: Outcome.ADDED for name in names.usable}
    likely = dict.fromkeys(outcomes, milk)

    answer = add.added(names, Added(outcomes, 8, None), REQUEST, likely, Language.ENGLISH)

    assert [button.text for button in buttons(answer)] == [
        "↩ Undo",
        *["Did you mean 🥛 milk?"] * 5,
    ]


@pytest.mark.parametrize("spoken", Language)
def test_adding_more_than_50_names_says_which_to_send_again(spoken: Language) -> None:
    names = find_names(",".join(f"thing {number}" for number in range(52)), CATALOGUE)
    outcomes = {name.key: Outcome.ADDED for name in names.usable}

    _, send_again, _ = shown(
        add.added(names, Added(outcomes, 50, None), REQUEST, {}, spoken).text
    ).splitlines()

    assert "50" in send_again.replace("thing 50", "")
    assert "thing 50" in send_again


@pytest.mark.parametrize("character", ["&", "<", "🍎", "가"])
def test_the_name_to_send_again_is_named_however_long_it_is(character: str) -> None:
    longest = [f"{character * 61}{number:03}" for number in range(51)]
    names = find_names(",".join(longest), CATALOGUE)
    outcomes = {name.key: Outcome.ADDED for name in names.usable}

    answer = shown(add.added(names, Added(outcomes, 50, None), REQUEST, {}, Language.ENGLISH).text)

    assert longest[50] in answer


@either_language
def test_removing_says_what_was_there_and_what_was_not(spoken: Language, milk: str) -> None:
    names = find_names("milk, quark, shoes", CATALOGUE)
    result = Removed(frozenset({key("milk"), key("quark")}), 1, None, NOW)

    taken_out, not_there, count = shown(
        remove.removed(names, result, REQUEST, [], spoken).text
    ).splitlines()

    assert taken_out.endswith(f": {milk}, quark")
    assert not_there.endswith(": shoes")
    assert "1" in count


@either_language
def test_removing_the_last_item_says_that_the_fridge_is_empty(spoken: Language, milk: str) -> None:
    names = find_names("milk", CATALOGUE)
    result = Removed(frozenset({key("milk")}), 0, None, NOW)

    taken_out, empty = shown(remove.removed(names, result, REQUEST, [], spoken).text).splitlines()

    assert taken_out.endswith(f": {milk}")
    assert "0" not in empty
