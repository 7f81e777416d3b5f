"""The record of the feature: the buttons that undo a change."""

from typing import Final

from bot.features.records import Feature, on_tap
from bot.features.undo import handlers
from bot.features.undo.buttons import Undo, UndoInList

UNDO: Final = Feature(
    taps=(on_tap(Undo, handlers.undo), on_tap(UndoInList, handlers.undo_in_list)),
)
