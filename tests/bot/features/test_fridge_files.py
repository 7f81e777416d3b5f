"""Lists of names as people's programs write them, and what is no list."""

import csv
import re
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.files.fridge_files import entries_in_file
from bot.features.files.spreadsheet import rows_in_table, write_table
from bot.telegram.documents import Document, Problem, UnusableFile
from bot.understanding.lists import Listed, reading_things
from bot.understanding.parse import Knowledge, parse
from bot.understanding.slices import run_without_pause
from tests.bot.features.views.strategies import CATALOGUE, as_name, characters, reproducible

KNOWLEDGE = Knowledge.of(CATALOGUE)


def found_in(content: bytes, document: Document) -> Listed:
    return run_without_pause(
        reading_things(
            entries_in_file(content, document),
            lambda line: parse(f"/add {line}", KNOWLEDGE, today=date(2026, 12, 1)),
            CATALOGUE,
            500,
        )
    )


def names_in_table(table: str) -> list[str]:
    return [row if isinstance(row, str) else row["name"] for row in rows_in_table(table)]


def names(content: bytes | str, file_name: str = "list.csv", mime_type: str = "") -> list[str]:
    """What would be put in of a file, as it is typed there."""
    raw = content.encode() if isinstance(content, str) else content
    document = Document("id", file_name, mime_type, len(raw))
    return [thing.name.typed for thing in found_in(raw, document).things]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_korean_table_is_read_as_any_program_writes_it(encoding: str, line_end: str) -> None:
    table = line_end.join(("분류,재료", "유제품,우유", '"채소, 과일","애호박"', "", ",", "기타,쿽"))

    assert names(table.encode(encoding)) == ["우유", "애호박", "쿽"]


def test_big_endian_text_with_its_mark_is_read() -> None:
    assert names(b"\xfe\xff" + "우유\n계란".encode("utf-16-be"), "장보기.txt") == ["우유", "계란"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Name,Category,Added\nmilk,Dairy,today\nquark,Other\n", ["milk", "quark"]),
        ("no;Items;how many\n1;milk;2\n2;eggs;30\n3\n", ["milk", "eggs"]),
        ("id\tPRODUCT\n1\tmilk\n", ["milk"]),
        ("milk,2\neggs,30\n", ["milk", "egg"]),  # no heading: the first column
        ("milk,eggs,tofu", ["milk", "egg", "tofu"]),  # one row: a list
        ('"milk\neggs",1\ntofu,2', ["milk", "egg", "tofu"]),
        ('item\n"milk\neggs\ntofu', ["milk", "egg", "tofu"]),  # a quote that is left open
        ('5" pizza,1\nmilk,2', ["pizza", "milk"]),
        ('"milk"shake,2\neggs,1', ["milkshake", "egg"]),
        ("sep=;\r\nName;Category\r\nmilk, whole;Dairy\r\n", ["milk"]),  # Excel's own
        ('"sep=\t"\nmilk\t2\neggs\t30', ["milk", "egg"]),
        ("SEP=;\nName;Category\nmilk, whole;Dairy\n", ["milk"]),
        (f"id{',no' * 98},Name\n1{',x' * 98},milk\n", ["milk"]),  # in the hundredth column
        (f"id{',no' * 99},Name\nmilk{',x' * 99},y\n", ["id", "milk"]),  # and too far behind
        ("번호,품명\n1,우유", ["우유"]),
        ("상품 / 제품명\n우유", ["상품", "제품명", "우유"]),
        ("Product name,Qty\nmilk,2", ["milk"]),
        ("Name,Category\n", []),
        ("  \n\n\t\n", []),
        (",,,\n;;;", []),
        (",,\n\nName,Qty\nmilk,2", ["milk"]),
    ],
)
def test_the_column_of_names_is_found(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_a_table_is_known_by_its_heading_whatever_the_file_is_called() -> None:
    assert names("Name;Qty\nmilk;2", "list.txt") == ["milk"]
    assert names("milk;2\nName;Qty", "list.txt") == ["milk", "Name", "Qty"]  # no heading
    assert names("Name;Qty", "list.txt") == ["Name", "Qty"]


def test_a_list_is_read_line_by_line_and_a_table_in_it_as_one() -> None:
    assert names("- milk\n- eggs, tofu\n• 두유 한 팩", "shopping.txt") == [
        "milk",
        "egg",
        "tofu",
        "두유",
    ]
    assert names("Name\tCategory\nmilk\tDairy", "export.txt") == ["milk"]
    assert names("sep=;\nName;Category\nmilk;Dairy", "export.txt") == ["milk"]
    assert names("quark\t2\nmilk\t30\n", "export.txt") == ["quark", "milk"]
    assert names("Dairy:\n\tmilk\n\tquark", "outline.txt") == ["Dairy", "milk", "quark"]
    assert names("milk\tDairy\neggs\tDairy", "list.tsv") == ["milk", "egg"]
    assert names("milk\tDairy", "", "text/tab-separated-values") == ["milk", "Dairy"]


def test_a_western_table_is_read_as_excel_writes_it() -> None:
    typed = ["crème fraîche", "jalapeño", "Käse", "Äpfel", "Hershey’s"]
    table = "\r\n".join(("Name;Menge", *(f"{name};1" for name in typed)))

    assert names(table.encode("cp1252")) == typed


@pytest.mark.parametrize(
    ("content", "file_name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01", "list.csv"),
        (b"PK\x03\x04\x14\x00\x06\x00", "list.csv"),
        (b"\x1f\x8b\x08\x00bomb", "list.csv"),
        ("milk".encode("utf-32"), "list.txt"),
        ("milk".encode("utf-16-le"), "list.txt"),  # nothing says what it is
        (b"\xff\xfem", "list.txt"),
        (b"\x81 milk", "list.txt"),  # in no encoding
        (b"{}", "fridge.json"),
        (b'{"items": ["milk"]}', "fridge.json"),
        (b"milk", "fridge.json"),
        (b"[" * 200_000, "fridge.json"),
        (b'{"items": [{"name": "' + b"1" * 200_000, "fridge.json"),
    ],
)
def test_what_is_no_list_is_refused(content: bytes, file_name: str) -> None:
    with pytest.raises(UnusableFile) as refused:
        names(content, file_name)

    assert refused.value.problem is Problem.UNREADABLE


