"""The tables. The migrations beside this module build them; a test proves that both agree."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables share: aware times, and constraint names that a migration can rely on."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own form)
        datetime: DateTime(timezone=True),
        str: Text,
        dict[str, Any]: JSONB,
    }


class FridgeSession(Base):
    """A chat's fridge for as long as it is used.

    It is live at a time `now` while `greatest(expires_at, last_accessed + ttl) > now`. Commands
    write `last_accessed`, which has no index, so that the update stays heap-only; the hourly extend
    job writes `expires_at`, which has one for the purge.
    """

    __tablename__ = "user_fridge_sessions"
    # Room on each page for the next version of its rows: what a heap-only update needs.
    __table_args__ = {"postgresql_with": {"fillfactor": 70}}  # noqa: RUF012 (SQLAlchemy's own form)

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    last_accessed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger)
    """Counts the writes to this row: a statement that raced with another sees it here."""
    language: Mapped[str | None]
    """Of the person who last put something in: for what the bot says unasked."""


class Ingredient(Base):
    """The catalogue of `fridge/catalogue/ingredients.csv`, and row 0 for everything else."""

    __tablename__ = "ingredients"

    ingredient_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    category: Mapped[str]
    emoji: Mapped[str]
    ko: Mapped[str]
    en: Mapped[str]


class FridgeItem(Base):
    """One thing in a fridge. It counts only if it was added since the session's `created_at`.

    A name that the catalogue does not know is kept here, with the chat that typed it, and nowhere
    else: `ingredient_id` is then 0, `name` what was typed and `name_key` the key it is matched by.
    For an ingredient of the catalogue both are empty.
    """

    __tablename__ = "user_fridge_ingredients"

    chat_id: Mapped[int] = mapped_column(
        ForeignKey(FridgeSession.chat_id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    ingredient_id: Mapped[int] = mapped_column(
        ForeignKey(Ingredient.ingredient_id), primary_key=True, autoincrement=False
    )
    name_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    added_at: Mapped[datetime]


class ChatSettings(Base):
    """What a chat has chosen, remembered beyond the life of its fridge; NULL where it has not.

    `time_zone` is a name of the IANA database, `warnings` whether the chat is warned before its
    fridge empties itself.
    """

    __tablename__ = "chat_settings"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    warnings: Mapped[bool | None]


class ExpiryWarning(Base):
    """The last warning that a chat's fridge would empty itself, with what was in it.

    There is one for each period of quiet, which `last_accessed` names. `items` is what the warning
    listed, so that it can be put back after the session is gone; `created_at` and `expires_at` are
    the session's. A warning that was claimed and not sent is claimed again by another replica.
    """

    __tablename__ = "expiry_warnings"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_accessed: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    items: Mapped[dict[str, Any]]


class UnreachableChat(Base):
    """A chat that blocked the bot, or put it out: nothing is said there unasked.

    A session that was used since then shows that the bot is back.
    """

    __tablename__ = "unreachable_chats"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(index=True)


class HandledRequest(Base):
    """What a request changed: the same one delivered again changes nothing, and is answered alike.

    `request` is the name of a `fridge.request_keys.RecordKey`: the message or the tap, and the kind
    of change. `message_date` is the date of the message, or of the tapped one: another date is
    another request. The row is written by the statement that makes the change, and forgotten when
    Telegram has long forgotten the update.
    """

    __tablename__ = "handled_requests"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    request: Mapped[str] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[dict[str, Any]]
    message_date: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(Computed("split_part(request, ' '::text, 2)", persisted=True))
    """A `fridge.request_keys.RequestKind`. PostgreSQL computes it: older replicas write none."""


class WaitingUpdate(Base):
    """An update that could not be handled at once, kept so that the poll after it can go on.

    `content` is the update as Telegram sent it, as text: JSONB can't hold every character that
    JSON can.
    """

    __tablename__ = "waiting_updates"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    content: Mapped[str]


class FailedUpdate(Base):
    """An update that failed for its own sake, each time it was tried, with the last traceback."""

    __tablename__ = "failed_updates"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    failed_at: Mapped[datetime] = mapped_column(index=True)
    error: Mapped[str]
    traceback: Mapped[str]


class JobRun(Base):
    """One run of a scheduled job. The key lets one replica alone claim the run of an interval."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    affected: Mapped[int | None] = mapped_column(BigInteger)


class DatabaseOwner(Base):
    """The bot that the database belongs to, in the one row that there can be.

    `owner` is the number that the bot's tokens begin with, or `playground`.
    """

    __tablename__ = "database_owner"
    __table_args__ = (CheckConstraint("only_row", name="ck_database_owner_only_row"),)

    only_row: Mapped[bool] = mapped_column(Boolean, primary_key=True, autoincrement=False)
    owner: Mapped[str]
