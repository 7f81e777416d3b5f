"""The record of the feature: `/forget`, and the buttons of its question."""

from typing import Final

from bot.features.forget import handlers
from bot.features.forget.buttons import CancelForget, ConfirmForget
from bot.features.records import Command, Feature, on_fixed_tap, on_tap

FORGET: Final = Feature(
    commands=(
        Command(
            "forget",
            handlers.forget,
            words=(
                *("잊기", "잊어줘", "다 잊어줘", "모두 잊어줘", "내 정보 삭제", "내 정보 지워줘"),
                *("forget", "forget me", "forget everything", "delete my data"),
            ),
            menu=lambda language: language.gettext("Delete everything about this chat"),
            help_line=lambda language: language.gettext(
                "/forget: delete everything about this chat"
            ),
            about_chat=True,
        ),
    ),
    taps=(
        on_tap(ConfirmForget, handlers.confirm_forget),
        on_fixed_tap(CancelForget, handlers.cancel_forget),
    ),
)
