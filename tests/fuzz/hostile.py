"""Values that a field should never have, and texts that a person should never send."""

from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any, Final

NUMBERS: Final[Sequence[Any]] = (
    0,
    1,
    -1,
    1.5,
    -0.0,
    1e308,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**32,
    2**52,
    2**53 + 1,
    -(2**52) - 1,
    2**63 - 1,
    2**63,
    -(2**63),
    -(2**63) - 1,
    2**64,
    10**40,
    -(10**40),
)

SMALL_TEXTS: Final = (
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "NaN",
    "null",
    "١٢٣",
    "\x00",
    "우\x00유",
    "\ud83e",  # half of an emoji
    "\udfff\ud800",
    "milk\udc00",
    "\u200b" * 20,
    "\u2067\u202e유우",
    "e" + "\u0301" * 60,
    "우유",
    "👨‍👩‍👧‍👦🏳️‍🌈🇰🇷",
    "<b>milk</b> &amp; <script>",
    "'; DROP TABLE chats; --",
    "%s %n {0} {self} \\u0000 $1 :name",
    "\r\n\t\x0b\x0c\x1b[31m\u2028\u0085",
    "ﷺ" * 8,
    "İıßſK",
)

BIG_TEXTS: Final = (
    "우유" * 17_000,  # 100 kB
    "우" * 4096,
    "x" * 4097,
    "🥛" * 4096,
    "\u200b" * 4096,
    "e" + "\u0301" * 4095,
    "\n" * 4096,
    "," * 4096,
    ", ".join(f"재료 {number}" for number in range(400)),
    ", ".join("ﷺ" * 60 for _ in range(50)),
    ", ".join("<&>" * 20 + str(number) for number in range(50)),
    "\ud800" * 4096,
    "\x00" * 4096,
    "/add " * 800,
)

NOTHINGS: Final[Sequence[Any]] = (None, True, False, [], {}, [[]], [None], {"": None}, {"id": 1})

DEPTHS: Final = (5, 50, 90)


class HostileValues:
    """Chooses them at random."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def text(self) -> str:
        """A text; now and then a big one."""
        if self._random.random() < 0.04:
            return self._random.choice(BIG_TEXTS)
        return self._random.choice(SMALL_TEXTS)

    def number(self) -> Any:  # noqa: ANN401 (an int or a float)
        """A number."""
        return self._random.choice(NUMBERS)

    def nothing(self) -> Any:  # noqa: ANN401 (JSON)
        """A value with nothing, or next to nothing, in it."""
        return deepcopy(self._random.choice(NOTHINGS))

    def nested(self, inner: Any) -> Any:  # noqa: ANN401 (JSON)
        """A value far down in lists or objects."""
        for _ in range(self._random.choice(DEPTHS)):
            inner = [inner] if self._random.random() < 0.5 else {"reply_to_message": inner}
        return inner

    def any(self) -> Any:  # noqa: ANN401 (JSON)
        """A value of whatever type."""
        make = self._random.choice((self.text, self.number, self.nothing))
        return make()
