"""The keys of requests: a request that comes twice has the same one."""

from datetime import datetime
from typing import NamedTuple


class RequestKey(NamedTuple):
    """Which request it is: a chat, and the name of one message or tap in it.

    A server whose numbers begin anew gives a name again, but not with the same date: `message_date`
    is that of the message, or of the one that was tapped. None where only the name is known, as
    from a button.
    """

    chat_id: int
    request: str
    message_date: datetime | None = None

    def to(self, what: str) -> "RequestKey":
        """The same as a request to do something: its outcome has that form."""
        return self._replace(request=f"{self.request} {what}")
