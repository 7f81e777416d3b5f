"""Texts that a bot sends: cleaned, trimmed, parsed and measured as Telegram does it."""

import re

from local_telegram.content.command_entities import add_bot_commands
from local_telegram.content.html_markup import parse_html
from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json, is_array, is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.protocol.utf16 import utf16_length

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
REMOVED = re.compile("[\r\u2028-\u202e]")
CONTROL_CHARACTERS = re.compile("[\x00-\x09\x0b-\x1f]")


def read_text(parameters: Parameters) -> Json:
    """Return the `text` and `entities` of a message that a call sends.

    Raises:
        BadRequestError: The text is empty, too long, or badly marked up.
    """
    if not parameters.text("text"):
        raise BadRequestError("message text is empty")
    text, entities = _read(parameters, "text", "entities")
    if not text:
        raise BadRequestError("text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise BadRequestError("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def read_caption(parameters: Parameters) -> Json:
    """Return the `caption` and `caption_entities` that a call sends, if any.

    Raises:
        BadRequestError: The caption is too long or badly marked up.
    """
    text, entities = _read(parameters, "caption", "caption_entities")
    if utf16_length(text) > CAPTION_LIMIT:
        raise BadRequestError("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def _read(parameters: Parameters, text_name: str, entities_name: str) -> tuple[str, list[Json]]:
    source = CONTROL_CHARACTERS.sub(" ", REMOVED.sub("", parameters.text(text_name)))
    mode = parameters.text("parse_mode").strip().lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode in {"", "none"}:
        text, entities = source, _given_entities(parameters, entities_name)
    else:
        raise BadRequestError("unsupported parse_mode")
    text, entities = _trimmed(text, entities)
    return text, add_bot_commands(text, entities)


def _given_entities(parameters: Parameters, name: str) -> list[Json]:
    given = parameters.structure(name, f"can't parse {name} JSON object")
    if given is None:
        return []
    if not is_array(given):
        raise BadRequestError("expected an Array of MessageEntity")
    entities: list[Json] = []
    for entity in given:
        if not is_object(entity) or not {"type", "offset", "length"} <= entity.keys():
            raise BadRequestError("can't parse MessageEntity: Expected an Object")
        entities.append(entity)
    return entities


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip the white space around a text, and cut the entities to the remaining text."""
    trimmed = text.strip()
    if len(trimmed) == len(text) or not entities:
        return trimmed, entities
    removed = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(trimmed)
    kept: list[Json] = []
    for entity in entities:
        begin = max(0, entity["offset"] - removed)
        length = min(end, entity["offset"] + entity["length"] - removed) - begin
        if length > 0:
            kept.append(entity | {"offset": begin, "length": length})
    return trimmed, kept
