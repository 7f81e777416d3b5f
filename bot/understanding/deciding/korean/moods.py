"""What the ending of a Korean verb makes of a clause: whether it happened."""

from typing import Final

from bot.understanding.meaning import Because

DONE: Final = frozenset({"report", "nominal", "and", "but"})
ORDERS: Final = frozenset({"order", "bare", "present"})
MOODS: Final = {
    "hearsay": Because.HEARSAY,
    "if": Because.CONDITION,
    "plan": Because.PLAN,
    "must": Because.PLAN,
    "to_come": Because.PLAN,
    "wish": Because.WISH,
    "not": Because.NEGATION,
    "reason": Because.CONDITION,
    "while": Because.CONDITION,
    "guess": Because.STILL_THERE,
}
