"""The encodings of the files and texts that people send and get."""

from typing import Final

UTF_8: Final = "utf-8"
UTF_8_WITH_MARK: Final = "utf-8-sig"
UTF_16_WITH_MARK: Final = "utf-16"

UTF_16_UNITS: Final = "utf-16-le"
"""Two bytes for each unit in which Telegram counts the length of a text."""

# Spreadsheets in Korea and in the West still write these.
KOREAN: Final = "cp949"
WESTERN: Final = "cp1252"

ALL: Final = (UTF_8, UTF_8_WITH_MARK, UTF_16_WITH_MARK, UTF_16_UNITS, KOREAN, WESTERN)
