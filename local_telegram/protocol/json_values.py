"""JSON values: their types, and a decoder that refuses what is nested too deeply."""

import json
from collections.abc import Iterable
from typing import Any, TypeGuard

Json = dict[str, Any]

NESTING_LIMIT = 100


def is_object(value: object) -> TypeGuard[Json]:
    """Tell whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a decoded JSON value is an array."""
    return isinstance(value, list)


def decode_json(source: str | bytes) -> Any:  # noqa: ANN401 (any JSON value)
    """Return a decoded JSON value.

    Raises:
        ValueError: The source is not JSON, or is nested more deeply than Telegram's parser reads.
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
