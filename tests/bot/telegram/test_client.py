from bot.receiving.wiring import Pipeline
from local_telegram.server import LocalTelegramServer


def test_nothing_that_has_the_token_shows_it(
    pipeline: Pipeline, telegram: LocalTelegramServer
) -> None:
    token = telegram.telegram.token
    assert pipeline.bot.token == token

    for thing in (pipeline, pipeline.bot):
        assert token not in f"{thing!r} {thing}"
