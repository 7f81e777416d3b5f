"""The taps on inline buttons that wait for the bot's answer."""

from collections import OrderedDict
from dataclasses import dataclass
from itertools import count

from local_telegram.protocol.json_values import Json, is_object
from local_telegram.state.clock import Clock
from local_telegram.state.people import Person

ANSWERABLE_SECONDS = 150
KEPT = 10_000
FIRST_QUERY_ID = 4_300_000_000_000_001


@dataclass(slots=True, frozen=True)
class CallbackQuery:
    """A tap that can be answered until `expires_at` (Unix time)."""

    id: str
    chat_id: int
    person_id: int
    expires_at: float


class CallbackQueries:
    """The last taps and their answers.

    Args:
        clock: Decides how long a tap can be answered.
        numbered_after: How many queries there were before.
    """

    def __init__(self, clock: Clock, numbered_after: int = 0) -> None:
        self.answers: OrderedDict[str, Json] = OrderedDict()
        self._clock = clock
        self._ids = count(FIRST_QUERY_ID + numbered_after)
        self._queries: OrderedDict[str, CallbackQuery] = OrderedDict()

    def ask(self, person: Person, chat_id: int) -> str:
        """Note a tap; return the query's id."""
        query_id = str(next(self._ids))
        self._note(query_id, chat_id, person.id)
        return query_id

    def recognise(self, update: Json) -> None:
        """Note the callback query in an arbitrary update, so that the bot can answer it."""
        query = update.get("callback_query")
        if is_object(query) and isinstance(query.get("id"), str):
            self._note(query["id"], 0, 0)

    def answer(self, query_id: str, answer: Json) -> CallbackQuery | None:
        """Note an answer; return its query, or None if the query is unknown or too old."""
        query = self._queries.get(query_id)
        if query is None or query.expires_at <= self._clock().timestamp():
            return None
        self.answers[query_id] = answer
        if len(self.answers) > KEPT:
            self.answers.popitem(last=False)
        return query

    def _note(self, query_id: str, chat_id: int, person_id: int) -> None:
        expires_at = self._clock().timestamp() + ANSWERABLE_SECONDS
        self._queries[query_id] = CallbackQuery(query_id, chat_id, person_id, expires_at)
        if len(self._queries) > KEPT:
            self._queries.popitem(last=False)
