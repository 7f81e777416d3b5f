#!/usr/bin/env python3
"""Takes the pictures of the README and the tour: `python tools/screenshots.py [name …]`.

For each picture, the script starts the real program on temporary data, has a conversation in its
playground, and writes docs/images/<name>.png. Without names, it takes all pictures.
"""

import asyncio
import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import asyncpg
from playwright.sync_api import Browser, ViewportSize, expect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

# The tests' drivers are in the repository's root; Python's path has only this folder.
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

IMAGES: Final = ROOT / "docs" / "images"

DESKTOP_HEIGHT: Final = 900
PHONE_WIDTH: Final = 360
PHONE_HEIGHT: Final = 720

# The gradient behind the messages would double the size of the pictures.
FLATTEN: Final = "backdrop => { backdrop.style.background = 'var(--backdrop-b)'; }"

DAYTIME: Final = re.compile(r" (1\d|20):\d\d$")
WARNING_MILLISECONDS: Final = 90_000

HOURS_AGO: Final = """
    WITH fridge AS (
        UPDATE user_fridge_sessions
        SET created_at = created_at - make_interval(hours => 22),
            last_accessed = last_accessed - make_interval(hours => 22),
            expires_at = expires_at - make_interval(hours => 22)
    )
    UPDATE user_fridge_ingredients SET added_at = added_at - make_interval(hours => 22)
"""


class Stage:
    """A running program, and the open chats of its playground."""

    def __init__(self, browser: Browser, address: str, data: Path) -> None:
        self._browser = browser
        self._address = address
        self._data = data

    def desktop(self, person: Person, chat_id: int | None = None, *, dark: bool = False) -> Chat:
        """A chat on a desktop."""
        viewport = ViewportSize(width=DESKTOP["width"], height=DESKTOP_HEIGHT)
        return self._open(person, chat_id, viewport, dark=dark, scale=1)

    def phone(
        self,
        person: Person,
        chat_id: int | None = None,
        *,
        height: int = PHONE_HEIGHT,
        dark: bool = False,
    ) -> Chat:
        """A chat on a phone."""
        viewport = ViewportSize(width=PHONE_WIDTH, height=height)
        return self._open(person, chat_id, viewport, dark=dark, scale=2)

    def let_hours_pass(self) -> None:
        """Make all stored data 22 hours older."""
        with ThreadPoolExecutor() as beside_the_browser:
            beside_the_browser.submit(asyncio.run, self._make_older()).result()

    async def _make_older(self) -> None:
        connection = await asyncpg.connect(
            host=str(self._data / "playground" / "postgresql"), user="postgres", database="postgres"
        )
        try:
            await connection.execute(HOURS_AGO)
        finally:
            await connection.close()

    def _open(
        self, person: Person, chat_id: int | None, viewport: ViewportSize, *, dark: bool, scale: int
    ) -> Chat:
        context = new_context(self._browser, person, viewport, dark=dark, scale=scale)
        chat = Chat(context.new_page())
        chat.open(self._address, person, chat_id or person.id)
        return chat


Scene = Callable[[Stage], Chat]
"""Has a conversation, and returns the chat for the picture."""


def english_on_a_desktop(stage: Stage) -> Chat:
    """Emma fills her own fridge, lists it, takes a part out, and asks."""
    emma = stage.desktop(EMMA)
    emma.say("2 bottles of milk until friday, 10 eggs, 두부, 1 kg kimchi, spring onions")
    emma.say("what's in the fridge?")
    emma.say("ate 2 eggs and finished the tofu")
    emma.say("how many eggs are left?")
    return emma


def family_on_a_phone(stage: Stage) -> Chat:
    """민지 and Emma share a fridge, seen by 민지."""
    minji, emma = stage.phone(MINJI, FAMILY_GROUP), stage.phone(EMMA, FAMILY_GROUP)
    minji.say("/add 우유 2팩, 계란 10개")
    emma.message("계란").wait_for()
    emma.send("I bought tomatoes 🍅")
    minji.message("tomatoes").wait_for()
    emma.say("/add 4 tomatoes, 1 pack of milk")
    minji.message("4 tomatoes").wait_for()
    minji.say("/fridge")
    return minji


