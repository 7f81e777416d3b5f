import pytest

from bot.receiving.chat_queues import GRACE_SECONDS
from tests.bot.conftest import allowed_ids, knowledge, likely_names, pipeline, services, telegram

__all__ = ["allowed_ids", "grace", "knowledge", "likely_names", "pipeline", "services", "telegram"]


@pytest.fixture
def grace() -> float:
    return GRACE_SECONDS
