"""The files of an export."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from bot.conversation.replies import File, Files, Message
from bot.features.common.categories import category_names
from bot.features.common.names import plain_name
from bot.features.files.fridge_files import ExportedFridge, ExportedItem
from bot.features.files.spreadsheet import field_headings, name_heading, write_table
from bot.locale.language import Language
from fridge.items import Item

TIME: Final = "%Y-%m-%d %H:%M"


def nothing(language: Language) -> Message:
    """Say that there is nothing to export."""
    return Message(language.gettext("The fridge is empty, so there is nothing to save."))


def exported(items: Sequence[Item], zone: ZoneInfo, language: Language) -> Files:
    """Return the items as a CSV file, with times of a zone, and as a JSON file."""
    for_people = language.ngettext(
        "{count} item, for a spreadsheet. Send me this file, and I'll put it back in.",
        "{count} items, for a spreadsheet. Send me this file, and I'll put them back in.",
        len(items),
    )
    return Files(
        (
            File(
                "fridge.csv",
                as_csv(items, zone, language),
                for_people.format(count=language.number(len(items))),
            ),
            File(
                "fridge.json",
                as_json(items, language),
                language.gettext("The same, for other programs."),
            ),
        )
    )


def as_csv(items: Sequence[Item], zone: ZoneInfo, language: Language) -> bytes:
    """Return the items as a CSV table."""
    headings = (
        name_heading(language),
        *field_headings(language).values(),
        language.gettext("Category"),
        language.gettext("Added ({zone})").format(zone=zone.key),
    )
    rows = (
        (
            _plain_name(item, language),
            f"{item.lot.amount.number:f}" if item.lot.amount else "",
            item.lot.amount.unit if item.lot.amount else "",
            item.lot.best_before.isoformat() if item.lot.best_before else "",
            item.lot.place or "",
            item.lot.note,
            category_names(language)[item.category],
            item.added_at.astimezone(zone).strftime(TIME),
        )
        for item in items
    )
    return write_table((headings, *rows))


def as_json(items: Sequence[Item], language: Language) -> bytes:
    """Return the items as JSON, with the names that the catalogue has for the categories."""
    fridge = ExportedFridge(
        items=[
            ExportedItem.of(_plain_name(item, language), item.lot).model_copy(
                update={"category": item.category, "added_at": item.added_at}
            )
            for item in items
        ]
    )
    return fridge.model_dump_json(indent=2, exclude_none=True).encode()


def _plain_name(item: Item, language: Language) -> str:
    """Return the name as plain text."""
    return item.name or plain_name(item, language)
