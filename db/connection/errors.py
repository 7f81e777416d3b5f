"""The errors of the database, with messages for the operator."""

from sqlalchemy.exc import DBAPIError


class DatabaseUnavailable(Exception):  # noqa: N818 (a state, not a slip of the caller)
    """The database can't be used. The message is one line with the cause and the remedy."""


class DatabaseUnreachable(DatabaseUnavailable):
    """The database can't be used at present: waiting or restarting may help."""


class DatabaseAway(Exception):  # noqa: N818 (a state, not a slip of the caller)
    """A passing error: the statement may be tried again.

    It may also be committed already, if only the answer was lost.
    """


class BackupError(Exception):
    """A backup can't be written, read or restored. The message is one line for the operator."""


def reason(error: Exception) -> str:
    """Return the cause in one line. asyncpg's messages hold addresses, but no password."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause or error).split()) or type(error).__name__


def sqlstate(error: Exception) -> str:
    """Return the SQLSTATE of an error, or an empty text.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")
