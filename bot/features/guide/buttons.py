"""The buttons of the greeting, to try the bot."""

from dataclasses import dataclass

from bot.conversation.buttons import FixedButtonData


@dataclass(frozen=True, slots=True)
class TryAdd(FixedButtonData):
    """Asks what to add, as `/add` does."""

    PREFIX = "try:add"


@dataclass(frozen=True, slots=True)
class TryFridge(FixedButtonData):
    """Shows the list, as `/fridge` does."""

    PREFIX = "try:fridge"


@dataclass(frozen=True, slots=True)
class TryHelp(FixedButtonData):
    """Explains the commands, as `/help` does."""

    PREFIX = "try:help"
