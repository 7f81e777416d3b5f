"""parse_mode=HTML: the text and entities of a text with markup, with Telegram's error texts.

Source: Telegram's documentation, "HTML style", and the behaviour of its published servers.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.utf16 import utf16_length

SPACE = r" \t\r\n\v"
PLAIN_TEXT = re.compile(r"[^<&]+")
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
TAG_NAME = re.compile(rf"[^{SPACE}>]*")
SPACES = re.compile(rf"[{SPACE}]*")
ATTRIBUTE_NAME = re.compile(rf"[^{SPACE}=>]*")
NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"")
LINK = re.compile(r"(?:https?|tg|ton|tonsite)://\S+|(?:mailto|tel):\S+", re.IGNORECASE)
BARE_LINK = re.compile(r"[^\s:/][^\s:/.]*\.[^\s:/]\S*")

NAMED_REFERENCES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
HIGHEST_CODE_POINT = 0x10FFFE
SURROGATES = range(0xD800, 0xE000)

ENTITY_TYPES = {
    "a": "text_link",
    "b": "bold",
    "blockquote": "blockquote",
    "code": "code",
    "del": "strikethrough",
    "em": "italic",
    "i": "italic",
    "ins": "underline",
    "pre": "pre",
    "s": "strikethrough",
    "span": "spoiler",
    "strike": "strikethrough",
    "strong": "bold",
    "tg-emoji": "custom_emoji",
    "tg-spoiler": "spoiler",
    "u": "underline",
}
ORDER_OF_TYPES = (
    "blockquote",
    "expandable_blockquote",
    "pre",
    "code",
    "text_link",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "custom_emoji",
)
"""The order in which Telegram lists entities that cover the same place."""


@dataclass(slots=True, frozen=True)
class OpenTag:
    """A tag whose end has not come yet; `offset` in UTF-16 units, `piece` in pieces of text."""

    name: str
    attributes: dict[str, str]
    offset: int
    piece: int


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the text without its markup, and its entities in Telegram's order.

    Raises:
        BadRequestError: The markup is wrong; byte offsets count UTF-8.
    """
    if "<" not in source and "&" not in source:
        return source, []
    parser = _HtmlParser(source)
    parser.parse()
    parser.entities.sort(
        key=lambda entity: (
            entity["offset"],
            -entity["length"],
            ORDER_OF_TYPES.index(entity["type"]),
        )
    )
    return "".join(parser.pieces), parser.entities


