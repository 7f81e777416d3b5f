from typing import Any

import pytest

from bot.receiving.wiring import Pipeline
from bot.telegram.aiohttp_request import AiohttpRequest
from local_telegram.server import LocalTelegramServer


def test_nothing_that_has_the_token_shows_it(
    pipeline: Pipeline, telegram: LocalTelegramServer
) -> None:
    token = telegram.telegram.token
    assert pipeline.bot.token == token

    for thing in (pipeline, pipeline.bot):
        assert token not in f"{thing!r} {thing}"


async def test_a_poll_that_brings_nothing_is_given_the_time_for_which_telegram_waits(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []

    async def do_request(*_: Any, read_timeout: object, **__: Any) -> tuple[int, bytes]:  # noqa: ANN401 (passed by)
        given.append(read_timeout)
        return 200, b'{"ok":true,"result":[]}'

    monkeypatch.setattr(AiohttpRequest, "do_request", do_request)
    await pipeline.bot.get_raw_updates(0, timeout=50, read_timeout=10, allowed_updates=())
    monkeypatch.undo()

    assert given == [60]
