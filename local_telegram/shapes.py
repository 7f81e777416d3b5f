"""The shapes that cross the network, and the small questions asked of them."""

import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeGuard

Json = dict[str, Any]
Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]

NESTING_LIMIT = 100


def utc_now() -> datetime:
    """Return the present moment; the clock that is used unless another is given."""
    return datetime.now(UTC)


def is_object(value: object) -> TypeGuard[Json]:
    """Tell whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a decoded JSON value is an array."""
    return isinstance(value, list)


def decode_json(source: str | bytes) -> Any:  # noqa: ANN401 (any JSON value)
    """Return a decoded JSON value.

    Raises:
        ValueError: It is not JSON, or nested more deeply than Telegram's own parser reads.
    """
    try:
        decoded = json.loads(source)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    level: list[Any] = [decoded]
    for _ in range(NESTING_LIMIT + 1):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return decoded
    raise ValueError("nested too deeply")


def _parts(value: object) -> Iterable[Any]:
    if is_object(value):
        return value.values()
    return value if is_array(value) else ()


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, in which Telegram counts text and entities."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """Return the part of a text that an entity's offset and length (UTF-16 units) cover."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    part = encoded[2 * offset : 2 * (offset + length)]
    return part.decode("utf-16-le", "surrogatepass")
