"""What holds for every text: it is read in bounded work, and nothing is made up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.meaning import CHANGING, Act, Because, Deed
from bot.understanding.names import clean
from bot.understanding.parse import Knowledge, own_names, parse
from bot.understanding.reading.tokens import MOST_TOKENS, cut, plain
from bot.understanding.trace import lines
from fridge.catalogue.catalogue import load_catalogue
from fridge.catalogue.normalise import normalise
from fridge.lots import Amount, Place, Unit

TODAY: Final = date(2026, 12, 1)
KNOWLEDGE: Final = Knowledge.of(load_catalogue())
LONGEST: Final = 4096
QUICK: Final = settings(max_examples=100, deadline=None)
PIECES: Final = st.sampled_from(
    [
        *("우유", "계란", "milk", "eggs", "2", "개", "1.5kg", "반", "half", "12/24", "까지", "🥛"),
        *(
            "다",
            "안",
            "먹었어",
            "샀어",
            "없어",
            "없대",
            "넣고",
            "bought",
            "ate",
            "no",
            "not",
            "left",
        ),
        *("the", "of", "and", "랑", "냉동실에", "freezer", ",", "\n", "?", ".", "(", ")", "/", "-"),
        *("zorgle", "모르는말", "\u0301", "\u200d", "ﷺ", "ㅋㅋ", "  ", "：", "１", "if", "빼고"),
    ]
)
TEXTS: Final = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)


def only(text: str, *own: str) -> Deed:
    [deed] = parse(text, KNOWLEDGE, today=TODAY, own=own_names(own)).deeds
    return deed


@QUICK
@given(TEXTS)
def test_every_text_is_understood_without_an_error(text: str) -> None:
    found = parse(text, KNOWLEDGE, today=TODAY)

    assert list(lines(found))
    assert found.deeds


@QUICK
@given(TEXTS)
def test_names_are_of_the_text_and_clean(text: str) -> None:
    for deed in parse(text, KNOWLEDGE, today=TODAY).deeds:
        for thing in deed.things:
            assert thing.name.typed == clean(thing.name.typed)
            if thing.name.ingredient is None:
                assert thing.name.key.name_key == normalise(thing.name.typed)


@QUICK
@given(st.lists(st.sampled_from(["우유", "계란 10개", "두부 2", "milk", "eggs 6"]), min_size=1))
def test_a_plain_list_means_what_its_sentence_means(parts: list[str]) -> None:
    quick = parse(", ".join(parts), KNOWLEDGE, today=TODAY)
    whole = parse(", ".join(parts[:20]) + ".", KNOWLEDGE, today=TODAY)

    assert [(thing.name.key, thing.lot) for thing in quick.deeds[0].things[: len(parts[:20])]] == [
        (thing.name.key, thing.lot) for thing in whole.deeds[0].things
    ]


@pytest.mark.parametrize(
    "piece", [" ", "반복", "1", "1 ", "🥛", "\u0301", "\u0315\u0300\u0316", "ﷺ", "milk ", "우유?"]
)
def test_a_text_of_any_length_is_read_up_to_a_bound(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]

    tokens, end = cut(plain(text))
    found = parse(text, KNOWLEDGE, today=TODAY)

    assert len(tokens) <= MOST_TOKENS
    assert end == len(plain(text)) or found.unread


def test_the_end_of_a_text_that_is_not_read_turns_nothing_round() -> None:
    text = f"우유 다 먹었어 {'그리고 무슨 말인지 모를 말 ' * 60} 라고 하더라"

    assert not any(deed.act in CHANGING for deed in parse(text, KNOWLEDGE, today=TODAY).deeds)


def test_a_sentence_with_a_word_that_is_left_over_says_which_and_what_it_may_mean() -> None:
    deed = only("민수가 우유 다 마셨어")

    assert deed.act is Act.UNSURE
    assert deed.guess is Act.TAKE
    assert deed.left_over == ["민수가"]
    assert deed.because is Because.WORDS_LEFT


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("우유 없대", Because.HEARSAY),
        ("우유 안 먹었어", Because.NEGATION),
        ("우유 다 먹으면 말해줘", Because.CONDITION),
        ("우유 다 먹을 거야", Because.PLAN),
        ("they say the milk is gone", Because.HEARSAY),
        ("if the milk is gone", Because.CONDITION),
        ("wish we had milk", Because.WISH),
        ("didn't eat the milk", Because.NEGATION),
    ],
)
def test_what_turns_a_sentence_round_is_said(text: str, because: Because) -> None:
    deed = only(text)

    assert deed.act in (Act.NOTHING, Act.UNSURE)
    assert deed.because is because


def test_the_names_of_the_chat_are_known_in_sentences() -> None:
    deed = only("할머니소스랑 Oatly 다 먹었어", "할머니 소스", "Oatly")

    assert deed.act is Act.TAKE
    assert [thing.name.typed for thing in deed.things] == ["할머니 소스", "Oatly"]
    assert all(thing.is_known for thing in deed.things)


def test_a_sentence_is_read_with_amount_date_place_and_note() -> None:
    [thing] = only("풀무원 두부 2모 12/24까지 냉동실에 넣었어").things

    assert thing.lot.amount is not None
    assert thing.lot.amount == Amount(Decimal(2), Unit.PIECE)
    assert thing.lot.best_before == date(2026, 12, 24)
    assert thing.lot.place is Place.FREEZER
    assert thing.lot.note == "풀무원"


def test_a_part_is_a_share_of_what_is_known() -> None:
    [thing] = only("used half the butter").things

    assert thing.share == Fraction(1, 2)
    assert thing.lot.amount is None


@pytest.mark.parametrize(
    ("month_first", "day"), [(False, date(2027, 4, 3)), (True, date(2027, 3, 4))]
)
def test_an_english_date_is_read_as_in_the_region(month_first: bool, day: date) -> None:  # noqa: FBT001
    found = parse("milk until 3/4", KNOWLEDGE, today=TODAY, month_first=month_first)

    assert found.deeds[0].things[0].lot.best_before == day
