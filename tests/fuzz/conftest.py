from tests.bot.conftest import pipeline, services, telegram

__all__ = ["pipeline", "services", "telegram"]