class _HtmlParser:
    """Reads a source from its beginning to its end, once."""

    def __init__(self, source: str) -> None:
        self.pieces: list[str] = []
        self.entities: list[Json] = []
        self._source = source
        self._position = 0
        self._length = 0
        self._open_tags: list[OpenTag] = []

    def parse(self) -> None:
        while self._position < len(self._source):
            if plain := self._take(PLAIN_TEXT):
                self._add(plain)
            elif self._next_is("</"):
                self._end_tag()
            elif self._next_is("<"):
                self._start_tag()
            else:
                self._reference()
        if self._open_tags:
            name = self._open_tags[-1].name
            raise _error(f'Can\'t find end tag corresponding to start tag "{name}"')

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self._length += utf16_length(text)

    def _reference(self) -> None:
        match = REFERENCE.match(self._source, self._position)
        character = _referred_character(match) if match else None
        if match is None or character is None:
            self._position += 1
            self._add("&")
            return
        self._position = match.end()
        self._add(character)

    def _start_tag(self) -> None:
        begin = self._position
        self._position += 1
        name = self._take(TAG_NAME).lower()
        if self._is_at_end():
            self._refuse("Unclosed start tag", begin)
        if name not in ENTITY_TYPES:
            self._refuse(f'Unsupported start tag "{name}"', begin)
        attributes: dict[str, str] = {}
        self._take(SPACES)
        while not self._next_is(">"):
            attribute, value = self._attribute(name, begin)
            attributes[attribute] = value
            self._take(SPACES)
        self._position += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            self._refuse('Tag "span" must have class "tg-spoiler"', begin)
        self._open_tags.append(OpenTag(name, attributes, self._length, len(self.pieces)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._take(ATTRIBUTE_NAME)
        if self._is_at_end():
            self._refuse(f'Unclosed start tag "{tag}"', begin)
        if not name:
            self._refuse(f'Empty attribute name in the tag "{tag}"', begin)
        self._take(SPACES)
        if not self._next_is("="):
            return name, ""
        self._position += 1
        self._take(SPACES)
        if self._is_at_end():
            self._refuse(f'Unclosed start tag "{tag}"', begin)
        value = self._attribute_value(begin)
        if self._is_at_end():
            self._refuse("Unclosed start tag", begin)
        return name, value

    def _attribute_value(self, begin: int) -> str:
        if self._source[self._position] in "'\"":
            literal = LITERAL.match(self._source, self._position)
            if literal is None:
                self._refuse("Unclosed start tag", begin)
            self._position = literal.end()
            return REFERENCE.sub(_decoded_reference, literal.group(1) or literal.group(2) or "")
        token_begin = self._position
        token = self._take(NAME_TOKEN)
        if not self._is_at_end() and not re.match(rf"[{SPACE}>]", self._source[self._position]):
            self._refuse("Unexpected end of name token", token_begin)
        return token.lower()

    def _end_tag(self) -> None:
        begin = self._position
        if not self._open_tags:
            self._refuse("Unexpected end tag", begin)
        self._position += 2
        name = self._take(TAG_NAME).lower()
        self._take(SPACES)
        if not self._next_is(">"):
            self._refuse("Unclosed end tag", begin)
        self._position += 1
        tag = self._open_tags.pop()
        if name and name != tag.name:
            offset = self._byte_offset(begin)
            raise _error(
                f"Unmatched end tag at byte offset {offset}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        if self._length > tag.offset:
            self._add_entity(tag)

    def _add_entity(self, tag: OpenTag) -> None:
        entity: Json = {
            "offset": tag.offset,
            "length": self._length - tag.offset,
            "type": ENTITY_TYPES[tag.name],
        }
        if tag.name == "a":
            url = checked_link(tag.attributes.get("href") or "".join(self.pieces[tag.piece :]))
            if url is None:
                return
            entity["url"] = url
        elif tag.name == "tg-emoji":
            emoji_id = tag.attributes.get("emoji-id", "")
            if not emoji_id.isdecimal():
                raise _error("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = emoji_id
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name in {"pre", "code"} and self._joins_code_and_pre(tag, entity):
            return
        self.entities.append(entity)

    def _joins_code_and_pre(self, tag: OpenTag, entity: Json) -> bool:
        """Join `<pre><code class="language-...">`, in either order, into one entity."""
        language = tag.attributes.get("class", "") if tag.name == "code" else ""
        if language.startswith("language-"):
            entity["language"] = language.removeprefix("language-")
        inner = self.entities[-1] if self.entities else {}
        same_place = [inner.get(name) for name in ("offset", "length")] == [
            entity["offset"],
            entity["length"],
        ]
        if not same_place or {inner["type"], entity["type"]} != {"pre", "code"}:
            return False
        joined = inner.get("language") or entity.get("language")
        if not joined:
            return False
        inner |= {"type": "pre", "language": joined}
        return True

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._source, self._position)
        if match is None:
            return ""
        self._position = match.end()
        return match.group()

    def _next_is(self, text: str) -> bool:
        return self._source.startswith(text, self._position)

    def _is_at_end(self) -> bool:
        return self._position >= len(self._source)

    def _byte_offset(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    def _refuse(self, reason: str, position: int) -> NoReturn:
        raise _error(f"{reason} at byte offset {self._byte_offset(position)}")


def checked_link(url: str) -> str | None:
    """Return a link with its protocol, or None if Telegram would not make it a link."""
    if LINK.fullmatch(url):
        return url
    return f"http://{url}" if BARE_LINK.fullmatch(url) else None


def _referred_character(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED_REFERENCES[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if not 0 < code <= HIGHEST_CODE_POINT or code in SURROGATES:
        return None
    return chr(code)


def _decoded_reference(match: re.Match[str]) -> str:
    return _referred_character(match) or match.group()


def _error(reason: str) -> BadRequestError:
    return BadRequestError(f"can't parse entities: {reason}")
