"""Notes when each update was handed over and answered, and the answers."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

UNANSWERED: Final = -1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A call of the bot that answered an update, unparsed."""

    head: bytes
    body: bytes


@dataclass(slots=True)
class Ledger:
    """The times and answers of updates, which are numbered by their place in the sequence.

    Times are of `time.perf_counter`.

    Args:
        chat_ids: The chat of each update.
    """

    chat_ids: Sequence[int]
    given_at: list[float] = field(init=False)
    answered_at: list[float] = field(init=False)
    answers: dict[int, Answer] = field(default_factory=dict[int, Answer])
    answered: int = 0
    given: int = 0
    faults: list[str] = field(default_factory=list[str])
    on_answer: Callable[[int], None] | None = None
    first_answer: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[int, list[int]] = field(default_factory=dict[int, list[int]])

    def __post_init__(self) -> None:
        self.given_at = [UNANSWERED] * len(self.chat_ids)
        self.answered_at = [UNANSWERED] * len(self.chat_ids)

    @property
    def unanswered(self) -> int:
        """The number of updates that the bot has received and not answered."""
        return self.given - self.answered

    def give(self, index: int) -> None:
        """Note that an update is handed over now; if it was before, the first time counts."""
        if self.given_at[index] < 0:
            self.given_at[index] = time.perf_counter()
            self.given += 1
            self._waiting.setdefault(self.chat_ids[index], []).append(index)

    def answer(self, chat_id: int, answer: Answer) -> None:
        """Note an answer to the oldest unanswered update of a chat."""
        waiting = self._waiting.get(chat_id)
        if not waiting:
            self.faults.append("an answer to nothing")
            return
        index = waiting.pop(0)
        if not waiting:
            del self._waiting[chat_id]
        self.answered_at[index] = time.perf_counter()
        self.answers[index] = answer
        self.answered += 1
        self.first_answer.set()
        if self.on_answer is not None:
            self.on_answer(index)
