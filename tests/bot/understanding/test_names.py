from collections.abc import Iterator, Sequence
from typing import Final

import pytest

from bot.understanding.names import (
    LONGEST_PART,
    MAX_NAME_LENGTH,
    MAX_NAMES,
    clean,
    find_names,
    names_in_a_row,
    reading_names,
)
from bot.understanding.slices import run_without_pause
from fridge.catalogue.catalogue import Catalogue
from fridge.items import ItemKey, NewItem

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


def usable(text: str, catalogue: Catalogue) -> Sequence[str]:
    return [name.typed for name in find_names(text, catalogue).usable]


@pytest.mark.parametrize(
    "separator", [",", "，", "、", "﹐", "\n", "\r\n", "\n\n", "\u2028", ",\n"]
)
def test_names_are_separated_by_commas_of_any_script_and_by_lines(
    separator: str, catalogue: Catalogue
) -> None:
    assert usable(f"우유{separator}계란{separator}tofu", catalogue) == ["우유", "계란", "tofu"]


def test_several_kinds_of_separators_may_stand_in_one_message(catalogue: Catalogue) -> None:
    text = "우유, 계란、두부，green onion\nbread"

    assert usable(text, catalogue) == ["우유", "계란", "두부", "green onion", "bread"]


def test_spaces_inside_a_name_are_kept_as_single_ones(catalogue: Catalogue) -> None:
    text = "  할머니 비밀   소스 ,\tice\tcream\u3000bar\u00a0"

    assert usable(text, catalogue) == ["할머니 비밀 소스", "ice cream bar"]


def test_other_punctuation_separates_nothing(catalogue: Catalogue) -> None:
    text = "salt & pepper; 50/50 mix. (new) 김치·반찬"

    assert usable(text, catalogue) == [text]


def test_names_keep_the_order_in_which_they_were_typed(catalogue: Catalogue) -> None:
    assert usable("tofu, 계란, quark, apple", catalogue) == ["tofu", "계란", "quark", "apple"]


def test_a_name_typed_twice_counts_once_in_its_first_form(catalogue: Catalogue) -> None:
    assert usable("Quark, quark,  QUARK , ｑｕａｒｋ", catalogue) == ["Quark"]


def test_two_languages_of_one_ingredient_count_once(catalogue: Catalogue) -> None:
    names = find_names("계란, eggs, 달걀, EGG", catalogue)

    assert [name.typed for name in names.usable] == ["계란"]
    assert names.usable[0].ingredient == catalogue.match("egg")


def test_a_known_name_is_kept_as_its_ingredient_and_an_unknown_one_as_typed(
    catalogue: Catalogue,
) -> None:
    milk, sauce = find_names("우유, 할머니 비밀 소스", catalogue).usable

    assert milk.ingredient is not None
    assert milk.as_new_item() == NewItem(ItemKey(milk.ingredient.id))
    assert sauce.ingredient is None
    assert sauce.as_new_item() == NewItem(ItemKey(0, "할머니비밀소스"), "할머니 비밀 소스")


@pytest.mark.parametrize("typed", ["the milk", "Some milk", "my  milk", "a milk", "our milk"])
def test_what_english_puts_before_a_known_name_is_no_part_of_it(
    typed: str, catalogue: Catalogue
) -> None:
    [name] = find_names(typed, catalogue).usable
    assert name.ingredient == catalogue.match("milk")


def test_before_an_unknown_name_it_is_kept_as_typed(catalogue: Catalogue) -> None:
    [name] = find_names("the leftovers of Sunday", catalogue).usable
    assert (name.ingredient, name.typed) == (None, "the leftovers of Sunday")


JOINED: Final = [
    ("milk and eggs", ["milk", "egg"]),
    ("milk & eggs+bread", ["milk", "egg", "bread"]),
    ("milk, eggs, and bread", ["milk", "egg", "bread"]),
    ("the milk and the eggs", ["milk", "egg"]),
    ("mac and cheese and milk", ["mac and cheese", "milk"]),
    ("우유하고 계란", ["milk", "egg"]),
    ("오이랑 계란이랑 milk", ["cucumber", "egg", "milk"]),
    ("사과와 배", ["apple", "Korean pear"]),
    ("계란과 사과 및 우유", ["egg", "apple", "milk"]),
    ("우유 하고 계란 그리고 두부", ["milk", "egg", "tofu"]),
    ("우유 2개랑 계란 세 개", ["milk", "egg"]),
    ("우유/계란 / 두부", ["milk", "egg", "tofu"]),
    ("우유;계란;두부", ["milk", "egg", "tofu"]),
    ("우유·계란ㆍ두부", ["milk", "egg", "tofu"]),
    ("우유.계란. 두부", ["milk", "egg", "tofu"]),
    ("1.5 l milk; 2 eggs", ["milk", "egg"]),
    (
        "milk and eggs and bread and butter and cheese and tomatoes and onions",
        ["milk", "egg", "bread", "butter", "cheese", "tomato", "onion"],
    ),
]


