"""The bot commands that Telegram marks as entities in any text."""

import re

from local_telegram.protocol.json_values import Json
from local_telegram.protocol.utf16 import utf16_length, utf16_slice

COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
LITERAL_ENTITIES = frozenset({"code", "pre", "text_link"})


def find_bot_commands(text: str) -> list[Json]:
    """Return the bot_command entities of a text (offsets and lengths in UTF-16 units)."""
    if "/" not in text:
        return []
    return [
        {
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
            "type": "bot_command",
        }
        for match in COMMAND.finditer(text)
    ]


def add_bot_commands(text: str, entities: list[Json]) -> list[Json]:
    """Return the entities together with the commands found outside code and links."""
    literal = [entity for entity in entities if entity["type"] in LITERAL_ENTITIES]
    commands = [
        command
        for command in find_bot_commands(text)
        if not any(_overlap(command, entity) for entity in literal)
    ]
    return sorted(entities + commands, key=lambda entity: (entity["offset"], -entity["length"]))


def leading_command(message: Json) -> str | None:
    """Return the command that a message starts with, as typed ("/add@name"), or None."""
    text: str = message.get("text") or message.get("caption") or ""
    entities: list[Json] = message.get("entities") or message.get("caption_entities") or []
    for entity in entities:
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            return utf16_slice(text, 0, entity["length"])
    return None


def _overlap(one: Json, other: Json) -> bool:
    starts_before_end = one["offset"] < other["offset"] + other["length"]
    return bool(starts_before_end and other["offset"] < one["offset"] + one["length"])
