"""How the tests set settings, and what the operator is told of a mistake."""

import pytest

from startup.errors import SettingsError
from startup.settings.loading import load_settings
from startup.settings.settings import Settings

TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
PASSWORD = "S3cr3t-Pässword"
DATABASE_URL = f"postgresql://fridge:{PASSWORD}@localhost:5432/fridge"


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def complaint(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """Return what the operator is told, which is one line."""
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, **variables)
    message = str(caught.value)
    assert "\n" not in message
    return message
