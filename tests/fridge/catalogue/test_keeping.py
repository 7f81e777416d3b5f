import re

import pytest

from fridge.catalogue.catalogue import Catalogue, Ingredient, load_catalogue
from fridge.catalogue.keeping import Keeping
from fridge.lots import Place


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def days(keeping: Keeping, place: Place) -> int | None:
    return {
        Place.FRIDGE: keeping.fridge,
        Place.FREEZER: keeping.freezer,
        Place.PANTRY: keeping.pantry,
    }[place]


def usual_days(ingredient: Ingredient) -> int:
    return days(ingredient.keeping, ingredient.keeping.place) or 0


def keeping_of(catalogue: Catalogue, name: str) -> Keeping:
    ingredient = catalogue.match(name)
    assert ingredient is not None, name
    return ingredient.keeping


def test_every_ingredient_keeps_for_at_least_a_day_where_it_is_usually_kept(
    catalogue: Catalogue,
) -> None:
    assert [one.ko for one in catalogue.ingredients if usual_days(one) < 1] == []


def test_no_number_of_days_is_below_one_or_above_five_years(catalogue: Catalogue) -> None:
    numbers = {
        number
        for one in catalogue.ingredients
        for place in Place
        if (number := days(one.keeping, place)) is not None
    }

    assert min(numbers) >= 1
    assert max(numbers) <= 5 * 365


def test_what_freezes_keeps_in_the_freezer_at_least_as_long_as_elsewhere(
    catalogue: Catalogue,
) -> None:
    thawing = [
        one.ko
        for one in catalogue.ingredients
        if one.keeping.freezer is not None
        and one.keeping.freezer < (one.keeping.fridge or one.keeping.pantry or 0)
    ]

    assert thawing == []


def test_fresh_food_keeps_in_the_fridge_at_least_as_long_as_in_the_pantry(
    catalogue: Catalogue,
) -> None:
    warmer = [
        one.ko
        for one in catalogue.ingredients
        if one.keeping.place is Place.FRIDGE
        and one.keeping.fridge is not None
        and one.keeping.fridge <= 30
        and one.keeping.pantry is not None
        and one.keeping.fridge < one.keeping.pantry <= 30
    ]

    assert warmer == []


@pytest.mark.parametrize(
    ("name", "place", "least", "most"),
    [
        ("milk", Place.FRIDGE, 5, 10),
        ("두부", Place.FRIDGE, 3, 7),
        ("egg", Place.FRIDGE, 21, 35),
        ("yogurt", Place.FRIDGE, 7, 21),
        ("butter", Place.FRIDGE, 30, 90),
        ("feta", Place.FRIDGE, 7, 21),
        ("chicken", Place.FRIDGE, 1, 2),
        ("chicken", Place.FREEZER, 180, 365),
        ("ground beef", Place.FRIDGE, 1, 2),
        ("삼겹살", Place.FRIDGE, 2, 5),
        ("bacon", Place.FRIDGE, 5, 10),
        ("고등어", Place.FRIDGE, 1, 2),
        ("고등어", Place.FREEZER, 60, 120),
        ("shrimp", Place.FRIDGE, 1, 2),
        ("회", Place.FRIDGE, 1, 1),
        ("spinach", Place.FRIDGE, 3, 7),
        ("상추", Place.FRIDGE, 3, 7),
        ("콩나물", Place.FRIDGE, 2, 5),
        ("carrot", Place.FRIDGE, 14, 28),
        ("대파", Place.FRIDGE, 7, 14),
        ("strawberry", Place.FRIDGE, 2, 4),
        ("apple", Place.FRIDGE, 21, 42),
        ("onion", Place.PANTRY, 21, 60),
        ("potato", Place.PANTRY, 21, 60),
        ("고구마", Place.PANTRY, 14, 30),
        ("banana", Place.PANTRY, 3, 7),
        ("bread", Place.PANTRY, 3, 7),
        ("bread", Place.FREEZER, 60, 120),
        ("leftover rice", Place.FRIDGE, 1, 4),
        ("김치찌개", Place.FRIDGE, 2, 4),
        ("시금치나물", Place.FRIDGE, 2, 4),
        ("밀키트", Place.FRIDGE, 3, 8),
        ("어묵", Place.FRIDGE, 5, 14),
        ("김치", Place.FRIDGE, 60, 180),
        ("겉절이", Place.FRIDGE, 3, 10),
        ("rice", Place.PANTRY, 180, 730),
        ("참치캔", Place.PANTRY, 730, 1825),
        ("ice cream", Place.FREEZER, 60, 120),
        ("만두", Place.FREEZER, 90, 365),
    ],
)
def test_the_days_are_those_that_a_cook_would_name(
    catalogue: Catalogue, name: str, place: Place, least: int, most: int
) -> None:
    number = days(keeping_of(catalogue, name), place)

    assert number is not None
    assert least <= number <= most


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (Place.FRIDGE, ("milk", "두부", "egg", "당근", "삼겹살", "고추장", "ketchup", "맥주")),
        (Place.FREEZER, ("ice cream", "만두", "frozen peas", "fries", "동태", "고춧가루", "얼음")),
        (
            Place.PANTRY,
            (
                "onion",
                "감자",
                "고구마",
                "바나나",
                "쌀",
                "라면",
                "pasta",
                "canned tuna",
                "소금",
                "oil",
            ),
        ),
    ],
)
def test_the_usual_place_is_where_households_keep_it(
    catalogue: Catalogue, place: Place, names: tuple[str, ...]
) -> None:
    assert {name: keeping_of(catalogue, name).place for name in names} == dict.fromkeys(
        names, place
    )


@pytest.mark.parametrize(
    "name", ["상추", "오이", "egg", "감자", "cream cheese", "순두부", "콩나물"]
)
def test_what_does_not_freeze_has_no_days_in_the_freezer(catalogue: Catalogue, name: str) -> None:
    assert keeping_of(catalogue, name).freezer is None


def test_a_name_that_says_frozen_belongs_to_what_is_kept_in_the_freezer(
    catalogue: Catalogue,
) -> None:
    frozen = re.compile(r"냉동|얼린|\bfrozen\b")

    assert [
        f"{name}: {one.ko}"
        for one in catalogue.ingredients
        for name in one.names
        if frozen.search(name) and one.keeping.place is not Place.FREEZER
    ] == []


def test_a_name_that_says_canned_belongs_to_what_keeps_for_a_year_or_more(
    catalogue: Catalogue,
) -> None:
    canned = re.compile(r"통조림|\b(?:canned|tinned)\b(?! coffee)")

    assert [
        f"{name}: {one.ko}"
        for one in catalogue.ingredients
        for name in one.names
        if canned.search(name) and (one.keeping.pantry or 0) < 365
    ] == []


def test_a_name_that_says_dried_belongs_to_what_keeps_for_weeks(catalogue: Catalogue) -> None:
    dried = re.compile(r"(?:말린|마른|dried) ")
    dishes = {"kimchi_banchan", "ready_made"}

    assert [
        f"{name}: {one.ko}"
        for one in catalogue.ingredients
        for name in one.names
        if dried.match(name) and one.category not in dishes and usual_days(one) < 30
    ] == []