@pytest.mark.parametrize(("text", "ingredients"), JOINED)
def test_several_things_of_the_catalogue_with_and_between_them_are_told_apart(
    text: str, ingredients: list[str], catalogue: Catalogue
) -> None:
    names = find_names(text, catalogue)

    assert [name.ingredient and name.ingredient.en for name in names.usable] == ingredients
    assert names.too_long == []


@pytest.mark.parametrize(
    "text",
    [
        "mac and cheese",
        "salt & vinegar chips",
        "quark and milk",
        "milk and quark",
        "사과 우유",  # the end of 사과 is no conjunction
        "약과 우유",  # though 약 is a name
        "사과와",
        "우유와 쿼크",
        "2+1 우유",
        "milk/quark",
        "1/2 quark",
    ],
)
def test_with_and_between_other_things_it_is_one_name(text: str, catalogue: Catalogue) -> None:
    assert usable(text, catalogue) == [text]


@pytest.mark.parametrize(
    ("text", "ingredients"),
    [
        ("우유 계란 두부", ["milk", "egg", "tofu"]),
        ("milk eggs soy sauce", ["milk", "egg", "soy sauce"]),
        ("우유 2개 계란", ["milk", "egg"]),
        ("우유 우유", []),
        ("우유", []),
        ("우유 쿼크", []),
        ("할머니 소스", []),
    ],
)
def test_things_of_the_catalogue_that_only_follow_one_another_are_seen_but_not_told_apart(
    text: str, ingredients: list[str], catalogue: Catalogue
) -> None:
    [name] = find_names(text, catalogue).usable

    row = names_in_a_row(name, catalogue)
    assert [found.ingredient and found.ingredient.en for found in row] == ingredients


QUANTITIES: Final = [
    ("계란 2개", "egg"),
    ("계란2개", "egg"),
    ("계란을 2개", "egg"),
    ("계란 (10구)", "egg"),
    ("우유 두 개", "milk"),
    ("우유 하나", "milk"),
    ("두부 한모", "tofu"),
    ("2kg 감자", "potato"),
    ("우유 1L", "milk"),
    ("1.5리터짜리 우유", "milk"),
    ("500ml짜리 우유", "milk"),
    ("two eggs", "egg"),
    ("2 eggs", "egg"),
    ("a dozen eggs", "egg"),
    ("the two eggs", "egg"),
    ("2 bottles of milk", "milk"),
    ("2 x milk", "milk"),
    ("milk x2", "milk"),
    ("milk 500 ml", "milk"),
    ("우유가", "milk"),
    ("계란은", "egg"),
]


@pytest.mark.parametrize(("text", "ingredient"), QUANTITIES)
def test_how_much_there_is_of_a_known_thing_is_no_part_of_its_name(
    text: str, ingredient: str, catalogue: Catalogue
) -> None:
    [name] = find_names(text, catalogue).usable

    assert name.ingredient == catalogue.match(ingredient)
    assert name.typed == text


@pytest.mark.parametrize(
    "text", [text for text, _ in (*JOINED, *QUANTITIES) if text.upper() != text]
)
def test_capital_letters_change_nothing(text: str, catalogue: Catalogue) -> None:
    quiet, loud = find_names(text, catalogue), find_names(text.upper(), catalogue)

    assert [name.key for name in loud.usable] == [name.key for name in quiet.usable]


@pytest.mark.parametrize("text", ["thing 1", "quark 2kg", "3% milk", "2 lice", "box 2", "계란가"])
def test_what_is_not_known_keeps_all_that_was_typed(text: str, catalogue: Catalogue) -> None:
    [name] = find_names(text, catalogue).usable

    assert (name.ingredient, name.typed) == (None, text)


@pytest.mark.parametrize(
    "text", ["닭 한 마리", "2% milk", "오메가3", "7UP", "half and half", "파이"]
)
def test_a_name_of_the_catalogue_is_itself_whatever_is_in_it(
    text: str, catalogue: Catalogue
) -> None:
    [name] = find_names(text, catalogue).usable

    assert name.ingredient is not None
    assert name.ingredient == catalogue.match(text)


