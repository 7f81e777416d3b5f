"""Faults on demand: refused, slow and broken answers."""

from dataclasses import dataclass

from local_telegram.protocol.errors import BotApiError

ANY_METHOD = "*"
DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of a method (`*`: of any method).

    The answer is delayed by `delay` seconds. Then the connection is cut (`disconnect`), or the
    call is refused with `status`, or the call is carried out as usual.
    """

    method: str
    times: int
    status: int | None = None
    retry_after: int | None = None
    description: str | None = None
    delay: float = 0.0
    disconnect: bool = False

    def error(self) -> BotApiError | None:
        """Return the error with which the call is refused, or None if it is not refused."""
        if self.status is None and self.retry_after is None:
            return None
        status = self.status or 429
        description = self.description or DESCRIPTIONS.get(status, "Error")
        if self.retry_after is None:
            return BotApiError(status, description)
        if self.description is None and status == 429:  # noqa: PLR2004 (HTTP's own number)
            description = f"Too Many Requests: retry after {self.retry_after}"
        return BotApiError(status, description, {"retry_after": self.retry_after})


class Faults:
    """The faults that are still to happen, in the order in which they were added."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        *,
        method: str = ANY_METHOD,
        times: int = 1,
        status: int | None = None,
        retry_after: int | None = None,
        description: str | None = None,
        delay: float = 0.0,
        disconnect: bool = False,
    ) -> None:
        """Let the next `times` calls of a method go wrong (see Fault)."""
        self._faults.append(
            Fault(method.lower(), times, status, retry_after, description, delay, disconnect)
        )

    def clear(self) -> None:
        """Remove all faults."""
        self._faults.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault for this call, if there is one, and count the call."""
        for fault in self._faults:
            if fault.method in {ANY_METHOD, method.lower()}:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
