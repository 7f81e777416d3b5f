import logging
from datetime import timedelta

import pytest

from db.connection.errors import DatabaseUnavailable, DatabaseUnreachable
from startup.errors import AwayError, StartError
from startup.patience import Patience


class Attempts:
    """Fails with these errors, one after the other, and then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = iter(errors)
        self.made = 0

    async def __call__(self) -> str:
        self.made += 1
        for error in self._errors:
            raise error
        return "there"


@pytest.fixture
def patience() -> Patience:
    return Patience(timedelta(minutes=1))


async def test_what_comes_back_is_waited_for_and_both_is_said_in_a_line(
    patience: Patience, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    attempts = Attempts(AwayError("The kitchen is closed"), DatabaseUnreachable("So is the cellar"))

    assert await patience.wait_for("The house", attempts) == "there"

    waiting, over = caplog.messages
    assert waiting == "Waiting for up to 60 s: The kitchen is closed"
    assert over.startswith("The house is there, after 0.")


async def test_what_is_there_is_not_worth_a_line(
    patience: Patience, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert await patience.wait_for("The house", Attempts()) == "there"
    assert caplog.messages == []


@pytest.mark.parametrize("error", [StartError("no token"), DatabaseUnavailable("no password")])
async def test_what_is_wrong_for_good_is_not_waited_for(
    patience: Patience, error: Exception
) -> None:
    attempts = Attempts(error)
    with pytest.raises(type(error)):
        await patience.wait_for("The house", attempts)
    assert attempts.made == 1


async def test_patience_has_an_end() -> None:
    attempts = Attempts(*[AwayError("The kitchen is closed")] * 100)
    with pytest.raises(AwayError):
        await Patience(timedelta(seconds=0.3)).wait_for("The house", attempts)
    assert attempts.made > 1
