from typing import Final

import pytest

from bot.understanding.names import (
    LONGEST_PART,
    MAX_NAME_LENGTH,
    clean,
    names_between_separators,
    whole_name,
)
from fridge.catalogue.catalogue import Catalogue
from fridge.items import ItemKey, NewItem

FAMILY: Final = "👨\u200d👩\u200d👧\u200d👦"


def usable(text: str, catalogue: Catalogue) -> list[str]:
    names = names_between_separators(text, catalogue)
    return [name.typed for name in names if not name.is_too_long]


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
    names = names_between_separators("계란, eggs, 달걀, EGG", catalogue)

    assert [name.typed for name in names] == ["계란"]
    assert names[0].ingredient == catalogue.match("egg")


def test_a_known_name_is_kept_as_its_ingredient_and_an_unknown_one_as_typed(
    catalogue: Catalogue,
) -> None:
    milk, sauce = names_between_separators("우유, 할머니 비밀 소스", catalogue)

    assert milk.ingredient is not None
    assert milk.as_new_item() == NewItem(ItemKey(milk.ingredient.id))
    assert sauce.ingredient is None
    assert sauce.as_new_item() == NewItem(ItemKey(0, "할머니비밀소스"), "할머니 비밀 소스")


@pytest.mark.parametrize(
    "text", ["닭 한 마리", "2% milk", "오메가3", "7UP", "half and half", "파이"]
)
def test_a_name_of_the_catalogue_is_itself_whatever_is_in_it(
    text: str, catalogue: Catalogue
) -> None:
    name = whole_name(text, catalogue)

    assert name is not None
    assert name.ingredient is not None
    assert name.ingredient == catalogue.match(text)


def test_a_name_that_contains_a_known_one_is_another_one(catalogue: Catalogue) -> None:
    sweet_potato, unknown = names_between_separators("고구마, 고구마 모양 과자", catalogue)

    assert sweet_potato.ingredient is not None
    assert unknown.ingredient is None


def test_a_name_of_64_characters_can_be_used_and_a_longer_one_is_named(
    catalogue: Catalogue,
) -> None:
    longest, too_long = "가" * MAX_NAME_LENGTH, "나" * (MAX_NAME_LENGTH + 1)

    names = names_between_separators(f"{longest}, {too_long}, 우유", catalogue)

    assert [name.typed for name in names] == [longest, too_long, "우유"]
    assert [name.is_too_long for name in names] == [False, True, False]


def test_a_name_that_becomes_huge_when_it_is_matched_is_too_long(catalogue: Catalogue) -> None:
    ligatures = "\ufdfa" * MAX_NAME_LENGTH  # one character for eighteen

    [name] = names_between_separators(ligatures, catalogue)
    assert (name.typed, name.is_too_long) == (ligatures, True)


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
    assert names_between_separators(text, catalogue) == []


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
    [name] = names_between_separators(text, catalogue)

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
    assert usable(f"{mark}milk\n{mark}두부.\n{mark}eggs!", catalogue) == ["milk", "두부", "eggs"]


@pytest.mark.parametrize(
    "text",
    [
        "1. milk\n2. 우유\n10. quark",
        "1) milk\n2) 우유\n(3) quark",
        "[ ] milk\n[x] 우유\n- [X] quark",
        "☐ milk\n☑️ 우유\n✅ quark",
        "■milk\n▶ 우유\n- 3. quark",
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
    [name] = names_between_separators("🍎" * 4096, catalogue)

    assert name.is_too_long
    assert name.typed == "🍎" * LONGEST_PART


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
