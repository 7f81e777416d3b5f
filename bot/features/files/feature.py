"""The record of the feature: `/export`, `/import`, and the buttons below an offered list."""

from typing import Final

from bot.features.files import export_handlers, import_handlers, import_views
from bot.features.files.buttons import DeclineList, LeaveOut, PutInList, ShowPart, TakeIn
from bot.features.records import Command, Feature, on_tap

FILES: Final = Feature(
    commands=(
        Command(
            "export",
            export_handlers.export,
            words=(
                *("내보내기", "내보내줘", "파일로 보내줘", "파일로 저장", "파일로 저장해줘"),
                *("export", "save as a file", "send me a file"),
            ),
            menu=lambda language: language.gettext("Save the fridge as a file"),
            help_line=lambda language: language.gettext("/export: save the fridge as a file"),
        ),
        Command(
            "import",
            import_handlers.import_,
            words=("가져오기", "import"),
            menu=lambda language: language.gettext("Put in a whole list or a file"),
            help_line=lambda language: language.gettext(
                "/import: put in a whole list, or send me a .csv or .txt file"
            ),
            takes_files=True,
            question=import_views.question,
        ),
    ),
    taps=(
        on_tap(PutInList, import_handlers.put_in),
        on_tap(DeclineList, import_handlers.cancel),
        on_tap(LeaveOut, import_handlers.leave_out),
        on_tap(TakeIn, import_handlers.take_in),
        on_tap(ShowPart, import_handlers.show_part),
    ),
)
