import pytest
from sqlalchemy import TextClause, text

from db.connection.database import Engine
from db.fridges.statements.add import ADD
from db.fridges.statements.add_lots import ADD_LOTS
from db.fridges.statements.list_items import LIST
from db.fridges.statements.remove import REMOVE
from fridge.catalogue.catalogue import Catalogue
from tools.benchmarks.throughput.load.mix import FIRST_CHAT, Command
from tools.benchmarks.throughput.pgbench import script_of


@pytest.mark.parametrize(
    ("command", "statement"),
    [
        (Command.ADD, ADD),
        (Command.ADD, ADD_LOTS),
        (Command.FRIDGE, LIST),
        (Command.REMOVE, REMOVE),
    ],
)
async def test_the_database_takes_each_script(
    command: Command, statement: TextClause, catalogue: Catalogue, engine: Engine
) -> None:
    _chat, _message, _first, _second, *lines = script_of(command, statement, catalogue).splitlines()
    sql = "\n".join(lines).rstrip(";")
    values = {"chat": FIRST_CHAT, "message": "7", "first": 1, "second": 2}

    found = await engine.fetch(
        text(sql), {name: value for name, value in values.items() if f":{name}" in sql}
    )

    assert len(found) == 1
