"""Tables and exports of other programs are read with amounts, dates and places."""

import json
from datetime import date
from typing import Final

import pytest

from bot.features.files.fridge_files import entries_in_file
from bot.features.files.spreadsheet import write_table
from bot.telegram.documents import Document
from bot.understanding.lists import reading_things
from bot.understanding.parse import Knowledge, parse
from bot.understanding.slices import run_without_pause
from bot.understanding.written import written
from fridge.catalogue.catalogue import load_catalogue

CATALOGUE: Final = load_catalogue()
KNOWLEDGE: Final = Knowledge.of(CATALOGUE)
TODAY: Final = date(2026, 12, 1)


def told(content: bytes | str, file_name: str = "list.csv") -> list[str]:
    """What would be put in of a file, with all that it says."""
    raw = content.encode() if isinstance(content, str) else content
    entries = entries_in_file(raw, Document("id", file_name, "", len(raw)))
    found = run_without_pause(
        reading_things(
            entries, lambda line: parse(f"/add {line}", KNOWLEDGE, today=TODAY), CATALOGUE, 500
        )
    )
    return [written(thing.name, thing.lot) for thing in found.things]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (
            """Product,Quantity,Unit,Expiry date,Location,Brand
Milk,2,bottles,24/12/2026,Fridge,Alpro
Peas,500,g,,Freezer,
Quark,3,,2026-12-20,,""",
            [
                "Alpro Milk 2 bottle exp 2026-12-24",
                "Peas 500 g freezer",
                "Quark 3 piece exp 2026-12-20",
            ],
        ),
        (
            """품명,수량,유통기한,보관장소,메모
우유,2개,12/24,냉장실,서울
만두,1.5kg,,냉동실,
할머니 소스,1병,,,""",
            [
                "서울 우유 2 piece exp 2026-12-24 chilled",
                "만두 1500 g freezer",
                "할머니 소스 1 bottle",
            ],
        ),
        ('Item,Qty\n"Salt, sea",1\nmilk,?\n', ["Salt, sea 1 piece", "milk"]),
        # Grocy's overview of the stock, copied from its table.
        (
            "Product\tAmount\tNext due date\nCookies\t10 Packs\t2027-06-01\nMilk\t2\t\n",
            ["Cookies 10 packs exp 2027-06-01", "Milk 2 piece"],
        ),
        # Our own, as it was before there were amounts.
        ("Name,Category,Added (UTC)\nmilk,Dairy,2026-11-30 10:00\n", ["milk"]),
    ],
)
def test_a_table_says_how_much_until_when_and_where(table: str, found: list[str]) -> None:
    assert told(table) == found


def test_what_kitchenowl_and_grocy_export_is_read() -> None:
    kitchenowl = {
        "name": "Home",
        "language": "en",
        "member": ["emma"],
        "shoppinglists": ["Default"],
        "items": [{"name": "Milk", "icon": "milk", "category": "Dairy"}, {"name": "Quark"}],
        "recipes": [{"name": "Pancakes", "description": "", "items": [{"name": "Flour"}]}],
        "expenses": [],
    }
    assert told(json.dumps(kitchenowl), "kitchenowl.json") == ["Milk", "Quark"]
    stock = [
        {
            "product_id": 1,
            "amount": "2.5",
            "amount_aggregated": "2.5",
            "best_before_date": "2027-01-20",
            "amount_opened": "0",
            "is_aggregated_amount": 0,
            "product": {"id": 1, "name": "Milk", "location_id": 2},
            "quantity_unit_stock": {"name": "L"},
        },
        {
            "product_id": 2,
            "amount": 3,
            "best_before_date": "2999-12-31",
            "product": {"name": "Rice"},
        },
        {"product_id": 3, "amount": 0, "best_before_date": None, "product": {"name": "Tofu"}},
    ]
    assert told(json.dumps(stock), "grocy.json") == ["Milk 2500 ml exp 2027-01-20", "Rice 3 piece"]
    products = [{"id": 1, "name": "Honey", "description": None}]
    assert told(json.dumps(products), "products.json") == ["Honey"]


def test_what_is_exported_comes_back_as_it_was() -> None:
    table = write_table(
        [
            ["Name", "Amount", "Unit", "Best before", "Place", "Note", "Category", "Added (UTC)"],
            [
                "두유 한 팩",
                "2",
                "pack",
                "2026-12-24",
                "freezer",
                "organic",
                "Other",
                "2026-11-30 10:00",
            ],
            ["milk", "0.5", "piece", "", "", "", "Dairy", "2026-11-30 10:00"],
            ["2 whole things", "", "", "", "", "", "Other", "2026-11-30 10:00"],
        ]
    )
    assert told(table)[:2] == [
        "organic 두유 한 팩 2 packs exp 2026-12-24 freezer",
        "milk 0.5 piece",
    ]
