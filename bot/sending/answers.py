"""Remembers with which message the bot answered a message."""

from collections import OrderedDict
from typing import Final

MOST_REMEMBERED: Final = 10_000
"""How many answers are remembered; at one more, the oldest is forgotten."""


class Answers:
    """The messages with which the bot answered, by the messages that they answer.

    Each replica remembers its own answers, and none that travelled in the response to a webhook,
    whose ids Telegram does not tell. Where an answer is not known, another one is sent.
    """

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[int, int], int] = OrderedDict()

    def remember(self, chat_id: int, message_id: int, answer_id: int) -> None:
        """Note that a message was answered by another one; the last answer counts."""
        self._answers[chat_id, message_id] = answer_id
        self._answers.move_to_end((chat_id, message_id))
        if len(self._answers) > MOST_REMEMBERED:
            self._answers.popitem(last=False)

    def find(self, chat_id: int, message_id: int) -> int | None:
        """Return the id of the answer to a message, if it is known."""
        return self._answers.get((chat_id, message_id))
