"""Tells a mistyped name of a setting from a name of another program."""

from collections.abc import Collection
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

LETTERS_TO_A_SLIP: Final = 5
MOST_SLIPS: Final = 2

TOKEN: Final = "BOT_TOKEN"  # noqa: S105 (the name of a setting)

OF_THE_BOT_API_SERVER: Final = frozenset({"TELEGRAM_API_ID", "TELEGRAM_API_HASH"})
"""Variables of a self-hosted Bot API server, which may read the same file."""


def meant_setting(name: str, settings: Collection[str]) -> str | None:
    """Return the setting whose name is mistyped; None where none is near.

    At most one slip in five letters, and two in all, is let pass. A slip is a letter too many, one
    too few, a wrong one, or two that changed places. All names are in upper case.
    """
    near = process.extractOne(name, settings, scorer=OSA.distance, score_cutoff=MOST_SLIPS)
    if near is None:
        return None
    setting, slips, _ = near
    return setting if slips <= len(setting) // LETTERS_TO_A_SLIP else None


def looks_like_a_setting(name: str, settings: Collection[str]) -> bool:
    """Tell whether a name begins with the first word of a setting's name, or ends in BOT_TOKEN."""
    if name in OF_THE_BOT_API_SERVER:
        return False
    first_words = tuple(f"{setting.partition('_')[0]}_" for setting in settings)
    return name.startswith(first_words) or name.endswith(TOKEN)