def test_a_name_that_contains_a_known_one_is_another_one(catalogue: Catalogue) -> None:
    sweet_potato, unknown = find_names("고구마, 고구마 모양 과자", catalogue).usable

    assert sweet_potato.ingredient is not None
    assert unknown.ingredient is None


def test_a_name_of_64_characters_can_be_used_and_a_longer_one_is_named(
    catalogue: Catalogue,
) -> None:
    longest, too_long = "가" * MAX_NAME_LENGTH, "나" * (MAX_NAME_LENGTH + 1)

    names = find_names(f"{longest}, {too_long}, 우유", catalogue)

    assert [name.typed for name in names.usable] == [longest, "우유"]
    assert names.too_long == [too_long]
    assert names.one_too_many == ""


def test_a_name_that_becomes_huge_when_it_is_matched_is_too_long(catalogue: Catalogue) -> None:
    ligatures = "\ufdfa" * MAX_NAME_LENGTH  # one character for eighteen

    assert find_names(ligatures, catalogue).too_long == [ligatures]


def test_the_name_after_the_fiftieth_is_named_and_what_follows_is_not_read(
    catalogue: Catalogue,
) -> None:
    typed = [f"thing {number}" for number in range(MAX_NAMES + 1)]

    def texts() -> Iterator[str]:
        yield from typed
        pytest.fail("More was read")

    names = run_without_pause(reading_names(texts(), catalogue, MAX_NAMES))

    assert [name.typed for name in names.usable] == typed[:MAX_NAMES]
    assert names.one_too_many == typed[MAX_NAMES]


def test_a_repeated_name_after_the_fiftieth_is_not_one_too_many(catalogue: Catalogue) -> None:
    typed = [f"thing {number}" for number in range(MAX_NAMES)]

    names = find_names(", ".join([*typed, "THING 0"]), catalogue)

    assert len(names.usable) == MAX_NAMES
    assert names.one_too_many == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        " ,\n、，\t,",
        "\x00\x07\x1b",
        "\u200b\u200c\u200d\u2060\ufeff",
        "\u202e\u2066\u2069",
        "\u3164\u115f\u1160\uffa0",
        "\u2800\u2800",
        "\ud83d",
        "\ufe0f",
        "\ue000",
        "'",
        "-",
        "=====",
        "~~~ ***",
        "\\",
        "^^",
        "( )",
    ],
)
def test_a_message_that_shows_nothing_to_put_in_has_no_names(
    text: str, catalogue: Catalogue
) -> None:
    names = find_names(text, catalogue)

    assert (names.usable, names.too_long, names.one_too_many) == ([], [], "")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x00mi\x07l\x1bk\x7f", id="control characters"),
        pytest.param("\u202emilk\u202c", id="a right-to-left override"),
        pytest.param("\u2066mi\u2069lk\u061c", id="isolates and marks"),
        pytest.param("m\u200bi\u200cl\u2060k\ufeff", id="zero-width characters"),
        pytest.param("mi\u200dlk", id="a joiner between letters"),
        pytest.param("mi\u00adlk", id="a soft hyphen"),
        pytest.param("mi\u3164lk\u115f\u1160\uffa0", id="Hangul fillers"),
        pytest.param("mi\u034flk\u17b4", id="marks that show nothing"),
        pytest.param("\ud83dmi\udc00lk", id="lone surrogates"),
        pytest.param("mi\ue000lk\U000f0000", id="private use"),
        pytest.param("milk\ufe0f", id="a variation selector without an emoji"),
        pytest.param("milk\U000e0100", id="an ideographic variation selector"),
        pytest.param("mi\u180blk\u180f", id="Mongolian variation selectors"),
        pytest.param("mi\u2065lk\ufff0\U000e0fff", id="unassigned but always ignorable"),
    ],
)
def test_what_cannot_be_seen_is_taken_out_of_a_name(text: str, catalogue: Catalogue) -> None:
    [name] = find_names(text, catalogue).usable

    assert name.typed == "milk"
    assert name.ingredient == catalogue.match("milk")


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\ufeff", "\u202e", "\u3164", "\x00"])
def test_what_is_hidden_between_a_letter_and_its_accent_does_not_keep_them_apart(
    hidden: str, catalogue: Catalogue
) -> None:
    assert usable(f"cre\u0300me frai{hidden}\u0302che", catalogue) == ["crème fraîche"]


def test_what_is_hidden_between_the_letters_of_a_syllable_does_not_keep_them_apart(
    catalogue: Catalogue,
) -> None:
    assert usable("\u110b\u200b\u116e\u110b\u200b\u1172", catalogue) == ["우유"]


