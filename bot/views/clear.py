"""What is said about emptying the fridge."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.language import Language
from bot.replies import Button, Message

CLEAR: Final = "clear:"
"""What the data of the confirming button begins with; the time of the question follows."""

CANCEL: Final = "clear:no"

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def question(count: int, now: datetime, language: Language) -> Message:
    """Ask before everything goes. The button says until when things were added that it clears."""
    return Message(
        language.ngettext(
            "Empty the fridge? This takes out {count} item.",
            "Empty the fridge? This takes out {count} items.",
            count,
        ).format(count=count),
        (
            (
                Button(language.gettext("Empty it"), f"{CLEAR}{(now - EPOCH) // MICROSECOND}"),
                Button(language.gettext("Cancel"), CANCEL),
            ),
        ),
    )


def asked_at(data: str) -> datetime:
    """The time of the question whose confirming button carries this data."""
    return EPOCH + int(data.removeprefix(CLEAR)) * MICROSECOND


def nothing(language: Language) -> Message:
    """There is nothing to clear."""
    return Message(language.gettext("The fridge is empty already."))


def cleared(count: int, language: Language) -> Message:
    """How many items went."""
    if not count:
        return nothing(language)
    return Message(
        language.ngettext(
            "Emptied: {count} item is out.", "Emptied: {count} items are out.", count
        ).format(count=count)
    )


def cancelled(language: Language) -> Message:
    """Nothing was cleared."""
    return Message(language.gettext("Everything stays in the fridge."))
