"""Lengths and slices in UTF-16 code units, in which Telegram counts texts and entities."""


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """Return the part of a text that an entity's offset and length (UTF-16 units) cover."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    part = encoded[2 * offset : 2 * (offset + length)]
    return part.decode("utf-16-le", "surrogatepass")
