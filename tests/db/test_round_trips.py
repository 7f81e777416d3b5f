from collections.abc import Callable

import pytest

from db.database import create_engine
from db.fridges import FridgeRepository, NewItem
from db.lifetime import Lifetime
from tests.conftest import Clock
from tests.db.conftest import CHAT
from tests.db.requests import sent
from tests.db.wire import CountingProxy


@pytest.mark.parametrize("command", ["add", "list", "remove", "clear", "keep"])
async def test_a_command_is_one_round_trip(
    command: str,
    database_url: str,
    lifetime: Lifetime,
    clock: Clock,
    item: Callable[[str], NewItem],
) -> None:
    items = [item(name) for name in ("우유", "계란", "tofu", "quark")]

    proxy = CountingProxy(database_url)
    async with proxy.running() as url:
        engine = create_engine(url)
        fridges = FridgeRepository(engine, lifetime)

        async def run() -> None:
            match command:
                case "add":
                    await fridges.add(sent(CHAT), items, clock.now)
                case "list":
                    await fridges.list(CHAT, clock.now)
                case "remove":
                    await fridges.remove(sent(CHAT), [item.key for item in items[:1]], clock.now)
                case "clear":
                    await fridges.clear(sent(CHAT), clock.now, clock.now)
                case _:
                    await fridges.keep(sent(CHAT), clock.now)

        await run()  # connects, and prepares the statement
        before = proxy.round_trips
        clock.advance(hours=1)

        await run()

        assert proxy.round_trips - before == 1
        await engine.dispose()
