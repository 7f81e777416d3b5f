"""Numbers and lengths of time, as a person reads them."""

from datetime import timedelta

import pytest

from bot.locale.language import Language


@pytest.mark.parametrize(
    ("duration", "english", "korean"),
    [
        (timedelta(0), "0 seconds", "0초"),
        (timedelta(seconds=1), "1 second", "1초"),
        (timedelta(seconds=90), "90 seconds", "90초"),
        (timedelta(seconds=116), "116 seconds", "116초"),
        (timedelta(seconds=117), "2 minutes", "2분"),
        (timedelta(minutes=2), "2 minutes", "2분"),
        (timedelta(minutes=116), "116 minutes", "116분"),
        (timedelta(minutes=117), "2 hours", "2시간"),
        (timedelta(hours=23, minutes=56), "23 hours", "23시간"),
        (timedelta(hours=23, minutes=57), "24 hours", "24시간"),
        (timedelta(hours=23, minutes=59), "24 hours", "24시간"),  # a use not written again
        (timedelta(hours=24), "24 hours", "24시간"),
        (timedelta(hours=2, minutes=31), "2 hours", "2시간"),
        (timedelta(hours=1, minutes=59), "2 hours", "2시간"),  # a warning sent within its minute
        (timedelta(days=3, hours=13), "3 days", "3일"),
        (timedelta(hours=46), "46 hours", "46시간"),
        (timedelta(hours=47), "2 days", "2일"),
        (timedelta(days=2), "2 days", "2일"),
        (timedelta(days=3650), "3650 days", "3650일"),
    ],
)
def test_a_length_of_time_has_one_unit_and_promises_no_more_than_there_is(
    duration: timedelta, english: str, korean: str
) -> None:
    assert Language.ENGLISH.duration(duration) == english
    assert Language.KOREAN.duration(duration) == korean


@pytest.mark.parametrize(
    ("duration", "english", "korean"),
    [
        (timedelta(seconds=23.6), "24 seconds", "24초"),
        (timedelta(seconds=104), "104 seconds", "104초"),
        (timedelta(seconds=105), "2 minutes", "2분"),
        (timedelta(minutes=9), "9 minutes", "9분"),
        (timedelta(minutes=13), "15 minutes", "15분"),
        (timedelta(minutes=97), "95 minutes", "95분"),
        (timedelta(minutes=104), "105 minutes", "105분"),
        (timedelta(minutes=105), "2 hours", "2시간"),
        (timedelta(minutes=115), "2 hours", "2시간"),
        (timedelta(hours=2, minutes=29), "2 hours", "2시간"),
        (timedelta(hours=9, minutes=40), "10 hours", "10시간"),
        (timedelta(hours=41), "41 hours", "41시간"),
        (timedelta(hours=42), "2 days", "2일"),
    ],
)
def test_an_approximate_length_of_time_is_rounded(
    duration: timedelta, english: str, korean: str
) -> None:
    assert Language.ENGLISH.approximate_duration(duration) == english
    assert Language.KOREAN.approximate_duration(duration) == korean


@pytest.mark.parametrize("spoken", Language)
def test_the_thousands_of_a_number_are_separated(spoken: Language) -> None:
    assert [spoken.number(value) for value in (999, 1000, 1234567)] == ["999", "1,000", "1,234,567"]


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ko", Language.KOREAN),
        ("ko-KR", Language.KOREAN),
        ("KO", Language.KOREAN),
        ("en-GB", Language.ENGLISH),
        ("de", Language.ENGLISH),
        ("", Language.ENGLISH),
        (None, Language.ENGLISH),
    ],
)
def test_people_whose_telegram_is_in_korean_are_answered_in_korean(
    tag: str | None, language: Language
) -> None:
    assert Language.of_person(tag) is language
