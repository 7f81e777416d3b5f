"""The program's log: one line for each record on stderr, with `***` in place of every secret."""

import logging
import re
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, TextIO
from urllib.parse import quote, quote_plus

from startup.process.streams import say

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

MASK = "***"

SHORT = 8
"""A secret with fewer characters may be a part of any word."""

LONGEST_WORD = 15
"""A secret of letters only, up to this length, may also be a word of the log. A longer one is
masked everywhere, such as the secret of a webhook, which has at least 16 characters."""

_TALKATIVE = ("httpx", "httpcore", "apscheduler", "alembic")
"""Loggers that at INFO log every request (with the token in its URL), every run of a job, or their
own start and stop."""

_REPETITIVE = "telegram.request"
"""This logger logs a traceback for each answer that is no JSON. The error that follows says the
same."""

# Control characters are escaped, so that no text of a person begins a new line or steers the
# terminal.
_CONTROL_CHARACTERS = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\t"
} | {code: f"\\u{code:04x}" for code in (0x2028, 0x2029)}
_CONTROL_CHARACTERS_OF_A_BLOCK = {
    code: text for code, text in _CONTROL_CHARACTERS.items() if chr(code) != "\n"
}

_logger = logging.getLogger(__name__)


class Redactor:
    """Replaces secrets in a text, also those in the form of a URL's part or of a Python literal.

    A password such as `fridge` is also a word of the log, and `f` is in most lines. Such a password
    is replaced only where a password stands: in a URL, and after the word `password`.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if secret}
        words = {secret for secret in known if _may_be_a_word(secret)}
        anywhere = _any_of(known - words)
        as_password = _any_of(words)
        patterns = [
            *([anywhere] if anywhere else []),
            *([rf"(?<=:)(?:{as_password})(?=@)"] if as_password else []),
            *([rf"(?P<told>password\W{{1,4}})(?:{as_password})(?!\w)"] if as_password else []),
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self._mask = rf"\g<told>{MASK}" if as_password else MASK

    def __call__(self, text: str) -> str:
        """Return the text with `***` in place of every secret."""
        return text if self._pattern is None else self._pattern.sub(self._mask, text)


def _may_be_a_word(secret: str) -> bool:
    return len(secret) < SHORT or (secret.isalpha() and len(secret) <= LONGEST_WORD)


def _any_of(secrets: Iterable[str]) -> str:
    forms = {form for secret in secrets for form in _written_forms(secret)}
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


def _written_forms(secret: str) -> set[str]:
    quoted = {quote(secret, safe=""), quote(secret), quote(secret, safe=":"), quote_plus(secret)}
    lower = {re.sub("%..", lambda code: code[0].lower(), text) for text in quoted}
    literal = {repr(secret)[1:-1], secret.translate(_CONTROL_CHARACTERS)}
    return {secret} | quoted | lower | literal


class _Formatter(logging.Formatter):
    """Formats time in UTC, level, logger and message; a traceback follows on lines of its own."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact = redact

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's name)
        del datefmt
        time = datetime.fromtimestamp(record.created, UTC)
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        return super().formatMessage(record).translate(_CONTROL_CHARACTERS)

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record).translate(_CONTROL_CHARACTERS_OF_A_BLOCK))


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to stderr; of a record that can't be formatted, the place in the code and why."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(_Formatter(redact))
        self._redact = redact

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        error = sys.exception()
        if isinstance(error, OSError):
            return  # stderr is gone, so nothing can be written
        where = f"{record.name} ({record.pathname}:{record.lineno})"
        say(self._redact(f"A log record of {where} can't be written: {error}"), self.stream)


def configure_logging(level: str, secrets: Iterable[str]) -> None:
    """Send the log and all unhandled exceptions to stderr, with `***` in place of the secrets.

    A second call replaces the handler of the first.

    Args:
        level: one of logging's names, `DEBUG` to `CRITICAL`.
        secrets: the strings to replace, also where they are percent-encoded.
    """
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, _Handler):
            root.removeHandler(handler)
    root.addHandler(_Handler(Redactor(secrets)))
    root.setLevel(level)
    debug = level == "DEBUG"
    for name in _TALKATIVE:
        quiet = max(root.level, logging.WARNING)
        logging.getLogger(name).setLevel(logging.NOTSET if debug else quiet)
    logging.getLogger(_REPETITIVE).setLevel(logging.NOTSET if debug else logging.CRITICAL)
    logging.captureWarnings(capture=True)
    # asyncio needs no hook: its own exception handler writes to the log.
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception
    sys.unraisablehook = _log_unraisable


def _log_exception(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    _logger.critical("Stopped by an unexpected error", exc_info=(kind, error, traceback))


def _log_thread_exception(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is None or arguments.exc_type is SystemExit:
        return
    name = arguments.thread.name if arguments.thread else "unknown"
    error = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    _logger.critical("Thread %s stopped by an unexpected error", name, exc_info=error)


def _log_unraisable(arguments: "UnraisableHookArgs") -> None:
    if arguments.exc_value is None:
        return
    error = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    message = arguments.err_msg or "Exception ignored in"
    _logger.error("%s: %r", message, arguments.object, exc_info=error)
