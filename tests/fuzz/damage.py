"""Damages what was valid: wrong types, missing and unknown fields, numbers out of range."""

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from local_telegram.protocol.json_values import Json, is_array, is_object
from tests.fuzz.hostile import HostileValues

GO_ON: Final = 0.75
"""How likely the damage is done further down rather than here."""

GO_ON_FROM_THE_TOP: Final = 0.93
"""The same where a damage makes an update of no kind at all."""


class Damage:
    """Changes objects in place."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._values = HostileValues(random)

    def do(self, body: Json) -> None:
        """Do one damage somewhere in an object."""
        holder: Any = body
        go_on = GO_ON_FROM_THE_TOP
        while keys := _keys(holder):
            key = self._random.choice(keys)
            if _keys(holder[key]) and self._random.random() < go_on:
                holder, go_on = holder[key], GO_ON
                continue
            self._do_to(holder, key)
            return

    def _do_to(self, holder: Any, key: Any) -> None:  # noqa: ANN401 (an object or an array)
        value = holder[key]
        match self._random.randrange(9):
            case 0:
                del holder[key]
            case 1 if is_object(holder):
                holder[self._values.text()] = self._values.any()
            case 2 if is_object(holder):
                holder[f"{key}_2"] = holder.pop(key)
            case 3:
                holder[key] = [value]
            case 4:
                holder[key] = self._values.nested(value)
            case 5:
                holder[key] = str(value)
            case 6:
                holder[key] = self._values.nothing()
            case _:
                holder[key] = self._like(value)

    def _like(self, value: Any) -> Any:  # noqa: ANN401 (JSON)
        """A hostile value of the same type."""
        if isinstance(value, str):
            return self._values.text()
        if isinstance(value, int | float):
            return self._values.number()
        return self._values.any()


def _keys(holder: object) -> Sequence[str | int]:
    """The keys of an object, or the indexes of an array."""
    if is_object(holder):
        return list(holder)
    return range(len(holder)) if is_array(holder) else ()
