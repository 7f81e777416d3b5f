from datetime import timedelta
from itertools import islice

import pytest
from telegram.error import RetryAfter

from bot.telegram.back_off import growing_pauses, requested_pause


def test_pauses_grow_to_the_longest_and_are_cut_by_a_random_part() -> None:
    found = [list(islice(growing_pauses(0.1, 2.0), 8)) for _ in range(50)]

    for several in found:
        for pause, whole in zip(several, (0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0), strict=True):
            assert whole / 2 <= pause <= whole
    assert len({several[0] for several in found}) > 1


@pytest.mark.parametrize("retry_after", [90, timedelta(seconds=90)])
@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
def test_telegram_is_given_the_time_that_it_asks_for(retry_after: int | timedelta) -> None:
    assert requested_pause(RetryAfter(retry_after)) == 90
