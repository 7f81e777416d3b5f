"""The statements of the program: all that `db` keeps as constants, as they are sent."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import create_async_engine

import db


def _statements() -> Mapping[str, str]:
    names: dict[TextClause, str] = {}
    for module in iter_modules(db.__path__):
        for name, value in vars(import_module(f"db.{module.name}")).items():
            # What is about a setting is no query, and has no plan.
            if isinstance(value, TextClause) and not value.text.startswith(("SHOW ", "SET ")):
                names.setdefault(value, f"{module.name}.{name}")
    dialect = create_async_engine("postgresql+asyncpg://").dialect
    return {name: str(statement.compile(dialect=dialect)) for statement, name in names.items()}


STATEMENTS: Final = _statements()
"""By their names, such as `fridge_statements.ADD`; with parameters as `$1`."""
