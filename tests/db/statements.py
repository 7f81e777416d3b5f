"""The statements of the program: all that `db` keeps as constants, as they are sent."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import create_async_engine

import db


def is_query(statement: str) -> bool:
    """Whether it has a plan; what is about a setting has none."""
    return not statement.startswith(("SHOW ", "SET ", "SELECT set_config("))


def _statements() -> Mapping[str, str]:
    names: dict[TextClause, str] = {}
    for module in iter_modules(db.__path__):
        for name, value in vars(import_module(f"db.{module.name}")).items():
            if isinstance(value, TextClause) and is_query(value.text):
                names.setdefault(value, f"{module.name}.{name}")
    dialect = create_async_engine("postgresql+asyncpg://").dialect
    return {name: str(statement.compile(dialect=dialect)) for statement, name in names.items()}


STATEMENTS: Final = _statements()
"""By their names, such as `fridge_statements.ADD`; with parameters as `$1`."""