def test_letters_typed_in_parts_are_put_together(catalogue: Catalogue) -> None:
    assert usable("\u110b\u116e\u110b\u1172", catalogue) == ["우유"]


def test_markup_is_a_name_like_any_other(catalogue: Catalogue) -> None:
    text = '<b>bold</b> <a href="tg://user?id=1">&amp;</a>'

    assert usable(text, catalogue) == [text]


def test_what_looks_like_a_placeholder_is_a_name(catalogue: Catalogue) -> None:
    assert usable("{names}, %s", catalogue) == ["{names}", "%s"]


def test_a_name_makes_no_command_and_no_mention_when_it_is_repeated(catalogue: Catalogue) -> None:
    assert usable("/clear, @emma, //x", catalogue) == ["clear", "emma", "x"]


@pytest.mark.parametrize("mark", ["- ", "• ", "* ", "· "])
def test_the_marks_of_a_list_and_the_end_of_a_sentence_are_no_part_of_a_name(
    mark: str, catalogue: Catalogue
) -> None:
    assert usable(f"{mark}milk\n{mark}우유.\n{mark}eggs!", catalogue) == ["milk", "eggs"]


@pytest.mark.parametrize(
    "text",
    [
        "1. milk\n2. 우유 한 병\n10.quark",
        "1) milk\n2) 우유 한 병\n(3) quark",
        "[ ] milk\n[x] 우유 한 병\n- [X] quark",
        "☐ milk\n☑️ 우유 한 병\n✅ quark",
        "■milk\n▶ 우유 한 병\n- 3. quark",
    ],
)
def test_the_numbers_and_boxes_of_a_list_are_no_part_of_a_name(
    text: str, catalogue: Catalogue
) -> None:
    assert usable(text, catalogue) == ["milk", "quark"]


@pytest.mark.parametrize(
    "text", ["1.5 l quark", "7. ", "✅", "[new] quark", "7up zero", "(2% fat)"]
)
def test_a_number_or_a_box_that_lists_nothing_is_kept(text: str, catalogue: Catalogue) -> None:
    assert usable(text, catalogue) == [text.rstrip(". ")]


def test_marks_are_not_stacked_and_do_not_begin_a_name(catalogue: Catalogue) -> None:
    assert usable("ก" + "\u0e49" * 60, catalogue) == ["ก" + "\u0e49" * 4]
    assert usable("\u0e49milk", catalogue) == ["milk"]


def test_a_whole_message_of_emoji_is_one_over_long_name(catalogue: Catalogue) -> None:
    names = find_names("🍎" * 4096, catalogue)

    assert names.usable == []
    assert names.too_long == ["🍎" * LONGEST_PART]


def test_a_whole_message_of_emoji_between_commas_is_one_name(catalogue: Catalogue) -> None:
    assert len(usable("🍎," * 2048, catalogue)) == 1


@pytest.mark.parametrize(
    "emoji",
    [
        pytest.param(FAMILY, id="a family"),
        pytest.param("👩🏽\u200d🍳", id="a cook with a skin tone"),
        pytest.param("👩\u200d❤\ufe0f\u200d👨", id="a couple with a heart"),
        pytest.param("❤\ufe0f", id="a heart in colour"),
        pytest.param("1\ufe0f\u20e3", id="a keycap"),
        pytest.param("🏴\u200d☠\ufe0f", id="a pirate flag"),
        pytest.param("🇰🇷", id="a flag of two letters"),
    ],
)
def test_what_joins_an_emoji_stays(emoji: str, catalogue: Catalogue) -> None:
    assert usable(f"{emoji} 케이크", catalogue) == [f"{emoji} 케이크"]


@pytest.mark.parametrize("emoji", ["\U0001fae8", "\U0001fadc", "\U0001faea", "\U0001facd"])
def test_an_emoji_newer_than_this_python_stays(emoji: str, catalogue: Catalogue) -> None:
    assert usable(f"{emoji} cake", catalogue) == [f"{emoji} cake"]


def test_a_joiner_at_the_edge_of_an_emoji_goes() -> None:
    assert clean("\u200d🍎\u200d \u200d🍐\u200d\u200d🍊") == "🍎 🍐🍊"


def test_an_emoji_beside_an_amount_is_not_known_without_it(catalogue: Catalogue) -> None:
    [name] = find_names("🥑 x3", catalogue).usable

    assert (name.typed, name.ingredient) == ("🥑 x3", None)
