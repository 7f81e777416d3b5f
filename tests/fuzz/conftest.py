from tests.bot.conftest import likely_names, pipeline, services, telegram

__all__ = ["likely_names", "pipeline", "services", "telegram"]