def dark_on_a_phone(stage: Stage) -> Chat:
    """민지's list in the dark theme, after a tap that took one thing out."""
    minji = stage.phone(MINJI, dark=True, height=820)
    minji.say(
        "/add 대파 1단\n우유 2팩 내일까지\n계란 10개\n두부 일주일 뒤까지\n만두 1봉 냉동실\n매실청"
    )
    fridge = minji.say("냉장고")
    minji.tap(fridge, "우유")
    expect(minji.button(fridge, "되돌리기")).to_be_visible()
    return minji


def first_contact(stage: Stage) -> Chat:
    """Emma presses Start."""
    emma = stage.phone(EMMA, height=560)
    emma.start_button.click()
    emma.reply(0)
    return emma


def plain_words(stage: Stage) -> Chat:
    """민지 writes in plain words; the bot offers an unknown name, and asks what is not sure."""
    minji = stage.phone(MINJI, height=820)
    minji.say("우유 2팩, 계란 10개\n두부 금요일까지")
    minji.say("할머니 소스")
    minji.say("계란 2개 먹었어")
    minji.say("우유 마셨어")
    return minji


def questions(stage: Stage) -> Chat:
    """Emma asks for an amount, a place, and what to eat first."""
    emma = stage.phone(EMMA, height=820)
    emma.say("10 eggs\n2 bottles of milk until tomorrow\n500 g bread in the freezer\nspinach")
    emma.say("how many eggs do we have?")
    emma.say("what's in the freezer?")
    emma.say("what should I eat first?")
    return emma


def in_a_group(stage: Stage) -> Chat:
    """민지 adds the bot to a group."""
    minji = stage.phone(MINJI, height=800)
    minji.start_button.click()
    minji.tap(minji.reply(0), "그룹에 초대하기")
    minji.page.get_by_test_id("new-group").click()
    minji.message("이 그룹에서 함께 쓰는").wait_for()
    minji.send("/add 우유 2팩, 계란 10개")
    expect(minji.replies).to_have_count(2)
    return minji


def by_category(stage: Stage) -> Chat:
    """Emma chooses a place or a category."""
    emma = stage.phone(EMMA)
    emma.say("dumplings, peas, bread in the freezer")
    emma.say(
        "milk, eggs, butter, kimchi, tofu, onions, garlic, carrots, spinach, apples, beef, "
        "rice, ketchup, soy sauce, orange juice"
    )
    emma.tap(emma.say("fridge"), "Filter")
    expect(emma.button(emma.replies.last, "Fruit")).to_be_visible()
    return emma


def opened(stage: Stage) -> Chat:
    """민지 opens a thing of the list, and takes one of it."""
    minji = stage.phone(MINJI)
    minji.say("계란 10개, 우유 2팩 내일까지, 두부\n만두 1봉 냉동실에")
    fridge = minji.say("냉장고")
    minji.tap(fridge, "고치기")
    minji.tap(fridge, "계란 10개")
    minji.tap(fridge, "−1")
    expect(fridge).to_contain_text("계란 10개 → 9개")
    return minji


RECEIPT: Final = """홈플러스
2026-12-01 18:20
서울우유 1L        2,980
계란 30구          6,900
바나나 1송이       3,490
종량제봉투           490
합계             13,860
신용카드         13,860"""


def receipt(stage: Stage) -> Chat:
    """민지 pastes a receipt, and leaves one thing out."""
    minji = stage.phone(MINJI)
    listed = minji.say(RECEIPT)
    minji.tap(listed, "바나나")
    expect(minji.button(listed, "☐")).to_be_visible()
    return minji


