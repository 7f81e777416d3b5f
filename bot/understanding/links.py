"""Reads the parameter of a link to the bot, such as `?start=add_milk_soy-sauce`."""

import binascii
from base64 import urlsafe_b64decode
from typing import Final

NAMES: Final = "add_"
ENCODED_NAMES: Final = "add64_"


def linked_names(parameter: str) -> str:
    """Return the names in the parameter of a link, separated by commas; "" where it names none.

    Telegram allows only Latin letters, digits, `_` and `-` in a parameter. So `_` separates names,
    and `-` stands for a space. Names in other letters come as URL-safe base64 of their UTF-8.
    See https://core.telegram.org/bots/features#deep-linking.

    Args:
        parameter: the text after `/start`.
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
