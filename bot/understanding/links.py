"""Reads what follows `/start` for whoever came by a link, such as `?start=add_milk_soy-sauce`."""

import binascii
from base64 import urlsafe_b64decode
from typing import Final

NAMES: Final = "add_"
ENCODED_NAMES: Final = "add64_"


def linked_names(parameter: str) -> str:
    """The names that a link brings, as a person would write them; "" where it brings none.

    A link takes letters without accents, digits, `_` and `-` only. So `_` separates names, and `-`
    stands for a space; any other text comes as URL-safe base64 of its UTF-8.
    """
    if parameter.startswith(ENCODED_NAMES):
        return _decoded(parameter.removeprefix(ENCODED_NAMES))
    if parameter.startswith(NAMES):
        names = parameter.removeprefix(NAMES).split("_")
        return ", ".join(name.replace("-", " ") for name in names)
    return ""


def _decoded(text: str) -> str:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