def did_you_mean(stage: Stage) -> Chat:
    """Emma makes typing mistakes."""
    emma = stage.phone(EMMA, height=680)
    emma.say("tomatto")
    emma.say("/add milk, mozarela")
    emma.say("remove mlik")
    return emma


def undone(stage: Stage) -> Chat:
    """Emma empties the fridge, and undoes it."""
    emma = stage.phone(EMMA, dark=True, height=600)
    emma.say("2 milk, 10 eggs, tofu, 2 kg rice")
    emma.say("used half the rice")
    cleared = emma.say("/clear")
    emma.tap(cleared, "Empty it")
    emma.tap(cleared, "Undo")
    expect(cleared).to_contain_text("Undone")
    return emma


def warned(stage: Stage) -> Chat:
    """민지 is warned after 22 hours without use, and keeps the fridge."""
    minji = stage.phone(MINJI, height=460)
    settings = minji.say("설정")
    minji.tap(settings, "시간대 바꾸기")
    minji.buttons(settings).filter(has_text=DAYTIME).last.click()
    minji.say("우유 2팩, 계란 10개, 시금치, 돼지고기 600g")
    stage.let_hours_pass()
    minji.replies.nth(2).wait_for(timeout=WARNING_MILLISECONDS)
    return minji


def settings(stage: Stage) -> Chat:
    """Emma looks at the settings."""
    emma = stage.phone(EMMA, height=560)
    emma.say("/settings")
    return emma


def time_zones(stage: Stage) -> Chat:
    """민지 chooses a city."""
    minji = stage.phone(MINJI, dark=True, height=820)
    minji.tap(minji.say("설정"), "시간대 바꾸기")
    expect(minji.button(minji.replies.last, "런던")).to_be_visible()
    return minji


def files(stage: Stage) -> Chat:
    """Emma saves the fridge, and sends a list of her own."""
    emma = stage.desktop(EMMA, dark=True)
    emma.say("2 bottles of milk until friday, 10 eggs, 두부, kimchi")
    emma.say("/export")
    expect(emma.replies).to_have_count(3)
    emma.send_file("shopping.txt", "text/plain", "butter 250 g\n대파 2단\nquark\n".encode())
    return emma


def forgotten(stage: Stage) -> Chat:
    """민지 has the bot forget everything."""
    minji = stage.phone(MINJI, height=600)
    minji.say("우유, 계란")
    minji.say("/forget")
    return minji


SCENES: Final[Mapping[str, Scene]] = {
    "playground-desktop": english_on_a_desktop,
    "playground-phone": family_on_a_phone,
    "playground-dark": dark_on_a_phone,
    "tour-start": first_contact,
    "tour-plain-words": plain_words,
    "tour-questions": questions,
    "tour-group": in_a_group,
    "tour-categories": by_category,
    "tour-lot": opened,
    "tour-did-you-mean": did_you_mean,
    "tour-undo": undone,
    "tour-warning": warned,
    "tour-settings": settings,
    "tour-time-zones": time_zones,
    "tour-files": files,
    "tour-receipt": receipt,
    "tour-forget": forgotten,
}


def main() -> None:
    """Take the pictures."""
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_GET_ONE)
    IMAGES.mkdir(exist_ok=True)
    with running_chromium(path) as browser:
        for name in sys.argv[1:] or SCENES:
            _take(name, SCENES[name], browser)


def _take(name: str, scene: Scene, browser: Browser) -> None:
    """Write a picture that shows no focus, pointer or transition."""
    # The path is short, because a Unix socket is inside.
    with (
        TemporaryDirectory(prefix="fridge-", dir="/tmp") as directory,
        running_playground(DATA_DIR=directory) as address,
    ):
        chat = scene(Stage(browser, address, Path(directory)))
        chat.page.evaluate("document.activeElement.blur()")
        chat.page.mouse.move(0, 0)
        chat.page.locator(".backdrop").evaluate(FLATTEN)
        chat.page.screenshot(path=IMAGES / f"{name}.png")
        for context in browser.contexts:
            context.close()


if __name__ == "__main__":
    main()
