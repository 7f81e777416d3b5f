"""Requests as they come: each a new one."""

from datetime import UTC, datetime, timedelta
from itertools import count

from fridge.request_keys import RequestKey

_numbers = count(1)
_FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def sent(chat_id: int) -> RequestKey:
    """A message that was not delivered before."""
    number = next(_numbers)
    return RequestKey(chat_id, f"m{number}", _FIRST + timedelta(seconds=number))


def by_name(key: RequestKey) -> RequestKey:
    """The request as a button names it."""
    return key._replace(message_date=None)
