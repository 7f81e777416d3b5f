"""The statements of the program: all that `db` keeps as constants, as they are sent."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Final

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import create_async_engine

import db


def is_query(statement: str) -> bool:
    """Whether it has a plan; what is about a setting has none."""
    return not statement.startswith(("SHOW ", "SET ", "SELECT set_config("))


def _statements() -> Mapping[str, str]:
    names: dict[TextClause, str] = {}
    for module in walk_packages(db.__path__, "db."):
        if module.name.startswith("db.schema.migrations"):
            continue  # Alembic loads these
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, TextClause) and is_query(value.text):
                names.setdefault(value, f"{module.name.rpartition('.')[2]}.{name}")
    dialect = create_async_engine("postgresql+asyncpg://").dialect
    return {name: str(statement.compile(dialect=dialect)) for statement, name in names.items()}


STATEMENTS: Final = _statements()
"""By their names, such as `statements.ADD`; with parameters as `$1`."""
