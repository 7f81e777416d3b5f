"""What can go wrong between the program and its database, in words for the operator."""

from sqlalchemy.exc import DBAPIError


class DatabaseUnavailable(Exception):  # noqa: N818 (a state, not a slip of the caller)
    """The database can't be used; the message is one line: what is wrong, and how to mend it."""


class DatabaseUnreachable(DatabaseUnavailable):
    """The database can't be used at present: to wait, or to start again, may help."""


class DatabaseAway(Exception):  # noqa: N818 (a state, not a slip of the caller)
    """The database could not do it now, and may do it later: what was asked may be asked again.

    It may also have been done, where only the answer is missing.
    """


class BackupError(Exception):
    """A backup can't be written, read or restored; the message is one line, as the others' are."""


def reason(error: Exception) -> str:
    """Return the cause in one line. asyncpg's messages hold addresses, but no password."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause or error).split()) or type(error).__name__


def sqlstate(error: Exception) -> str:
    """Return the code that PostgreSQL gives an error, or an empty text.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")
