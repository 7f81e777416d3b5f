"""The operator's texts about the settings say the same, since they are made from one source."""

import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from startup.settings.documentation import documented_settings, env_example, table
from startup.settings.loading import load_settings

ROOT = Path(__file__).parents[3]

IN_KOREAN = {
    "the embedded PostgreSQL": "내장 PostgreSQL",
    "everybody": "누구나",
    "`on`, but `off` with `TELEGRAM_API_URL`": "`on`(`TELEGRAM_API_URL`이 있으면 `off`)",
}


def test_the_example_of_a_file_is_made_from_the_settings() -> None:
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), "make settings"


def test_the_table_of_the_english_readme_is_made_from_the_settings() -> None:
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8"), "make settings"


def test_the_korean_readme_has_the_same_settings_and_defaults() -> None:
    readme = (ROOT / "README.ko.md").read_text(encoding="utf-8")
    _, _, rows = readme.partition("| 이름 | 기본값 | 뜻 |\n|---|---|---|\n")
    rows, _, _ = rows.partition("\n\n")
    told = [tuple(row.split(" | ")[:2]) for row in rows.splitlines()]
    assert told == [
        (f"| `{each.name}`", IN_KOREAN.get(each.default, each.default))
        for each in documented_settings()
    ]


def test_a_file_with_every_default_of_the_documentation_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = load_settings()
    Path(".env").write_text(
        "".join(
            f"{each.name}={each.value}\n"
            for each in documented_settings()
            if each.default == f"`{each.value}`" and each.name != "TELEGRAM_API_URL"
        )
    )
    assert load_settings() == expected
    monkeypatch.setenv("BOT_TOKEN", "123456789:AAExampleExampleExampleExampleExamp")
    assert load_settings().telegram_api_url == expected.telegram_api_url


def test_every_example_is_a_value_that_the_bot_takes() -> None:
    lines = [
        line.removeprefix("#") for line in re.findall(r"^#[A-Z_]+=.*$", env_example(), re.MULTILINE)
    ]
    secret = "WEBHOOK_SECRET="
    taken = [line for line in lines if not line.startswith(("PLAYGROUND", secret))]
    Path(".env").write_text("\n".join((*taken, f"{secret}{'x' * 16}")))

    assert dotenv_values(".env").keys() == {
        each.name for each in documented_settings() if each.name != "PLAYGROUND"
    }
    settings = load_settings()
    assert settings.admin_ids == {123456789, 987654321}
    assert settings.webhook_url == "https://bot.example.org/webhook"
