import asyncio
from pathlib import Path

import pytest

from tests.faults.conftest import Connect, Echo
from tests.waiting import wait_until
from tools.chaos.faults.proxy import HOST, FaultProxy


async def seconds_to_answer(connect: Connect, proxy: FaultProxy) -> float:
    client = await connect(proxy)
    begun = asyncio.get_running_loop().time()
    assert await client.ask(b"milk") == b"milk"
    return asyncio.get_running_loop().time() - begun


async def test_without_a_fault_all_passes(proxy: FaultProxy, connect: Connect) -> None:
    client = await connect(proxy)
    assert await client.ask(b"milk") == b"milk"
    assert await client.ask(b"eggs") == b"eggs"
    assert proxy.connection_count == 1


async def test_it_leads_to_a_unix_socket_too(echo_socket: Path, connect: Connect) -> None:
    async with FaultProxy(echo_socket) as proxy:
        client = await connect(proxy)
        assert await client.ask(b"milk") == b"milk"


async def test_a_client_that_says_no_more_still_hears_the_answer(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    client = await connect(proxy)
    client.say(b"milk")
    client.say_no_more()
    assert await client.hear() == b"milk"
    assert await client.hear() == b""
    assert await echo.ends.get() is None

    async def is_forgotten() -> bool:
        return proxy.connection_count == 0

    await wait_until(is_forgotten)


async def test_a_server_that_is_not_there_resets(unused_tcp_port: int, connect: Connect) -> None:
    async with FaultProxy((HOST, unused_tcp_port)) as proxy:
        client = await connect(proxy)
        with pytest.raises(ConnectionResetError):
            await client.hear()


async def test_the_end_of_the_proxy_resets_what_is_open(echo: Echo, connect: Connect) -> None:
    async with FaultProxy((HOST, echo.port)) as proxy:
        client = await connect(proxy)
        await client.ask(b"milk")
    with pytest.raises(ConnectionResetError):
        await client.hear()


# Slow


async def test_slow_is_so_much_in_each_direction(proxy: FaultProxy, connect: Connect) -> None:
    proxy.slow(0.25)
    assert await seconds_to_answer(connect, proxy) >= 0.5

    await proxy.heal()
    assert await seconds_to_answer(connect, proxy) < 0.25


async def test_a_connection_that_is_open_gets_slow_and_fast_again(
    proxy: FaultProxy, connect: Connect
) -> None:
    client = await connect(proxy)
    await client.ask(b"milk")
    proxy.slow(0.25)
    client.say(b"eggs")
    assert await client.hears_nothing()
    await proxy.heal()
    assert await client.hear() == b"eggs"


async def test_only_the_next_connection_is_slow(proxy: FaultProxy, connect: Connect) -> None:
    present = await connect(proxy)
    await present.ask(b"milk")
    proxy.slow(0.25, next_connections=1)
    assert await seconds_to_answer(connect, proxy) >= 0.5
    assert await seconds_to_answer(connect, proxy) < 0.25
    assert await present.ask(b"eggs") == b"eggs"


# Reset


async def test_a_reset_ends_both_sides_of_what_is_open(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    client = await connect(proxy)
    await client.ask(b"milk")
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await client.hear()
    assert await echo.ends.get() is ConnectionResetError
    assert await (await connect(proxy)).ask(b"eggs") == b"eggs"


async def test_the_next_two_connections_are_reset_and_no_other(
    proxy: FaultProxy, connect: Connect
) -> None:
    present = await connect(proxy)
    await present.ask(b"milk")
    proxy.reset(next_connections=2)
    for _ in range(2):
        client = await connect(proxy)
        with pytest.raises(ConnectionResetError):
            await client.hear()
    assert await (await connect(proxy)).ask(b"eggs") == b"eggs"
    assert await present.ask(b"tofu") == b"tofu"


async def test_what_has_not_happened_is_healed_too(proxy: FaultProxy, connect: Connect) -> None:
    proxy.reset(next_connections=1)
    proxy.cut_answers()
    await proxy.heal()
    assert await (await connect(proxy)).ask(b"milk") == b"milk"


# Refuse


async def test_who_connects_is_refused_until_the_same_port_is_open_again(
    proxy: FaultProxy, connect: Connect
) -> None:
    present = await connect(proxy)
    await present.ask(b"milk")
    port = proxy.port
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await connect(proxy)
    assert await present.ask(b"eggs") == b"eggs"

    await proxy.heal()
    assert proxy.port == port
    assert await (await connect(proxy)).ask(b"tofu") == b"tofu"


# Half-close


async def test_a_half_closed_connection_hears_no_more_and_is_heard(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    client = await connect(proxy)
    await client.ask(b"milk")
    proxy.half_close()
    assert await client.ask(b", eggs") == b""
    await client.close()
    assert await echo.ends.get() is None
    assert echo.got == b"milk, eggs"


async def test_only_the_next_connection_is_half_closed(proxy: FaultProxy, connect: Connect) -> None:
    proxy.half_close(next_connections=1)
    assert await (await connect(proxy)).hear() == b""
    assert await (await connect(proxy)).ask(b"milk") == b"milk"


# Black hole


async def test_a_black_hole_swallows_until_it_is_healed_and_then_all_arrives(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    present = await connect(proxy)
    await present.ask(b"milk")
    proxy.black_hole()
    new = await connect(proxy)
    present.say(b"eggs")
    new.say(b"tofu")
    assert await present.hears_nothing()
    assert await new.hears_nothing()
    assert echo.got == b"milk"

    await proxy.heal()
    assert await present.hear() == b"eggs"
    assert await new.hear() == b"tofu"


async def test_what_was_given_up_in_a_black_hole_still_arrives(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    proxy.black_hole()
    client = await connect(proxy)
    client.say(b"milk")
    await client.close()
    await proxy.heal()
    await echo.ends.get()
    assert echo.got == b"milk"


async def test_only_the_next_connection_falls_into_the_black_hole(
    proxy: FaultProxy, connect: Connect
) -> None:
    proxy.black_hole(next_connections=1)
    client = await connect(proxy)
    client.say(b"milk")
    assert await client.hears_nothing()
    assert await (await connect(proxy)).ask(b"eggs") == b"eggs"
    await proxy.heal()
    assert await client.hear() == b"milk"


async def test_a_connection_in_a_black_hole_can_be_reset(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    proxy.black_hole()
    client = await connect(proxy)
    client.say(b"milk")
    assert await client.hears_nothing()
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await client.hear()
    await proxy.heal()
    assert await (await connect(proxy)).ask(b"eggs") == b"eggs"
    assert echo.got == b"eggs"


# Cut


async def test_a_cut_answer_belongs_to_a_request_that_has_arrived(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    cut = proxy.cut_answers()
    client = await connect(proxy)
    with pytest.raises(ConnectionResetError):
        await client.ask(b"milk")
    assert echo.got == b"milk"
    assert await (await connect(proxy)).ask(b"eggs") == b"eggs"
    assert cut.happened == 1


async def test_which_requests_are_cut_can_be_told(proxy: FaultProxy, connect: Connect) -> None:
    cut = proxy.cut_answers(containing=b"add", skip=1, times=2)
    client = await connect(proxy)
    for request in (b"list", b"add milk", b"list"):
        assert await client.ask(request) == request
    for _ in range(2):
        client = await connect(proxy)
        with pytest.raises(ConnectionResetError):
            await client.ask(b"add eggs")
    client = await connect(proxy)
    assert await client.ask(b"add tofu") == b"add tofu"
    assert cut.happened == 2


async def test_an_answer_is_cut_in_the_middle(proxy: FaultProxy, connect: Connect) -> None:
    cut = proxy.cut_answers(after=3)
    client = await connect(proxy)
    assert await client.ask(b"milk") == b"mil"
    with pytest.raises(ConnectionResetError):
        await client.hear()
    assert cut.happened == 1


async def test_an_answer_that_comes_in_pieces_is_cut_in_the_middle(
    proxy: FaultProxy, echo: Echo, connect: Connect
) -> None:
    proxy.cut_answers(after=2000)
    client = await connect(proxy)
    client.say(b"x" * 3000)
    heard = b""
    while len(heard) < 2000:
        heard += await client.hear()
    assert heard == b"x" * 2000
    with pytest.raises(ConnectionResetError):
        await client.hear()
    assert len(echo.got) >= 2000
