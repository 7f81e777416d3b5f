import re
from collections.abc import Sequence
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.understanding.names import MAX_NAME_LENGTH, Name, clean, names_between_separators
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


def usable(text: str) -> Sequence[Name]:
    names = names_between_separators(text, CATALOGUE)
    return [name for name in names if not name.is_too_long]


@reproducible
@given(texts)
@example("")
@example("🍎" * LONGEST_MESSAGE)
@example("🍎," * (LONGEST_MESSAGE // 2))
@example("\ud800" * LONGEST_MESSAGE)
@example(",".join(chr(0xAC00 + number) for number in range(LONGEST_MESSAGE // 2)))
def test_any_message_gives_each_name_once(text: str) -> None:
    names = names_between_separators(text, CATALOGUE)

    assert all(name.typed for name in names)
    assert len({name.key for name in names}) == len(names)


@reproducible
@given(texts)
@example("e\u200b\u0301")
@example("\u1100\u200b\u1161")
def test_every_name_that_is_found_is_clean_and_cleaning_it_again_changes_nothing(text: str) -> None:
    for name in names_between_separators(text, CATALOGUE):
        assert clean(name.typed) == name.typed


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
    for name in names_between_separators(text, CATALOGUE):
        assert INVISIBLE.findall(IN_EMOJI.sub("", name.typed)) == []


@reproducible
@given(texts)
def test_every_usable_name_can_be_stored_in_postgresql(text: str) -> None:
    for name in usable(text):
        item = name.as_new_item()
        for stored in (item.name, item.key.name_key):
            assert "\0" not in stored
            assert stored.encode().decode() == stored
        # An entry of a btree index takes at most a third of a page of 8 kB.
        assert len(item.key.name_key.encode()) < 2_600


@reproducible
@given(texts)
def test_a_usable_name_typed_again_finds_the_same_item(text: str) -> None:
    for name in usable(text):
        [again] = usable(name.typed)
        assert again == name


def item_key(name: str) -> ItemKey:
    [found] = usable(name)
    return found.key


plain_names = st.lists(
    st.one_of(
        st.sampled_from(["우유", "계란", "green onion", "두부", "napa cabbage"]),
        st.text("abcde가나다라마 ", min_size=1, max_size=MAX_NAME_LENGTH).map(clean).filter(bool),
    ),
    min_size=1,
    max_size=50,
    unique_by=item_key,
)
separators = st.sampled_from([",", ", ", " ,", "、", "，", "\n", "\r\n", " \n ", ",,", ",\n"])


@reproducible
@given(plain_names, st.data())
def test_plain_names_are_all_found_whatever_separates_them(
    typed: list[str], data: st.DataObject
) -> None:
    message = "".join(f"{name}{data.draw(separators)}" for name in typed)

    assert [name.typed for name in usable(message)] == typed


hidden_texts = st.text("\u200b\u200c\u2060\ufeff\u202e\u2066\u3164\x00\U000e0100", max_size=4)


@reproducible
@given(
    st.sampled_from([name for entry in CATALOGUE.ingredients for name in entry.names]), st.data()
)
def test_what_is_hidden_in_the_name_of_an_ingredient_does_not_hide_the_ingredient(
    name: str, data: st.DataObject
) -> None:
    message = "".join(f"{data.draw(hidden_texts)}{character}" for character in name)

    [found] = usable(message)

    assert found.ingredient == CATALOGUE.match(name)
