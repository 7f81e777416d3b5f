"""The guide's session manager as written: an ORM session for each update, and many commits.

Only code that can't run is changed: times are aware, and an `IntegrityError` is caught where it is
raised, at the commit.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, DateTime, ForeignKey, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TTL: Final = timedelta(hours=24)

INDEXES: Final = (
    "CREATE INDEX ON user_fridge_sessions (created_at)",
    "CREATE INDEX ON user_fridge_sessions (last_accessed)",
    "CREATE INDEX ON user_fridge_sessions (expires_at, created_at)",
    "CREATE INDEX ON user_fridge_ingredients (chat_id, added_at DESC)",
)
"""The indexes of the guide that our tables do not have."""


class Base(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 (SQLAlchemy's own form)


class UserFridgeSession(Base):
    """A session; `revision` is a column of ours that wants a value."""

    __tablename__ = "user_fridge_sessions"

    session_id: Mapped[int] = mapped_column(
        "chat_id", BigInteger, primary_key=True, autoincrement=False
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_accessed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigInteger, default=1)


class Ingredient(Base):
    """An ingredient."""

    __tablename__ = "ingredients"

    ingredient_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ko: Mapped[str]
    en: Mapped[str]


class UserFridgeIngredient(Base):
    """An ingredient in a session; `name_key` and `name` are columns of ours that want a value."""

    __tablename__ = "user_fridge_ingredients"

    session_id: Mapped[int] = mapped_column(
        "chat_id", ForeignKey(UserFridgeSession.session_id, ondelete="CASCADE"), primary_key=True
    )
    ingredient_id: Mapped[int] = mapped_column(
        ForeignKey(Ingredient.ingredient_id), primary_key=True
    )
    name_key: Mapped[str] = mapped_column(primary_key=True, default="")
    name: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]


class FridgeSessionManager:
    """Keeps fridges in PostgreSQL, for as long as one ORM session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get_or_create_session(self, session_id: int) -> UserFridgeSession:
        """Return the session, or a new one if there is none or it has expired."""
        return await self.get_session(session_id) or await self.create_session(session_id)

    async def create_session(self, session_id: int) -> UserFridgeSession:
        """Make a session that lives for a day."""
        now = datetime.now(UTC)
        session = UserFridgeSession(
            session_id=session_id, created_at=now, expires_at=now + TTL, last_accessed=now
        )
        self._session.add(session)
        await self._session.commit()
        return session

    async def get_session(self, session_id: int) -> UserFridgeSession | None:
        """Return the session unless it has expired, and note the use."""
        now = datetime.now(UTC)
        found = await self._session.execute(
            select(UserFridgeSession).where(
                UserFridgeSession.session_id == session_id, UserFridgeSession.expires_at > now
            )
        )
        session = found.scalar_one_or_none()
        if session is not None:
            session.last_accessed = now
            await self._session.commit()
        return session

    async def add_ingredients(self, session_id: int, ingredient_ids: Iterable[int]) -> int:
        """Add ingredients one by one, skipping those in the fridge; return how many were added."""
        added = 0
        for ingredient_id in ingredient_ids:
            self._session.add(
                UserFridgeIngredient(
                    session_id=session_id, ingredient_id=ingredient_id, added_at=datetime.now(UTC)
                )
            )
            try:
                await self._session.commit()
            except IntegrityError:
                await self._session.rollback()
            else:
                added += 1
        return added

    async def get_ingredients(self, session_id: int) -> Sequence[Ingredient]:
        """Return the ingredients in the fridge, newest first."""
        found = await self._session.scalars(
            select(Ingredient)
            .join(
                UserFridgeIngredient,
                UserFridgeIngredient.ingredient_id == Ingredient.ingredient_id,
            )
            .where(UserFridgeIngredient.session_id == session_id)
            .order_by(UserFridgeIngredient.added_at.desc())
        )
        return found.all()

    async def remove_ingredients(self, session_id: int, ingredient_ids: Iterable[int]) -> int:
        """Remove ingredients; return how many were in the fridge."""
        removed = await self._session.scalars(
            delete(UserFridgeIngredient)
            .where(
                UserFridgeIngredient.session_id == session_id,
                UserFridgeIngredient.ingredient_id.in_(ingredient_ids),
            )
            .returning(UserFridgeIngredient.ingredient_id)
        )
        count = len(removed.all())
        await self._session.commit()
        return count
