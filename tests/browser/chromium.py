"""The installed Chromium, headless."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

HOW_TO_GET_ONE = (
    "no Chromium found: install one that is called chromium, chromium-browser or google-chrome "
    "(on Debian: apt-get install chromium)"
)

# The sandbox wants more rights than a container has. The address bar has pages of its own, in each
# window, which take as long as those that are looked at. The rest keeps the browser from calling
# home.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,MediaRouter,OptimizationHints",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@contextmanager
def running_chromium(path: str) -> Generator[Browser]:
    """Runs the browser that is installed at this path.

    While it runs, this thread counts as having a running event loop: no asyncio beside it.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()
