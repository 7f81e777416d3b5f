"""Requests as they come: each a new one."""

from itertools import count

from db.handled_requests import RequestKey

_numbers = count(1)


def sent(chat_id: int) -> RequestKey:
    """A message that was not delivered before."""
    return RequestKey(chat_id, f"m{next(_numbers)}")
