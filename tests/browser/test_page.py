"""The page itself: whom it asks, and how it looks on a phone and in the dark."""

import math
import re
from typing import Literal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat import EMMA, FAMILY_GROUP, MINJI, PHONE, Person
from tests.browser.conftest import OpenChat, Watch
from tests.browser.languages import in_both_languages

pytestmark = [pytest.mark.slow, pytest.mark.walk, pytest.mark.xdist_group("browser")]

PAGE_ITEMS = 24

Property = Literal["color", "backgroundColor"]

COLOUR = """(element, property) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = getComputedStyle(element)[property];
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
}"""

OVERFLOWING = """(width) => [...document.querySelectorAll("body, body *")]
    .filter((element) => element.checkVisibility() && !element.closest("svg"))
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => element.outerHTML.slice(0, 200))"""


def test_the_page_asks_nobody_but_its_own_server(
    playground: str, open_chat: OpenChat, watch: Watch
) -> None:
    open_chat(EMMA).say("/help")
    files = {url.removeprefix(playground) for url in watch.requests}
    assert {"/", "/page/chat.js", "/page/chat.css", "/playground/state"} <= files
    assert all(url.startswith(f"{playground}/") for url in watch.requests)


@in_both_languages(
    "name", ("할머니댁김장김치" * 8,), ("grandmothersverysecretrecipe" * 2 + "kimchi",)
)
def test_a_dark_phone_shows_a_full_page_of_any_names_without_scrolling_sideways(
    person: Person, name: str, open_chat: OpenChat
) -> None:
    chat = open_chat(person, viewport=PHONE, dark=True, empty=True)
    expect(chat.composer).to_be_in_viewport(ratio=1)
    longer = ", ".join(f"{name[: 2 * number]} {number}" for number in range(2, PAGE_ITEMS - 3))
    for text in (f"/add {name}, {longer}, שוקולד מריר, حليب, 우유, tofu", "/fridge"):
        chat.say(text)
        assert chat.page.evaluate(OVERFLOWING, PHONE["width"]) == []
    labels = chat.buttons(chat.replies.last).all_inner_texts()
    assert len(labels) == PAGE_ITEMS + len(["filter", "by date", "change"])
    assert all(re.search(r"\w{2}", label) for label in labels), "every button has words"
    for text in ("/settings", "/clear", "/forget", "/add"):
        chat.say(text)
        assert chat.page.evaluate(OVERFLOWING, PHONE["width"]) == []
    chat.open_command_menu()
    assert chat.page.evaluate(OVERFLOWING, PHONE["width"]) == []
    expect(chat.composer).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_each_colour_scheme_is_what_it_says_and_readable(
    *, dark: bool, open_chat: OpenChat
) -> None:
    chat = open_chat(MINJI, viewport=PHONE, dark=dark)
    bubble = chat.say("/help").locator(".bubble")
    for surface in (chat.page.locator(".chat-head"), chat.page.locator(".composer"), bubble):
        luminance = _luminance(surface, "backgroundColor")
        assert luminance < 0.05 if dark else luminance > 0.8
    text = bubble.locator(".text")
    assert _contrast(_luminance(text, "color"), _luminance(bubble, "backgroundColor")) > 7


def test_a_phone_lists_the_chats_and_comes_back_to_the_list(open_chat: OpenChat) -> None:
    chat = open_chat(MINJI, viewport=PHONE)
    family = chat.page.locator(f"[data-testid=chat-item][data-chat='{FAMILY_GROUP}']")
    expect(family).to_be_hidden()
    chat.page.get_by_test_id("back").click()
    family.click()
    expect(chat.page.get_by_role("heading", name="우리 집 · Home")).to_be_visible()
    expect(chat.composer).to_be_in_viewport(ratio=1)
    chat.page.get_by_test_id("back").click()
    expect(family).to_be_visible()


def _luminance(element: Locator, colour: Property) -> float:
    """The relative luminance of a colour, 0 (black) to 1 (white), as WCAG 2 defines it."""
    red, green, blue, alpha = element.evaluate(COLOUR, colour)
    assert alpha == 255, "a colour that lets something shine through has no luminance of its own"
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else math.pow((share + 0.055) / 1.055, 2.4)


def _contrast(one: float, other: float) -> float:
    lighter, darker = max(one, other), min(one, other)
    return (lighter + 0.05) / (darker + 0.05)
