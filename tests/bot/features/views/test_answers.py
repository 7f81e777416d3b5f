"""What a person reads after adding and taking out: each name stands in the line of its outcome."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bot.conversation.replies import Message
from bot.features.deeds.putting_in import Likely, offer, told
from bot.features.deeds.said import joined
from bot.features.deeds.taking_out import TakenOut, of_removed, told_taken
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from fridge.items import ItemKey, NewItem
from fridge.lots import Amount, Lot, Place, Unit
from fridge.outcomes import Added, ChangedLot, Outcome, Reduced, Reduction, Removed
from fridge.request_keys import RequestKind
from tests.bot.features.views.strategies import CATALOGUE, NOW, REQUEST, as_things
from tests.bot.features.views.telegram import buttons, shown

TODAY = NOW.date()
SIX, FOUR = Lot(Amount(Decimal(6))), Lot(Amount(Decimal(4)))

either_language = pytest.mark.parametrize(
    ("spoken", "milk"), [(Language.ENGLISH, "🥛 milk"), (Language.KOREAN, "🥛 우유")]
)


def key(name: str) -> ItemKey:
    [thing] = as_things(name)
    return thing.name.key


def added(
    things: list[Thing], result: Added, spoken: Language, likely: Likely | None = None
) -> Message:
    said = told(things, result, key=REQUEST, likely=likely or {}, today=TODAY, language=spoken)
    return joined([said])


def taken(things: list[Thing], done: TakenOut) -> Message:
    return joined([told_taken(things, done, (), key=REQUEST, today=TODAY, catalogue=CATALOGUE)])


def removed(things: list[Thing], result: Removed, spoken: Language) -> Message:
    return taken(things, of_removed(things, result, spoken))


@either_language
def test_adding_says_what_became_of_each_name(spoken: Language, milk: str) -> None:
    things = as_things("milk", "quark", "tofu <b>", "shoes")
    outcomes = {
        key("milk"): Outcome.ADDED,
        key("quark"): Outcome.ADDED,
        key("tofu <b>"): Outcome.ALREADY_THERE,
        key("shoes"): Outcome.NO_ROOM,
    }

    answer = shown(added(things, Added(outcomes, 500, None), spoken).text)

    put_in, already_there, left_out, count = answer.splitlines()
    assert put_in.endswith(f": {milk}, quark")
    assert already_there.endswith(": tofu <b>")
    assert left_out.endswith(": shoes")
    assert "500" in left_out
    assert "500" in count


@pytest.mark.parametrize("spoken", Language)
def test_what_is_too_long_is_said_by_its_beginning_and_not_offered(spoken: Language) -> None:
    said = joined([offer(as_things("x" * 65, "quark"), {}, TODAY, spoken)])

    too_long, offered = shown(said.text).splitlines()
    assert too_long.endswith(f": {'x' * 32}…")
    assert "64" in too_long
    assert "quark" in offered
    assert "x" not in offered
    assert len(buttons(said)) == 1


@either_language
def test_nothing_is_said_of_outcomes_that_there_are_not(spoken: Language, milk: str) -> None:
    outcomes = {key("milk"): Outcome.ADDED}

    put_in, count = shown(
        added(as_things("우유"), Added(outcomes, 1, None), spoken).text
    ).splitlines()

    assert put_in.endswith(f": {milk}")
    assert "1" in count


@either_language
def test_a_name_that_was_said_twice_is_named_once(spoken: Language, milk: str) -> None:
    things = as_things("milk", "우유")

    for outcome in (Outcome.ADDED, Outcome.ALREADY_THERE):
        line, _ = shown(
            added(things, Added({key("milk"): outcome}, 1, None), spoken).text
        ).splitlines()
        assert line.endswith(f": {milk}")


@pytest.mark.parametrize(
    ("spoken", "lines"),
    [
        (
            Language.ENGLISH,
            [
                "Added: 🥛 milk (organic) 1.5L · until 1 Apr · freezer",
                "Changed: 🥚 egg ×6 → ×10",
                "Noted: 🧈 butter 1 pack",
                "Already there: 🥢 tofu (2 packs)",
                "4 items in the fridge now.",
            ],
        ),
        (
            Language.KOREAN,
            [
                "넣었어요: 🥛 우유 (organic) 1.5L · 4/1까지 · 냉동실",
                "바꿨어요: 🥚 계란 6개 → 10개",
                "적어 두었어요: 🧈 버터 1팩",
                "이미 있어요: 🥢 두부 (2팩)",
                "지금 냉장고에 재료가 4가지 있어요.",
            ],
        ),
    ],
)
def test_adding_says_how_much_until_when_and_where(spoken: Language, lines: list[str]) -> None:
    litres = Amount(Decimal(1500), Unit.MILLILITRE)
    milk = as_things("milk", lot=Lot(litres, date(2026, 4, 1), Place.FREEZER, "organic"))
    pack = Lot(Amount(Decimal(1), Unit.PACK))
    two_packs = Lot(Amount(Decimal(2), Unit.PACK))
    things = [
        *milk,
        *as_things("egg", lot=FOUR),
        *as_things("butter", lot=pack),
        *as_things("tofu"),
    ]
    outcomes = {key(name): Outcome.ADDED for name in ("milk", "egg", "butter")}
    result = Added(
        outcomes | {key("tofu"): Outcome.ALREADY_THERE},
        4,
        None,
        changed=[
            ChangedLot(key("egg"), "", SIX, Lot(Amount(Decimal(10)))),
            ChangedLot(key("butter"), "", Lot(), pack),
        ],
        there=[NewItem(key("tofu"), lot=two_packs)],
    )

    answer = added(things, result, spoken)

    assert shown(answer.text).splitlines() == lines
    assert len(buttons(answer)) == 1


def test_no_more_corrections_are_offered_than_leave_the_chat_in_sight() -> None:
    milk = CATALOGUE.match("milk")
    assert milk is not None
    things = as_things(*(f"mlik {number}" for number in range(8)))
    outcomes = {thing.name.key: Outcome.ADDED for thing in things}
    likely = dict.fromkeys(outcomes, milk)

    answer = added(things, Added(outcomes, 8, None), Language.ENGLISH, likely)

    assert [button.text for button in buttons(answer)] == [
        "↩ Undo",
        *["Did you mean 🥛 milk?"] * 5,
    ]


@pytest.mark.parametrize("spoken", Language)
def test_a_date_that_is_not_understood_is_asked_for_with_days_on_buttons(spoken: Language) -> None:
    [milk] = as_things("milk", lot=Lot(note="organic"))
    things = [Thing(milk.name, lot=milk.lot, date_unread="<99/99>")]

    answer = added(things, Added({milk.name.key: Outcome.ADDED}, 1, None), spoken)

    *_, question = shown(answer.text).splitlines()
    assert "<99/99>" in question
    undo, *days = buttons(answer)
    assert undo.data.startswith("undo:")
    assert [button.data for button in days] == [
        f"put:organic {name} exp 2026-03-{day:02}" for name in ["milk"] for day in (4, 8, 15)
    ]


@either_language
def test_removing_says_what_was_there_and_what_was_not(spoken: Language, milk: str) -> None:
    result = Removed(frozenset({key("milk"), key("quark")}), 1, None, NOW)

    taken_out, not_there, count = shown(
        removed(as_things("milk", "quark", "shoes"), result, spoken).text
    ).splitlines()

    assert taken_out.endswith(f": {milk}, quark")
    assert not_there.endswith(": shoes")
    assert "1" in count


@either_language
def test_removing_the_last_item_says_that_the_fridge_is_empty(spoken: Language, milk: str) -> None:
    result = Removed(frozenset({key("milk")}), 0, None, NOW)

    taken_out, empty = shown(removed(as_things("milk"), result, spoken).text).splitlines()

    assert taken_out.endswith(f": {milk}")
    assert "0" not in empty


@pytest.mark.parametrize(
    ("spoken", "lines", "labels"),
    [
        (
            Language.ENGLISH,
            [
                "Taken out: 🥢 tofu",
                "Left: 🥚 egg ×6 → ×4",
                "I don't know how much there was of 🥛 milk, so I changed nothing.",
                "There is 🧈 butter: 2 packs. I changed nothing.",
                "3 items in the fridge now.",
                "",
                "Is it all gone? 🥛 milk, 🧈 butter",
            ],
            ["↩ Undo", "All gone", "Still some"],
        ),
        (
            Language.KOREAN,
            [
                "뺐어요: 🥢 두부",
                "남은 양: 🥚 계란 6개 → 4개",
                "🥛 우유: 원래 얼마나 있었는지 몰라서 그대로 두었어요.",
                "🧈 버터: 2팩. 그대로 두었어요.",
                "지금 냉장고에 재료가 3가지 있어요.",
                "",
                "다 떨어졌나요? 🥛 우유, 🧈 버터",
            ],
            ["↩ 되돌리기", "다 떨어졌어요", "아직 남았어요"],
        ),
    ],
)
def test_taking_amounts_out_says_what_is_left_and_asks_where_it_is_not_known(
    spoken: Language, lines: list[str], labels: list[str]
) -> None:
    two = Lot(Amount(Decimal(2)))
    packs = Lot(Amount(Decimal(2), Unit.PACK))
    things = as_things("tofu", "egg", "milk", "butter", lot=two)
    tofu, _, milk, butter = things
    reduced = Reduced(
        [
            Reduction.TAKEN,
            Reduction.TAKEN,
            Reduction.UNKNOWN_AMOUNT,
            Reduction.OTHER_UNIT,
        ],
        taken_out=[NewItem(tofu.name.key, lot=two)],
        changed=[ChangedLot(key("egg"), "", SIX, FOUR)],
        there=[NewItem(milk.name.key), NewItem(butter.name.key, lot=packs)],
        count=3,
        language=None,
        at=NOW,
    )
    done = TakenOut([tofu], [], reduced, 3, spoken, NOW, RequestKind.REDUCE)

    answer = taken(things, done)

    assert shown(answer.text).splitlines() == lines
    assert [button.text for button in buttons(answer)] == labels


@pytest.mark.parametrize("spoken", Language)
def test_of_a_part_of_an_unknown_amount_nothing_is_asked(spoken: Language) -> None:
    [milk] = as_things("milk")
    half = Thing(milk.name, share=Fraction(1, 2))
    reduced = Reduced([Reduction.UNKNOWN_AMOUNT], [], [], [NewItem(milk.name.key)], 1, None, NOW)
    done = TakenOut([], [], reduced, 1, spoken, NOW, RequestKind.REDUCE)

    assert buttons(taken([half], done)) == []
