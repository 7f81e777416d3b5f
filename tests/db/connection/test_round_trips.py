import pytest

from db.connection.database import create_engine
from tests.db.commands import HOUR, NOW, OF_A_CHAT, Command, Repositories
from tests.db.wire import CountingProxy


@pytest.mark.parametrize("command", OF_A_CHAT.values(), ids=OF_A_CHAT.keys())
async def test_a_command_is_one_round_trip(command: Command, database_url: str) -> None:
    proxy = CountingProxy(database_url)
    async with proxy.running() as url:
        engine = create_engine(url)
        repositories = Repositories(engine)
        await command(repositories, NOW)  # connects, and prepares the statement
        before = proxy.round_trips

        await command(repositories, NOW + HOUR)

        assert proxy.round_trips - before == 1
        await engine.dispose()
