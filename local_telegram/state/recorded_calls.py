"""The record of the calls that the bot made."""

from dataclasses import dataclass
from typing import Any

from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import UploadedFile


@dataclass(slots=True, frozen=True)
class RecordedCall:
    """One Bot API call: `error` is Telegram's text if it was refused, else None.

    Parameters have lower-case names and the request's values. `files` are by their field's name.
    """

    method: str
    parameters: Json
    files: dict[str, UploadedFile]
    result: Any
    error: str | None
