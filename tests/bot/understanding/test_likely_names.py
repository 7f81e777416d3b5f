"""What a person probably meant."""

import time
from collections.abc import Sequence

import pytest

from bot.understanding.likely_names import LikelyNames, finding_likely_items
from bot.understanding.names import names_between_separators
from bot.understanding.slices import run_without_pause
from fridge.items import Item
from tests.bot.features.views.strategies import CATALOGUE, known_item, typed_item


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("게란", "egg"),
        ("우류", "milk"),
        ("당군", "carrot"),
        ("된쟝", "doenjang"),
        ("tomatto", "tomato"),
        ("Tomattos", "tomato"),
        ("mlik", "milk"),
        ("bred", "bread"),
        ("strawbery", "strawberry"),
        ("tofi", "tofu"),  # of four letters one may be wrong
        ("brokkoli", "broccoli"),  # of eight two
    ],
)
def test_a_typing_error_finds_what_was_meant(
    likely_names: LikelyNames, typed: str, meant: str
) -> None:
    found = likely_names.find(typed)

    assert found is not None
    assert found.en == meant


@pytest.mark.parametrize(
    "typed",
    [
        "hello",
        "quark",
        "안녕",
        "안녕하세요",
        "고마워",
        "우리",
        "paper",
        "home",
        "ok",
        "x",
        "🍕",
        "무지개",
        "tof",  # too short for a slip
        "blubery",  # too short for two
    ],
)
def test_what_is_like_nothing_or_like_several_finds_nothing(
    likely_names: LikelyNames, typed: str
) -> None:
    assert likely_names.find(typed) is None


def test_only_what_the_catalogue_does_not_know_is_looked_for(likely_names: LikelyNames) -> None:
    names = names_between_separators("milk, 게란, quark", CATALOGUE)

    assert [found.en for found in likely_names.of(names).values()] == ["egg"]


def test_a_name_is_found_quickly_however_long_it_is(likely_names: LikelyNames) -> None:
    began = time.process_time()
    for letter in "가나다라마abcde":
        likely_names.find(letter * 64)

    assert (time.process_time() - began) / 10 < 0.02


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("게란", ["계란"]),
        ("tomato", ["방울토마토"]),
        ("토마토", ["방울토마토"]),
        ("skyrr", ["skyr"]),
        ("skyr mit Vanille und Nüssen", ["skyr mit Vanille", "skyr"]),
        ("eggplant", []),
        ("고", []),
        ("hello", []),
        ("jkyr", []),
    ],
)
def test_what_is_in_the_fridge_is_found_by_a_part_of_its_name_or_a_slip(
    typed: str, offered: list[str]
) -> None:
    cherry_tomato, egg = (CATALOGUE.match(name) for name in ("cherry tomato", "계란"))
    assert cherry_tomato is not None
    assert egg is not None
    fridge = [
        known_item(cherry_tomato.id),
        typed_item("skyr mit Vanille"),
        known_item(egg.id),
        typed_item("skyr"),
    ]

    def find(most: int) -> Sequence[Item]:
        names = names_between_separators(typed, CATALOGUE)
        return run_without_pause(finding_likely_items(names, fridge, most))

    assert [item.name or item.ko for item in find(5)] == offered
    assert find(1) == find(5)[:1]
