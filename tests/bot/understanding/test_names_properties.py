import re
from time import process_time
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.understanding.names import MAX_NAME_LENGTH, MAX_NAMES, Names, clean, find_names
from fridge.catalogue.catalogue import load_catalogue
from fridge.items import ItemKey

CATALOGUE = load_catalogue()
LONGEST_MESSAGE: Final = 4096

# Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt: what shows nothing, also
# where no font knows it.
IGNORABLE: Final = (
    "\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
CONTROLS: Final = "\x00-\x1f\x7f-\x9f\u2028\u2029"
SURROGATES: Final = "\ud800-\udfff"
BLANK: Final = "\u2800"
INVISIBLE: Final = re.compile(f"[{IGNORABLE}{CONTROLS}{SURROGATES}{BLANK}]")

# In an emoji, joiners and presentation selectors decide what is seen.
SYMBOL: Final = "\u00a9\u00ae\u203c-\u2bff\u3030-\u3299\U0001f000-\U0001faff"
IN_EMOJI: Final = re.compile(
    f"(?<=[{SYMBOL}\ufe0f])\u200d(?=[{SYMBOL}])|(?<=[#*0-9{SYMBOL}])\ufe0f"
)

TRICKS: Final = (
    "\u200b\u200c\u200d\u2060\ufeff\u202a\u202e\u2066\u2069\u061c\u00ad\u3164\u115f\u1160\uffa0\u2800"
    "\x00\x07\x1b\x7f\ud800\udc00\ue000\ufe0f\u180b\u2065\ufff0\U000e0100\u034f\u17b4\ufffe"
    "\u0300\u0301\u0327\u0345\u20e3\u1100\u1161\u11a8\u094d\u05d0\u0627\ufdfa\ufb2c\u2126"
    "👨👩🏽❤🍎🇰\U0001faea,、，﹐\n\r\t \u00a0\u3000\u2028<>&\"'-/{}%eks가우유"
)


def up_to_the_longest_message(text: str) -> str:
    return text[:LONGEST_MESSAGE]


def repeated(piece: str, times: int) -> str:
    return piece * times


any_character = st.characters()
trick = st.sampled_from(TRICKS)
short_texts = st.text(st.one_of(trick, any_character), max_size=80)
texts = st.one_of(
    short_texts,
    st.lists(st.one_of(short_texts, st.sampled_from(["우유", "eggs", "두부"])), max_size=70).map(
        ",".join
    ),
    st.builds(
        repeated,
        st.text(st.one_of(trick, any_character), min_size=1, max_size=8),
        st.integers(1, LONGEST_MESSAGE),
    ),
).map(up_to_the_longest_message)

reproducible = settings(derandomize=True, deadline=None, max_examples=100, database=None)


def every_name(names: Names) -> list[str]:
    return [
        *(name.typed for name in names.usable),
        *names.too_long,
        *filter(None, [names.one_too_many]),
    ]


@reproducible
@given(texts)
@example("")
@example("🍎" * LONGEST_MESSAGE)
@example("🍎," * (LONGEST_MESSAGE // 2))
@example("\ud800" * LONGEST_MESSAGE)
@example(",".join(chr(0xAC00 + number) for number in range(LONGEST_MESSAGE // 2)))
def test_any_message_gives_at_most_50_short_names_each_once(text: str) -> None:
    names = find_names(text, CATALOGUE)

    assert len(names.usable) <= MAX_NAMES
    assert all(1 <= len(name.typed) <= MAX_NAME_LENGTH for name in names.usable)
    assert len({name.key for name in names.usable}) == len(names.usable)
    assert not names.one_too_many or len(names.usable) == MAX_NAMES


@reproducible
@given(texts)
@example("e\u200b\u0301")
@example("\u1100\u200b\u1161")
def test_every_name_that_is_found_is_clean_and_cleaning_it_again_changes_nothing(text: str) -> None:
    for name in every_name(find_names(text, CATALOGUE)):
        assert clean(name) == name


@reproducible
@given(texts)
@example("e\u200b\u0301")
@example("a\ufe0f\u200d🍎")
@example("🍎\u200d\ufe0f\u200d🍎")
@example("\u2126\u200d🍎")  # the Ohm sign, which NFC makes a letter
def test_cleaning_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@reproducible
@given(texts)
@example("\U000e0100")
@example("우유\ufe0f")
@example("\ufff0, \u2065, \u180b")
@example("👨\u200d👩\u200d👧\u200d👦")
@example("\u2126\u200d🍎")  # the Ohm sign, which NFC makes a letter
def test_no_name_that_is_shown_contains_an_invisible_character(text: str) -> None:
    for name in every_name(find_names(text, CATALOGUE)):
        assert INVISIBLE.findall(IN_EMOJI.sub("", name)) == []


@reproducible
@given(texts)
def test_every_usable_name_can_be_stored_in_postgresql(text: str) -> None:
    for name in find_names(text, CATALOGUE).usable:
        item = name.as_new_item()
        for stored in (item.name, item.key.name_key):
            assert "\0" not in stored
            assert stored.encode().decode() == stored
        # An entry of a btree index takes at most a third of a page of 8 kB.
        assert len(item.key.name_key.encode()) < 2_600


@reproducible
@given(texts)
def test_a_usable_name_typed_again_finds_the_same_item(text: str) -> None:
    for name in find_names(text, CATALOGUE).usable:
        [again] = find_names(name.typed, CATALOGUE).usable
        assert again == name


spoken = st.lists(
    st.one_of(
        st.sampled_from(["우유", "계란", "milk", "two", "2", "kg", "두 개", "the", "x2", "약과"]),
        st.sampled_from(["and", "&", "+", "하고 ", "랑 ", "와 ", "과", "및", "을", " ", " ", ","]),
        st.text(st.one_of(trick, any_character), max_size=2),
    ),
    max_size=30,
).map("".join)


@reproducible
@given(spoken)
@example("milk+\u0301eggs")
@example("milk & -eggs")
@example("milk and \u200deggs")
def test_each_of_several_things_in_one_part_is_clean_and_finds_the_same_again(text: str) -> None:
    for name in find_names(text, CATALOGUE).usable:
        [again] = find_names(name.typed, CATALOGUE).usable
        assert again == name
        assert clean(name.typed) == name.typed


@pytest.mark.parametrize(
    "piece",
    [
        *("a and ", "milk and ", "우유랑 ", "와 ", "랑랑 ", "하고", "우유 2개랑 ", "a b랑,"),
        *("1", "1 ", "한 ", "x 1", "1x", "(1", "two 1 2 x3,", "the ", "1/1", "&", "+,", "quarkk,"),
    ],
)
def test_no_message_takes_long_to_be_read(piece: str) -> None:
    message = up_to_the_longest_message(piece * LONGEST_MESSAGE)
    begun = process_time()

    find_names(message, CATALOGUE)

    assert process_time() - begun < 0.5  # about 0.05 at most


def item_key(name: str) -> ItemKey:
    [found] = find_names(name, CATALOGUE).usable
    return found.key


plain_names = st.lists(
    st.one_of(
        st.sampled_from(["우유", "계란", "green onion", "두부", "napa cabbage"]),
        st.text("abcde가나다라마 ", min_size=1, max_size=MAX_NAME_LENGTH).map(clean).filter(bool),
    ),
    min_size=1,
    max_size=MAX_NAMES,
    unique_by=item_key,
)
separators = st.sampled_from([",", ", ", " ,", "、", "，", "\n", "\r\n", " \n ", ",,", ",\n"])


@reproducible
@given(plain_names, st.data())
def test_plain_names_are_all_found_whatever_separates_them(
    typed: list[str], data: st.DataObject
) -> None:
    message = "".join(f"{name}{data.draw(separators)}" for name in typed)

    assert [name.typed for name in find_names(message, CATALOGUE).usable] == typed


hidden_texts = st.text("\u200b\u200c\u2060\ufeff\u202e\u2066\u3164\x00\U000e0100", max_size=4)


@reproducible
@given(
    st.sampled_from([name for entry in CATALOGUE.ingredients for name in entry.names]), st.data()
)
def test_what_is_hidden_in_the_name_of_an_ingredient_does_not_hide_the_ingredient(
    name: str, data: st.DataObject
) -> None:
    message = "".join(f"{data.draw(hidden_texts)}{character}" for character in name)

    [found] = find_names(message, CATALOGUE).usable

    assert found.ingredient == CATALOGUE.match(name)
