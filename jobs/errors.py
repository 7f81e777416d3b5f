"""The errors of work that goes on although a part of it has failed."""

from collections.abc import Generator
from contextlib import contextmanager


class CollectedErrors:
    """Errors to raise together at the end, so that none hides another."""

    def __init__(self) -> None:
        self._errors: list[Exception] = []

    def __bool__(self) -> bool:
        """Whether a part of the work has failed."""
        return bool(self._errors)

    @contextmanager
    def collected(self) -> Generator[None]:
        """Collect the error that a part of the work raises."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 (`raise_all` raises it)
            self._errors.append(error)

    def raise_all(self) -> None:
        """End the work.

        Raises:
            Exception: the collected error.
            ExceptionGroup: of the collected errors, if there are several.
        """
        if len(self._errors) > 1:
            raise ExceptionGroup("Several parts of the work failed", self._errors)
        for error in self._errors:
            raise error
