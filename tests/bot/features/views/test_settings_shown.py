"""What a person reads and taps in the settings, and before and after everything is forgotten."""

import re
from collections.abc import Sequence

import pytest

from bot.conversation.replies import Button, Message
from bot.features.forget import views as forget
from bot.features.forget.buttons import ConfirmForget
from bot.features.registry import REGISTRY
from bot.features.settings import views as settings
from bot.features.settings.time_zones import TIME_ZONES
from bot.locale.language import Language
from db.chats.forgetting import Stored
from tests.bot.features.views.strategies import NOW
from tests.bot.features.views.telegram import assert_can_be_sent, shown

HANGUL = re.compile("[가-힣]")


def buttons(message: Message) -> Sequence[Button]:
    return [button for row in message.buttons for button in row if isinstance(button, Button)]


def assert_is_understood(message: Message) -> None:
    """Telegram takes it, and for each of its buttons there is a handler."""
    assert_can_be_sent(message)
    for button in buttons(message):
        assert REGISTRY.handler_of_tap(button.data)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("warns", [True, False, None])
def test_settings_can_be_changed_by_their_buttons(
    language: Language, *, warns: bool | None
) -> None:
    message = settings.settings("Asia/Seoul", NOW, language, warns=warns)

    assert_is_understood(message)
    assert "21:00" in message.text
    assert all(re.search(r"\w", button.text) for button in buttons(message))


def test_where_nobody_is_warned_the_settings_say_nothing_of_warnings() -> None:
    message = settings.settings("UTC", NOW, Language.ENGLISH, warns=None)

    assert shown(message.text).splitlines() == [
        "⚙️ Settings",
        "Language: English",
        "Time zone: UTC (12:00 now)",
    ]
    assert [button.text for button in buttons(message)] == [
        "🌐 한국어로 말하기",
        "🕒 Change the time zone",
    ]


@pytest.mark.parametrize("language", Language)
def test_every_time_zone_is_a_button_with_its_city_and_time(language: Language) -> None:
    message = settings.zones("Asia/Tokyo", NOW, language)

    assert_is_understood(message)
    *cities, back = [button.text for button in buttons(message)]
    assert len(cities) == len(set(cities)) == len(TIME_ZONES)
    assert all(re.fullmatch(r"(✓ )?[^\d:✓]+ \d\d:\d\d", city) for city in cities)
    assert [city for city in cities if city.startswith("✓")] == [
        "✓ Tokyo 21:00" if language is Language.ENGLISH else "✓ 도쿄 21:00"
    ]
    assert back.startswith("◀")


def test_cities_have_korean_names() -> None:
    message = settings.zones("UTC", NOW, Language.KOREAN)

    written = {button.text: bool(HANGUL.search(button.text)) for button in buttons(message)}
    assert [city for city, is_korean in written.items() if not is_korean] == ["✓ UTC 12:00"]
    assert "콜카타 17:30" in written


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("stored", "lines"),
    [
        (Stored(items=0, settings=False, warning=False), 1),
        (Stored(items=500, settings=False, warning=False), 2),
        (Stored(items=1, settings=True, warning=True), 4),
    ],
)
def test_what_is_deleted_is_listed_before_and_after(
    stored: Stored, lines: int, language: Language
) -> None:
    question = forget.question(stored, NOW, language)
    answer = forget.forgotten(stored, language)

    def listed(message: Message) -> list[str]:
        return [line for line in shown(message.text).splitlines() if line.startswith("•")]

    assert_is_understood(question)
    assert_can_be_sent(answer)
    assert listed(question) == listed(answer)
    assert len(listed(answer)) == lines
    assert not stored.items or str(stored.items) in listed(answer)[0]
    assert ConfirmForget.read(buttons(question)[0].data) == ConfirmForget(NOW, language)
