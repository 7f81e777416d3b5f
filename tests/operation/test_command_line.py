from bot import __version__
from tests.operation.conftest import Run
from tests.operation.program import SETTINGS


async def test_help_says_what_the_program_does_and_what_can_be_set(run: Run) -> None:
    program = await run("--help")
    assert await program.status() == 0
    assert program.errors == []
    assert "playground" in program.printed
    assert {name for name in SETTINGS if f"  {name} " in program.printed} == SETTINGS
    assert max(map(len, program.output)) <= 100


async def test_the_version_is_told(run: Run) -> None:
    program = await run("--version")
    assert await program.status() == 0
    assert program.output == [f"fridge bot {__version__}"]
