import pytest
from hypothesis import given
from hypothesis import strategies as st

from fridge.catalogue.normalise import normalise

any_text = st.text(st.characters())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  Milk ", "milk"),
        ("ＭＩＬＫ", "milk"),
        ("soy-sauce", "soy sauce"),
        ("soysauce", "soy sauce"),
        ("soy\N{NON-BREAKING HYPHEN}sauce", "soy sauce"),
        ("soy\N{MINUS SIGN}sauce", "soy sauce"),
        ("soy\N{HYPHEN BULLET}sauce", "soy sauce"),
        ("돼지 고기", "돼지고기"),
        ("돼지\N{NO-BREAK SPACE}고기", "돼지고기"),
        ("우\N{ZERO WIDTH SPACE}유", "우유"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}우유", "우유"),
        ("우유\N{HANGUL FILLER}", "우유"),
        ("jalapeno", "jalapeño"),
        ("creme fraiche", "crème fraîche"),
        ("lion\N{RIGHT SINGLE QUOTATION MARK}s mane", "lion's mane"),
        ("lions mane", "lion's mane"),
        *((f"lion{mark}s mane", "lion's mane") for mark in "`\u2018\u201b\u02bc\u2032"),
        ("❤\N{VARIATION SELECTOR-16}", "❤"),
    ],
)
def test_what_looks_or_sounds_the_same_has_the_same_key(typed: str, meant: str) -> None:
    assert normalise(typed) == normalise(meant)


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("eggs", "egg"),
        ("tomatoes", "tomato"),
        ("potatoes", "potato"),
        ("mangos", "mango"),
        ("mangoes", "mango"),
        ("avocados", "avocado"),
        ("berries", "berry"),
        ("cherries", "cherry"),
        ("cookies", "cookie"),
        ("brownies", "brownie"),
        ("pies", "pie"),
        ("foxes", "fox"),
        ("lies", "lie"),
        ("radishes", "radish"),
        ("peaches", "peach"),
        ("quiches", "quiche"),
        ("mousses", "mousse"),
        ("cheeses", "cheese"),
        ("oranges", "orange"),
        ("olives", "olive"),
        ("kiwis", "kiwi"),
        ("peas", "pea"),
        ("green onions", "green onion"),
    ],
)
def test_a_simple_english_plural_has_the_key_of_its_singular(plural: str, singular: str) -> None:
    assert normalise(plural) == normalise(singular)


@pytest.mark.parametrize("plural", ["peppers", "Baps", "MINTS", "ｔｏｔｓ"])
def test_a_plural_that_means_another_thing_keeps_its_s(plural: str) -> None:
    assert normalise(plural) != normalise(plural[:-1])


@pytest.mark.parametrize("plural", ["bell peppers", "red peppers", "after-dinner mints"])
def test_a_kind_of_it_has_the_key_of_its_singular(plural: str) -> None:
    assert normalise(plural) == normalise(plural[:-1])


@pytest.mark.parametrize("name", ["watercress", "swiss", "gas", "pie", "egg", "7up"])
def test_what_is_no_plural_stays_as_it_is(name: str) -> None:
    assert normalise(name) == name


def test_only_the_last_word_is_taken_for_a_plural() -> None:
    assert normalise("peas soup") != normalise("pea soup")


@pytest.mark.parametrize("name", ["우유", "김", "닭가슴살", "떡볶이떡", "がんも"])
def test_letters_of_other_scripts_stay_composed_and_whole(name: str) -> None:
    assert normalise(name) == name


@pytest.mark.parametrize(
    "name", ["", " \t\n", "\x00", "--", "'", "\ud800", "\N{ZERO WIDTH JOINER}"]
)
def test_a_name_of_which_nothing_remains_is_empty(name: str) -> None:
    assert normalise(name) == ""


@given(any_text)
def test_a_key_is_its_own_key(name: str) -> None:
    key = normalise(name)

    assert normalise(key) == key


@given(st.text("abcehiosxyz'- ", max_size=8))
def test_a_key_of_something_like_a_plural_is_its_own_key(name: str) -> None:
    key = normalise(name)

    assert normalise(key) == key


@pytest.mark.unwatched
def test_the_key_of_every_single_character_is_its_own_key() -> None:
    changing = [
        character
        for character in map(chr, range(0x110000))
        if normalise(key := normalise(character)) != key
    ]

    assert not changing


@given(any_text)
def test_a_key_can_always_be_stored_as_text(name: str) -> None:
    key = normalise(name)

    assert "\x00" not in key
    assert key.encode().decode() == key
