"""The keys of requests, and of the records of their outcomes.

A request that is delivered twice has the same key both times.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class RequestKind(StrEnum):
    """The kinds of records that requests have. The values are stored, and stand on buttons.

    All but READ are changes; READ is the record of the names with which a request was understood.
    """

    ADD = "add"
    REMOVE = "remove"
    TAKE = "take"
    REDUCE = "reduce"
    ADJUST = "adjust"
    REPLACE = "replace"
    CLEAR = "clear"
    KEEP = "keep"
    RESCUE = "rescue"
    UNDO = "undo"
    CHOOSE = "choose"
    IMPORT = "import"
    CLEANUP = "cleanup"
    FORGET = "forget"
    READ = "read"


class RequestKey(NamedTuple):
    """The key of a request: a chat, and the name of one message or tap in it.

    A server whose numbers begin anew gives a name again, but not with the same date: `message_date`
    is that of the message, or of the tapped message. It is None where only the name is known, as
    from a button.
    """

    chat_id: int
    request: str
    message_date: datetime | None = None

    def part(self, number: int) -> "RequestKey":
        """The key of one of several acts of the request; the first, 0, has that of the request."""
        return self._replace(request=f"{self.request}.{number}") if number else self

    def edit(self, number: int) -> "RequestKey":
        """The key of an edit of the message; of two edits, the later one has the larger number."""
        return self._replace(request=f"{self.request}e{number}")

    @property
    def number_of_edit(self) -> int:
        """The number of the edit that the request is, or is an act of; 0 if it is none."""
        _, _, number = self.request.partition(".")[0].partition("e")
        return int(number or 0)

    def to(self, kind: RequestKind) -> "RecordKey":
        """The key of the request's record of this kind."""
        return RecordKey(self, kind)


class RecordKey(NamedTuple):
    """The key of a record: a request and a kind of change.

    One message may have records of several kinds: of a list that it offers, and of putting it in.
    """

    of: RequestKey
    kind: RequestKind

    @property
    def name(self) -> str:
        """The name of the record in its chat, such as "m5 add"."""
        return f"{self.of.request} {self.kind}"

    @classmethod
    def named(cls, chat_id: int, name: str) -> "RecordKey":
        """The key of the record of that name, whose date is not known."""
        request, kind = name.split()
        return cls(RequestKey(chat_id, request), RequestKind(kind))
