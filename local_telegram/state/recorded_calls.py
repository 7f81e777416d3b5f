"""The record of the calls that the bot made."""

from dataclasses import dataclass
from typing import Any

from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import UploadedFile


@dataclass(slots=True, frozen=True)
class RecordedCall:
    """One Bot API call: `error` is Telegram's text if it was refused, else None.

    The names of parameters are in lower case, their values as they came; `files` by their field.
    """

    method: str
    parameters: Json
    files: dict[str, UploadedFile]
    result: Any
    error: str | None
