"""A browser and the program, and chats whose pages must work without a fault."""

import os
from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Request,
    Response,
    ViewportSize,
    WebError,
)

from tests.browser.chat import DESKTOP, Chat, Person, new_context
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium, running_chromium
from tests.browser.playground import running_playground


# For all tests here, but not for the session: no asyncio beside the browser.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None and "CI" in os.environ:
        pytest.fail(HOW_TO_GET_ONE)
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    with running_chromium(path) as browser:
        yield browser


@pytest.fixture(scope="package")
def playground(browser: Browser) -> Iterator[str]:
    """The address of the page. It asks for the browser so that without one nothing is started."""
    assert browser.is_connected()
    with running_playground() as address:
        yield address


class Watch:
    """Sees every request of some pages, and whatever goes wrong in them."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.requests: list[str] = []
        self.faults: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", self._error)

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        if not request.url.startswith(f"{self._origin}/"):
            self.faults.append(f"asked another server: {request.url}")

    def _failed(self, request: Request) -> None:
        self.faults.append(f"request failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if not response.ok:
            self.faults.append(f"answered {response.status}: {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"uncaught: {error.error}")


@pytest.fixture
def watch(playground: str) -> Watch:
    return Watch(playground)


class OpenChat(Protocol):
    """Opens a chat as a person: the private one, where no other is named.

    It empties the fridge of what another conversation has left there, where that is asked for.
    """

    def __call__(
        self,
        person: Person,
        chat_id: int | None = None,
        *,
        viewport: ViewportSize = DESKTOP,
        dark: bool = False,
        empty: bool = False,
    ) -> Chat: ...


@pytest.fixture
def open_chat(browser: Browser, playground: str, watch: Watch) -> Iterator[OpenChat]:
    """Opens chats, each in a browser of its own. At the end, nothing may have gone wrong there."""
    contexts: list[BrowserContext] = []

    def open_chat(
        person: Person,
        chat_id: int | None = None,
        *,
        viewport: ViewportSize = DESKTOP,
        dark: bool = False,
        empty: bool = False,
    ) -> Chat:
        context = new_context(browser, person, viewport, dark=dark)
        contexts.append(context)
        watch.over(context)
        chat = Chat(context.new_page())
        chat.open(playground, person, chat_id or person.id)
        if empty:
            chat.empty_the_fridge()
        return chat

    yield open_chat
    # Before the pages close, because that ends their stream of events, which counts as a failure.
    faults = list(watch.faults)
    for context in contexts:
        context.close()
    assert faults == []
