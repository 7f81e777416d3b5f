"""The two people through whose eyes a test looks."""

import pytest

from tests.browser.chat import EMMA, MINJI


def in_both_languages(
    names: str, korean: tuple[object, ...], english: tuple[object, ...]
) -> pytest.MarkDecorator:
    """Runs a test as a person of each language, with what that person says and must see."""
    return pytest.mark.parametrize(
        ("person", *names.split()),
        [pytest.param(MINJI, *korean, id="Korean"), pytest.param(EMMA, *english, id="English")],
    )
