import logging

import pytest

from db.connection.servers import split
from fridge.catalogue.catalogue import Catalogue
from startup.database.opening import open_database
from startup.database.server import open_server
from startup.settings.settings import Settings
from tests.db.connection.test_database_url import asking


async def test_what_a_database_url_asks_for_in_vain_is_told_at_the_start(
    database_url: str, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    url = asking(database_url, "channel_binding=require")
    settings = Settings.model_validate({"playground": True, "database_url": url})

    async with open_database(settings, catalogue):
        pass

    warnings = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert [each.getMessage()[:48] for each in warnings] == [
        "DATABASE_URL asks for channel_binding=require, w"
    ]


async def test_the_password_shows_in_no_text_of_the_server() -> None:
    url = "postgresql://fridge:hush-hush@localhost/fridge"
    settings = Settings.model_validate({"playground": True, "database_url": url})

    async with open_server(settings) as server:
        assert "hush-hush" not in repr([server, *split(server.url)])
