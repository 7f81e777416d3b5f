"""Of a receipt, the foods are read with their amounts, and the rest is left out and counted."""

from datetime import date
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.meaning import Parse
from bot.understanding.parse import Knowledge, parse, reading_receipt
from bot.understanding.slices import run_without_pause
from fridge.catalogue.catalogue import load_catalogue
from tests.bot.understanding.receipts import Receipt, receipts, shown

TODAY: Final = date(2026, 12, 1)
KNOWLEDGE: Final = Knowledge.of(load_catalogue())
RECEIPTS: Final = list(receipts())


def read(text: str) -> Parse:
    return run_without_pause(reading_receipt(text, KNOWLEDGE, today=TODAY))


def foods(text: str, language: str = "en") -> list[str]:
    return [shown(thing, language) for thing in read(text).deeds[0].things]


@pytest.mark.parametrize("receipt", RECEIPTS, ids=lambda one: f"{one.language}: {one.name}")
def test_a_receipt_is_known_as_one_and_its_foods_are_read(receipt: Receipt) -> None:
    found = read(receipt.text)

    known = [shown(thing, receipt.language) for thing in found.deeds[0].things]
    others = [shown(thing, receipt.language) for thing in found.others]
    # Known foods stand in the order of the receipt, those that are not known behind them.
    assert sorted([*known, *others]) == sorted(receipt.foods)
    assert known == [food for food in receipt.foods if not food.startswith("?")]
    assert found.left_out.count > 0
    assert parse(receipt.text, KNOWLEDGE, today=TODAY).is_receipt


def test_there_are_twenty_receipts_in_each_language() -> None:
    for language in ("ko", "en"):
        assert sum(receipt.language == language for receipt in RECEIPTS) == 20


@pytest.mark.parametrize(
    "text",
    [
        "milk 12.24까지\neggs 12.30까지\ntofu 12.25까지",
        "우유 유통기한 12.24\n계란 유통기한 12.30\n두부 유통기한 12.25",
        "milk exp 12.24\neggs exp 12.30\nbread",
        "flour 1.50 kg\nsugar 0.75 kg\nrice 2.25 kg",
        "우유 2,980원\n계란",
        "milk\neggs\nbread",
        "우유 2개\n계란 1,000개\n두부 3모",
    ],
)
def test_a_list_with_dates_or_amounts_is_no_receipt(text: str) -> None:
    assert not parse(text, KNOWLEDGE, today=TODAY).is_receipt


def test_what_is_left_out_is_counted() -> None:
    found = read(
        "TESCO\nMilk 1L  £1.20\nEggs x6  £1.65\nKitchen roll £2.00\nTOTAL £4.85\n0123456789"
    )

    assert [shown(thing, "en") for thing in found.deeds[0].things] == [
        "milk 1000 ml",
        "egg 6 piece",
    ]
    assert (found.left_out.prices, found.left_out.codes, found.left_out.lines) == (4, 1, 4)


@pytest.mark.parametrize(
    ("line", "food"),
    [
        ("Milk 1L    2.40", "milk 1000 ml"),
        ("Milk 1L    -2.40", None),  # a discount
        ("Milk chocolate  1.00", "chocolate"),
        ("Coffee filters 2.00", None),
        ("Cat food with tuna 3.00", None),
        ("Eggs  2 @ 1.50   3.00", "egg 2 piece"),
        ("2 x Eggs x6   3.00", "egg 12 piece"),
        ("Onions 0.545 kg @ £1.20/kg  0.65", "onion 545 g"),
        ("[ ] Milk 2 1.20", "milk"),
        ("Leeks 500g 99.7p/kg  £0.50", "leek 500 g"),
        ("01 우유 1L   2,980  2  5,960", "우유 2 piece (1L)"),
        ("우유 맛 나는 비누 3,000", None),
        ("계란 30구 2판  15,000", "계란 60 piece"),
        ("우유(1L)  2,980원 (100ml당 298원)", "우유 1000 ml"),
    ],
)
def test_a_line_is_read_with_its_columns(line: str, food: str | None) -> None:
    language = "en" if line.isascii() or "£" in line else "ko"
    assert foods(f"Shop\n{line}\nSugar 1.00\nFlour 1.00", language)[:-2] == ([food] if food else [])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                ["우유 1L 2,980", "2 x £1.50", "TOTAL £5", "880111511", "x", "1 2 3 4 5"]
            ),
        ),
        max_size=20,
    ).map("\n".join)
)
def test_every_text_can_be_read_as_a_receipt(text: str) -> None:
    found = read(text)
    assert all(thing.is_known for thing in found.deeds[0].things)
    assert not any(thing.is_known or thing.name.is_too_long for thing in found.others)
