import logging

import pytest

from bot.fault_log import ConditionLog, OutageLog
from tests.bot.seconds import Seconds

logger = logging.getLogger(__name__)


@pytest.fixture
def outage(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> OutageLog:
    caplog.set_level(logging.INFO)
    return OutageLog(logger, "The database", seconds)


def test_its_beginning_is_one_line_and_its_end_another(
    outage: OutageLog, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        outage.failed("connection refused")
        seconds.now += 0.5
    outage.over()
    outage.over()

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "WARNING",
            "The database fails (1 times by now), trying again until it works: connection refused",
        ),
        ("INFO", "The database works again, after 50.0 s"),
    ]


def test_what_never_failed_is_not_worth_a_line(
    outage: OutageLog, caplog: pytest.LogCaptureFixture
) -> None:
    outage.over()

    assert caplog.messages == []


def test_a_long_one_is_told_of_once_a_minute_with_the_number_of_failures(
    outage: OutageLog, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(181):
        outage.failed("connection refused")
        seconds.now += 1

    assert [message.partition(",")[0] for message in caplog.messages] == [
        f"The database fails ({count} times by now)" for count in (1, 61, 121, 181)
    ]


def test_many_short_ones_are_told_of_once_a_minute(
    outage: OutageLog, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(300):
        outage.failed("connection reset")
        seconds.now += 0.1
        outage.over()
        seconds.now += 0.3

    beginnings = [m for m in caplog.messages if m.startswith("The database fails (1 times")]
    ends = [m for m in caplog.messages if m == "The database works again, after 0.1 s"]
    assert (len(beginnings), len(ends)) == (2, 2)
    assert len(caplog.messages) == 4


def test_one_that_begins_soon_after_another_is_told_of_when_it_lasts(
    outage: OutageLog, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    outage.failed("connection reset")
    outage.over()
    caplog.clear()

    outage.failed("connection refused")
    assert caplog.messages == []
    seconds.now += 60
    outage.failed("connection refused")
    outage.over()

    assert caplog.messages == [
        "The database fails (2 times by now), trying again until it works: connection refused",
        "The database works again, after 60.0 s",
    ]


def test_a_condition_is_told_of_when_it_begins_when_it_changes_and_when_it_is_over(
    seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    condition = ConditionLog(logger, "The door is shut again", seconds)
    condition.is_good()
    for _ in range(100):
        for how in ("The door is open", "The door is gone"):
            condition.is_wrong(how)
            seconds.now += 60
    condition.is_good()
    condition.is_good()
    condition.is_wrong("The door is open")

    assert caplog.messages == [
        "The door is open",
        "The door is gone",
        "The door is shut again, after 12000 s",
        "The door is open",
    ]
