"""Lists a fridge, which is a use of its session."""

from typing import Final

from sqlalchemy import text

from db.fridges.statements.shared import (
    AND_CHOSEN,
    CHAT,
    CHOSEN,
    IN_ORDER,
    RACED,
    session_snapshot,
    use_session,
)
from db.schema.lots import columns

LIST: Final = text(
    f"""
    WITH {session_snapshot()}, {use_session()}
    SELECT {CHAT}, session.expires_at, session.last_accessed, {RACED} AS raced, {CHOSEN},
        {columns("item")},
        ingredient.ko, ingredient.en, ingredient.category, ingredient.emoji
    FROM (SELECT true) AS always
    {AND_CHOSEN}
    LEFT JOIN session ON true
    LEFT JOIN user_fridge_ingredients AS item
        ON item.chat_id = :chat_id AND item.added_at >= session.created_at
    LEFT JOIN ingredients AS ingredient ON ingredient.ingredient_id = item.ingredient_id
    ORDER BY {IN_ORDER.format("item")}
    """
)
"""Returns a row for each item, or one row without an item for an empty fridge."""
