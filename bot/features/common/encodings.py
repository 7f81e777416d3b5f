"""The encodings of texts that people send and of what is sent to them."""

from typing import Final

UTF_8: Final = "utf-8"
UTF_8_WITH_MARK: Final = "utf-8-sig"
UTF_16_WITH_MARK: Final = "utf-16"

UTF_16_UNITS: Final = "utf-16-le"
"""Two bytes for each unit in which Telegram counts the length of a text."""

# What spreadsheets still write in Korea and in the West.
KOREAN: Final = "cp949"
WESTERN: Final = "cp1252"

ALL: Final = (UTF_8, UTF_8_WITH_MARK, UTF_16_WITH_MARK, UTF_16_UNITS, KOREAN, WESTERN)