@pytest.mark.parametrize(
    ("text", "usable", "too_long", "one_too_many"),
    [
        ("".join(f"thing {n}\n" for n in range(10_000)), 500, 0, "thing 500"),
        ("x" * 262_144, 0, 1, ""),
        ('"' + "x" * 262_143, 0, 1, ""),
        ('"' * 262_144, 0, 0, ""),
        ("," * 262_144, 0, 0, ""),
        ("milk," * 50_000, 1, 0, ""),
        ('"",' * 87_000 + "milk", 1, 0, ""),
    ],
)
def test_a_file_that_is_as_large_and_as_strange_as_can_be_is_read(
    text: str, usable: int, too_long: int, one_too_many: str
) -> None:
    document = Document("id", "list.csv", "text/csv", 0)

    found = found_in(text.encode(), document)

    assert (len(found.things), len(found.too_long), found.one_too_many) == (
        usable,
        too_long,
        one_too_many,
    )


def test_the_type_tells_of_a_file_whose_name_does_not() -> None:
    assert names("milk,2\neggs,30", "list", "text/csv") == ["milk", "egg"]
    assert names('{"items": [{"name": "milk"}]}', "", "application/json") == ["milk"]
    assert names('{"items": [{"name": "milk", "kcal": 64}]}', "FRIDGE.JSON") == ["milk"]


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "'=1", "''+1"])
def test_no_spreadsheet_takes_a_name_for_a_formula(cell: str) -> None:
    assert write_table([["Name"], [cell]]) == f'\ufeff"Name"\r\n"\'{cell}"\r\n'.encode()


@reproducible
@given(
    st.lists(
        st.one_of(st.text(characters, max_size=20), st.text("'=+-@\"; ,", max_size=5))
        .map(as_name)
        .filter(bool),
        min_size=1,
        max_size=6,
    )
)
def test_any_names_come_back_from_a_table_as_they_were(typed: list[str]) -> None:
    table = write_table([["이름", "x"], *([name, "=1"] for name in typed)]).decode("utf-8-sig")

    assert names_in_table(table) == typed
    cells = [cell for row in csv.reader(StringIO(table, newline="")) for cell in row]
    assert len(cells) == 2 + 2 * len(typed)
    assert [cell for cell in cells if re.match("[=+\\-@＝＋－＠\t\r\n]", cell)] == []


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("'=1+1", "=1+1"),
        ("''-1", "'-1"),
        ("=1+1", "=1+1"),
        ("'t is milk", "'t is milk"),
        ("'", "'"),
    ],
)
def test_only_the_mark_before_a_formula_goes_when_a_table_is_read(cell: str, name: str) -> None:
    assert names_in_table(f'Name\n"{cell}"\n') == [name]
