"""The tables, as models. The migrations build them; a test compares the two."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
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
    """The base of all models: aware times, and constraint names that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own form)
        datetime: DateTime(timezone=True),
        str: Text,
        dict[str, object]: JSONB,
    }


class FridgeSession(Base):
    """The session of a chat's fridge.

    It is live at a time `now` while `greatest(expires_at, last_accessed + ttl) > now`. Commands
    write `last_accessed`, which has no index, so that the update stays heap-only; the hourly extend
    job writes `expires_at`, which has one for the purge.
    """

    __tablename__ = "user_fridge_sessions"
    # Leaves room on each page for new versions of its rows, so that updates can be heap-only.
    __table_args__ = {"postgresql_with": {"fillfactor": 70}}  # noqa: RUF012 (SQLAlchemy's own form)

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    last_accessed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger)
    """Raised by every write to the row. A statement that lost a race finds another revision."""
    language: Mapped[str | None]
    """The language of the person who last put something in, for messages that nobody asked for."""


class Ingredient(Base):
    """The catalogue of `fridge/catalogue/ingredients.csv`, and row 0 for all other names."""

    __tablename__ = "ingredients"

    ingredient_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    category: Mapped[str]
    emoji: Mapped[str]
    ko: Mapped[str]
    en: Mapped[str]


class FridgeItem(Base):
    """A lot in a fridge. It counts only if it was added since the session's `created_at`.

    For a name that the catalogue does not know, `ingredient_id` is 0, `name` the name as typed, and
    `name_key` its normalised form. Such a name is stored with the chat that typed it, and nowhere
    else. For an ingredient of the catalogue, `name` and `name_key` are empty.

    Further lots of one name have a line feed and a number at the end of `name_key`, which no
    normalised name has. So the primary key is that of the statements of older replicas.

    `unit`, `place` and `best_before` are as in `fridge.lots.Lot`; `amount` is NULL where `unit` is.
    `moved_at` is the time at which the lot was last frozen or thawed, NULL for neither.
    """

    __tablename__ = "user_fridge_ingredients"
    __table_args__ = (
        CheckConstraint(
            "(amount IS NULL) = (unit IS NULL)", name="ck_user_fridge_ingredients_unit"
        ),
        CheckConstraint(
            "amount > 0 AND amount <= 100000", name="ck_user_fridge_ingredients_amount"
        ),
    )

    chat_id: Mapped[int] = mapped_column(
        ForeignKey(FridgeSession.chat_id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    ingredient_id: Mapped[int] = mapped_column(
        ForeignKey(Ingredient.ingredient_id), primary_key=True, autoincrement=False
    )
    name_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    added_at: Mapped[datetime]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    unit: Mapped[str | None]
    best_before: Mapped[date | None]
    place: Mapped[str | None]
    note: Mapped[str | None]
    moved_at: Mapped[datetime | None]


class ChatSettings(Base):
    """The settings that a chat chose, each NULL if it did not. They outlive the fridge.

    `time_zone` is a name of the IANA database, `warnings` whether the chat is warned before its
    fridge empties itself.
    """

    __tablename__ = "chat_settings"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    warnings: Mapped[bool | None]


class ExpiryWarning(Base):
    """The last warning of a chat that its fridge would empty itself.

    There is one for each period of quiet, which `last_accessed` names. `items` has the items that
    the warning listed, so that they can be put back after the session is gone. `created_at` and
    `expires_at` are the session's. A warning that was claimed and not sent is claimed again.
    """

    __tablename__ = "expiry_warnings"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_accessed: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    items: Mapped[dict[str, object]]


class UnreachableChat(Base):
    """A chat that blocked or removed the bot: the bot sends no warnings there.

    If the chat used its fridge after `since`, the bot is back.
    """

    __tablename__ = "unreachable_chats"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[datetime] = mapped_column(index=True)


class HandledRequest(Base):
    """The record of a handled request: delivered again, it changes nothing and is answered alike.

    `request` is the name of a `fridge.request_keys.RecordKey`: the message or the tap, and the kind
    of change. `message_date` is the date of the message, or of the tapped one: another date is
    another request. The row is written by the statement that makes the change, and forgotten when
    Telegram has long forgotten the update.
    """

    __tablename__ = "handled_requests"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    request: Mapped[str] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[dict[str, object]]
    message_date: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(Computed("split_part(request, ' '::text, 2)", persisted=True))
    """A `fridge.request_keys.RequestKind`. PostgreSQL computes it: older replicas write none."""


class WaitingUpdate(Base):
    """An update that could not be handled at once, stored so that polling can go on.

    `content` is the JSON that Telegram sent, as text: JSONB can't hold every character of JSON.
    """

    __tablename__ = "waiting_updates"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    content: Mapped[str]


class FailedUpdate(Base):
    """An update on which the program failed in every try, with the last traceback."""

    __tablename__ = "failed_updates"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    failed_at: Mapped[datetime] = mapped_column(index=True)
    error: Mapped[str]
    traceback: Mapped[str]


class JobRun(Base):
    """A run of a scheduled job. By the key, one replica alone claims the run of an interval."""

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
