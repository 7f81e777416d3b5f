"""The latest files that people and the bot sent."""

import hashlib
import mimetypes
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import PurePosixPath

from local_telegram.protocol.json_values import Json

MEGABYTE = 1024 * 1024
LARGEST_DOWNLOAD_BYTES = 20 * MEGABYTE
"""The largest file that a bot can download; people can send larger ones."""

KEPT_BYTES = 128 * MEGABYTE
NAME_LIMIT = 255
UNKNOWN_TYPE = "application/octet-stream"
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}")
NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f]")
FILE_ID = re.compile("local-document-([0-9]{1,18})")


@dataclass(slots=True, frozen=True)
class StoredFile:
    """A file with its content; `path` is where the bot downloads it."""

    id: str
    unique_id: str
    name: str
    mime_type: str
    path: str
    content: bytes

    @property
    def is_too_big_for_bots(self) -> bool:
        """Tell whether the file is larger than a bot can download."""
        return len(self.content) > LARGEST_DOWNLOAD_BYTES

    def as_document(self) -> Json:
        """Return the Bot API's Document."""
        return {
            "file_name": self.name,
            "mime_type": self.mime_type,
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }

    def as_file(self) -> Json:
        """Return the Bot API's File."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
            "file_path": self.path,
        }


class Files:
    """The latest files, at most `kept_bytes` in all: a new file displaces the oldest."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._last_number = 0
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._ids: dict[str, str] = {}

    def add(self, name: str, mime_type: str | None, content: bytes) -> StoredFile:
        """Keep a file; its type is guessed from its name where none is given."""
        self._last_number += 1
        name = _clean(name)
        guessed, _ = mimetypes.guess_type(name)
        suffix = PurePosixPath(name).suffix
        extension = suffix if EXTENSION.fullmatch(suffix) else ""
        file = StoredFile(
            f"local-document-{self._last_number}",
            hashlib.sha256(content).hexdigest()[:16],
            name,
            mime_type or guessed or UNKNOWN_TYPE,
            f"documents/file_{self._last_number}{extension}",
            content,
        )
        self._files[file.id] = file
        self._ids[file.path] = file.id
        self._bytes += len(content)
        self._forget_oldest()
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """Return a file if it is (still) kept."""
        return self._files.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """Return the file that is downloaded from a path, if it is (still) kept."""
        return self._files.get(self._ids.get(path, ""))

    def was_there(self, file_id: str) -> bool:
        """Tell whether there ever was a file of this id."""
        match = FILE_ID.fullmatch(file_id)
        return match is not None and 1 <= int(match[1]) <= self._last_number

    def _forget_oldest(self) -> None:
        while self._bytes > self._kept_bytes and len(self._files) > 1:
            _, forgotten = self._files.popitem(last=False)
            del self._ids[forgotten.path]
            self._bytes -= len(forgotten.content)


def _clean(name: str) -> str:
    """Return a file's name without directories and control characters."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode()
    return NOT_IN_NAMES.sub("", last).strip()[-NAME_LIMIT:] or "file"
