"""The parameters of a Bot API call, read as leniently as Telegram reads them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json, decode_json

INTEGER = re.compile(r"\s*(-?[0-9]{1,30})")  # further digits change nothing beyond 64 bits
LARGEST_INTEGER = 2**63 - 1
TRUE_WORDS = frozenset({"true", "yes", "1"})


@dataclass(slots=True, frozen=True)
class UploadedFile:
    """A file of a multipart body."""

    name: str
    content_type: str
    content: bytes


class Parameters:
    """A call's parameters by lower-case name: strings from forms, any value from JSON bodies."""

    __slots__ = ("files", "values")

    def __init__(
        self, values: Mapping[str, Any], files: dict[str, UploadedFile] | None = None
    ) -> None:
        self.values: Json = {name.lower(): value for name, value in values.items()}
        self.files = files or {}

    def has(self, name: str) -> bool:
        """Tell whether a parameter is given and not empty."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Return a parameter as text, empty if it is not given."""
        value = self.values.get(name)
        if isinstance(value, str):
            return value
        return "" if value is None else json.dumps(value)

    def integer(
        self,
        name: str,
        default: int = 0,
        *,
        minimum: int = -(2**31),
        maximum: int = 2**31 - 1,
    ) -> int:
        """Return a parameter as an integer forced into its bounds; text that is no number is 0."""
        if not self.has(name):
            return default
        return max(minimum, min(maximum, self.big_integer(name)))

    def big_integer(self, name: str) -> int:
        """Return an identifier forced into 64 bits; text that is no number is 0."""
        match = INTEGER.match(self.text(name))
        number = int(match.group(1)) if match else 0
        return max(-LARGEST_INTEGER, min(LARGEST_INTEGER, number))

    def boolean(self, name: str) -> bool:
        """Return a parameter as a boolean; all but the words for true are false."""
        return self.text(name).strip().lower() in TRUE_WORDS

    def structure(self, name: str, wrong: str) -> Any:  # noqa: ANN401 (any JSON value)
        """Return the value of a JSON-serialised parameter, or None if it is not given.

        Raises:
            BadRequestError: The parameter is not JSON; `wrong` is the error's text.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return decode_json(value)
        except ValueError as error:
            raise BadRequestError(wrong) from error
