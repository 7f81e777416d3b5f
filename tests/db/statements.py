"""The statements of the program: all that `db` keeps as constants."""

from collections.abc import Mapping
from importlib import import_module
from inspect import getsource
from pkgutil import walk_packages
from typing import Final

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import create_async_engine

import db


def is_query(statement: str) -> bool:
    """Whether it has a plan; what is about a setting has none."""
    return not statement.startswith(("SHOW ", "SET ", "SELECT set_config("))


def _constants() -> Mapping[str, TextClause]:
    """By the last name of the module and the constant's own, which no two may share."""
    found: dict[str, TextClause] = {}
    for each in walk_packages(db.__path__, "db."):
        if each.name.startswith("db.schema.migrations"):
            continue  # Alembic loads these
        module = import_module(each.name)
        source = getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, TextClause) and f"\n{name}: Final = " in source:
                short = f"{each.name.rpartition('.')[2]}.{name}"
                if short in found:
                    raise ValueError(f"Two modules have a statement {short}: rename one of them")
                found[short] = value
    return found


def _as_sent() -> Mapping[str, str]:
    dialect = create_async_engine("postgresql+asyncpg://").dialect
    return {
        name: str(statement.compile(dialect=dialect))
        for name, statement in _constants().items()
        if is_query(statement.text)
    }


TEXTS: Final = {name: statement.text for name, statement in _constants().items()}
"""By their names, such as `add.ADD`; with parameters as `:chat_id`."""

STATEMENTS: Final = _as_sent()
"""Those that have a plan, as they are sent: with parameters as `$1`."""
