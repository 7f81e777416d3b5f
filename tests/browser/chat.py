"""A person's chat in the page, and what they do there and see."""

from dataclasses import dataclass

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    expect,
)

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
FAMILY_GROUP = -4001


@dataclass(frozen=True, slots=True)
class Person:
    """One of the playground's cast."""

    id: int
    username: str
    locale: str


MINJI = Person(1001, "minji", "ko-KR")
EMMA = Person(1002, "emma", "en-US")
SORA = Person(1003, "admin", "ko-KR")
"""The admin."""


class Chat:
    """An open chat, seen by one person."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.composer = page.get_by_test_id("composer")
        self.start_button = page.get_by_test_id("start")
        self.messages = page.get_by_test_id("message")
        self.replies = page.locator("[data-testid=message][data-from=bot]")
        self.force_reply = page.get_by_test_id("force-reply")
        self.command_list = page.get_by_test_id("command-list")
        self.service_messages = page.get_by_test_id("service-message")
        self.toast = page.get_by_test_id("toast")

    def open(self, address: str, person: Person, chat_id: int) -> None:
        """Opens the page as this person in this chat, and waits until it is connected."""
        self.page.goto(f"{address}/#person={person.username}&chat={chat_id}")
        self.page.locator("body[data-connected=true]").wait_for()

    def send(self, text: str) -> None:
        """Types a text and presses the button beside it."""
        self.composer.fill(text)
        self.page.get_by_test_id("send").click()

    def say(self, text: str) -> Locator:
        """Sends a text; gives the bot's next message once it is there."""
        before = self.replies.count()
        self.send(text)
        return self.reply(before)

    def reply(self, number: int) -> Locator:
        """The bot's message of this number, counted from 0, once it is there."""
        reply = self.replies.nth(number)
        reply.wait_for()
        return reply

    def send_file(self, name: str, media_type: str, content: bytes) -> Locator:
        """Attaches a file and sends it; gives the bot's next message once it is there."""
        before = self.replies.count()
        file = FilePayload(name=name, mimeType=media_type, buffer=content)
        self.page.get_by_test_id("file").set_input_files(file)
        expect(self.page.get_by_test_id("attachment")).to_contain_text(name)
        self.page.get_by_test_id("send").click()
        return self.reply(before)

    def download(self, reply: Locator) -> bytes:
        """Saves the file of a message; gives what is in it."""
        with self.page.expect_download() as download:
            reply.get_by_test_id("file-link").click()
        return download.value.path().read_bytes()

    def buttons(self, reply: Locator) -> Locator:
        """The buttons under a message."""
        return reply.get_by_test_id("inline-button")

    def button(self, reply: Locator, text: str) -> Locator:
        """The button of this text under a message."""
        return self.buttons(reply).filter(has_text=text)

    def tap(self, reply: Locator, text: str) -> None:
        """Taps the button of this text under a message."""
        self.button(reply, text).click()

    def message(self, text: str) -> Locator:
        """The last message in which this text stands."""
        return self.messages.filter(has_text=text).last

    def open_command_menu(self) -> Locator:
        """Opens the menu; gives its commands."""
        self.page.get_by_test_id("command-menu").click()
        expect(self.command_list).to_be_visible()
        return self.command_list.get_by_test_id("command-item")

    def command(self, name: str) -> Locator:
        """The command of this name in the open menu."""
        return self.command_list.locator(f"[data-command={name}]")

    def switch_language(self, code: str) -> None:
        """Changes the person's Telegram language, where the panel for it is in sight."""
        self.page.locator(f"[data-testid=language-switch][data-language={code}]").click()
        expect(self.page.locator("html")).to_have_attribute("lang", code)

    def empty_the_fridge(self) -> None:
        """Clears what an earlier conversation has left."""
        buttons = self.buttons(self.say("/clear"))
        if buttons.count():
            buttons.first.click()
            # In the place of both answers there is the button that undoes it.
            expect(buttons).to_have_count(1)


def new_context(
    browser: Browser, person: Person, viewport: ViewportSize, *, dark: bool = False, scale: int = 1
) -> BrowserContext:
    """A browser of the person's own: a phone where it is as small as one."""
    phone = viewport["width"] < 720
    return browser.new_context(
        viewport=viewport,
        device_scale_factor=scale,
        is_mobile=phone,
        has_touch=phone,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale=person.locale,
    )
