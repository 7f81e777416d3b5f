#!/usr/bin/env python3
"""Takes the README's pictures: `python docs/screenshots.py`.

Starts the real program on temporary data, has a small conversation in its playground, and writes
docs/images/playground-desktop.png, playground-phone.png and playground-dark.png.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# A script's own directory is on the path, not the repository's root, where the tests' drivers are.
from tests.browser.chat import (  # noqa: E402
    DESKTOP,
    EMMA,
    FAMILY_GROUP,
    MINJI,
    Chat,
    Person,
    new_context,
)
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium, running_chromium  # noqa: E402
from tests.browser.playground import running_playground  # noqa: E402

IMAGES = ROOT / "docs" / "images"

PHONE: ViewportSize = {"width": 360, "height": 820}

# The gradient behind the messages would double the size of the files.
FLATTEN = "backdrop => { backdrop.style.background = 'var(--backdrop-b)'; }"


def main() -> None:
    """Takes all the pictures."""
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_GET_ONE)
    IMAGES.mkdir(exist_ok=True)
    with running_chromium(path) as browser, running_playground() as address:
        photographer = Photographer(browser, address)
        photographer.family_on_a_phone()
        photographer.english_on_a_desktop()
        photographer.dark_on_a_phone()


class Photographer:
    """Has conversations with the bot, and takes a picture of each."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address

    def family_on_a_phone(self) -> None:
        """민지 and Emma share a fridge, seen by 민지."""
        minji = self._open(MINJI, FAMILY_GROUP, phone=True)
        emma = self._open(EMMA, FAMILY_GROUP, phone=True)
        minji.say("/add 우유, 계란")
        emma.message("계란").wait_for()
        emma.send("I bought tomatoes 🍅")
        minji.message("tomatoes").wait_for()
        emma.say("/add tomatoes, milk")
        minji.message("tomatoes, milk").wait_for()
        minji.say("/fridge")
        _take(minji, "playground-phone.png")

    def english_on_a_desktop(self) -> None:
        """Emma's own fridge, and the question before it is emptied."""
        emma = self._open(EMMA, EMMA.id)
        emma.say("/add milk, eggs, 두부, kimchi")
        emma.say("/fridge")
        emma.say("/remove 우유")
        emma.say("/clear")
        _take(emma, "playground-desktop.png")

    def dark_on_a_phone(self) -> None:
        """The bot asks 민지, takes the answer, and offers the menu."""
        minji = self._open(MINJI, MINJI.id, phone=True, dark=True)
        minji.say("/add")
        minji.say("대파, 삼겹살, apples")
        minji.say("/fridge")
        _take(minji, "playground-dark.png")

    def _open(
        self, person: Person, chat_id: int, *, phone: bool = False, dark: bool = False
    ) -> Chat:
        viewport = PHONE if phone else DESKTOP
        scale = 2 if phone else 1
        context = new_context(self._browser, person, viewport, dark=dark, scale=scale)
        chat = Chat(context.new_page())
        chat.open(self._address, person, chat_id)
        return chat


def _take(chat: Chat, name: str) -> None:
    """Writes a picture without the focus, the pointer or a transition in it."""
    chat.composer.blur()
    chat.page.mouse.move(0, 0)
    chat.page.locator(".backdrop").evaluate(FLATTEN)
    chat.page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    main()
