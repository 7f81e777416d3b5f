"""Whatever the bot has to say, Telegram takes it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.application import TAPS
from bot.language import Language
from bot.names import Names, find_names
from bot.replies import Message, Question
from bot.views import add, admin, clear, fridge, guide, keep, language, refusals, remove
from db.failed_updates import FailureSummary
from db.fridges import MAX_ITEMS, Added, Fridge, Kept, Outcome, Removed
from db.job_runs import FinishedRun
from db.statistics import Statistics
from tests.bot.views import strategies
from tests.bot.views.strategies import CATALOGUE, NOW, reproducible
from tests.bot.views.telegram import assert_can_be_sent, assert_can_be_shown_as_a_notice, shown

ALWAYS_SAID: dict[str, Callable[[Language], Message | Question]] = {
    "add.question": add.question,
    "clear.cancelled": clear.cancelled,
    "clear.nothing": clear.nothing,
    "guide.forwarded": guide.forwarded,
    "guide.only_text": guide.only_text,
    "guide.start": guide.start,
    "guide.text_is_no_command": guide.text_is_no_command,
    "guide.unknown_command": guide.unknown_command,
    "guide.went_wrong": guide.went_wrong,
    "language.chosen": language.chosen,
    "language.question": language.question,
    "remove.question": remove.question,
}


def assert_every_button_is_understood(message: Message) -> None:
    patterns = [pattern for pattern in TAPS if pattern]
    for row in message.buttons:
        for button in row:
            assert any(re.match(pattern, button.data) for pattern in patterns)


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("view", ALWAYS_SAID.values(), ids=ALWAYS_SAID.keys())
def test_what_is_always_said_can_be_sent(
    view: Callable[[Language], Message | Question], spoken: Language
) -> None:
    reply = view(spoken)

    assert_can_be_sent(reply)
    if isinstance(reply, Message):
        assert_every_button_is_understood(reply)


@pytest.mark.parametrize("spoken", Language)
def test_the_notice_of_a_stale_button_fits(spoken: Language) -> None:
    assert_can_be_shown_as_a_notice(guide.stale_button(spoken))


@pytest.mark.parametrize("spoken", Language)
def test_a_question_can_be_recognised_when_it_is_replied_to(spoken: Language) -> None:
    for question in (add.question(spoken), remove.question(spoken)):
        assert shown(question.text) == question.text


@reproducible
@given(strategies.added(), strategies.languages)
def test_what_became_of_any_names_can_be_sent(
    names_and_result: tuple[Names, Added], spoken: Language
) -> None:
    assert_can_be_sent(add.added(*names_and_result, spoken))


@reproducible
@given(strategies.removed(), strategies.languages)
def test_what_was_removed_of_any_names_can_be_sent(
    names_and_result: tuple[Names, Removed], spoken: Language
) -> None:
    assert_can_be_sent(remove.removed(*names_and_result, spoken))


@reproducible
@given(strategies.typed_names.filter(bool), st.integers(1, 40), strategies.languages)
@example("🍎", 40, Language.KOREAN)
@example("&", 40, Language.ENGLISH)
def test_a_message_of_over_long_names_alone_is_answered(
    name: str, times: int, spoken: Language
) -> None:
    names = find_names(",".join([name * 65] * times), CATALOGUE)

    if names.too_long:
        assert_can_be_sent(refusals.nothing_usable(names, spoken))


@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("character", ["🍎", "&", "א", "가"])
def test_an_answer_about_the_most_and_the_longest_names_can_be_sent(
    character: str, outcome: Outcome, spoken: Language
) -> None:
    longest = [f"{character * 61}{number:03}" for number in range(60)]
    too_long = [f"{character * 70}{number}" for number in range(20)]
    names = find_names(",".join([*longest, *too_long]), CATALOGUE)
    outcomes = {name.key: outcome for name in names.usable}

    assert len(names.usable) == 50
    assert_can_be_sent(add.added(names, Added(outcomes, MAX_ITEMS, None), spoken))
    assert_can_be_sent(remove.removed(names, Removed(frozenset(), 0, None), spoken))
    assert_can_be_sent(remove.removed(names, Removed(frozenset(outcomes), 0, None), spoken))


@reproducible
@given(
    strategies.fridges,
    st.one_of(st.integers(1, 12), st.integers(-1, 9999)),
    strategies.languages,
)
def test_any_page_of_any_fridge_can_be_sent(found: Fridge, page: int, spoken: Language) -> None:
    message = fridge.page(found, page, NOW, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(strategies.counts, strategies.times, strategies.languages)
def test_the_question_before_a_fridge_is_emptied_can_be_sent(
    count: int, now: datetime, spoken: Language
) -> None:
    message = clear.question(count, now, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(strategies.times, strategies.languages)
def test_the_button_that_empties_a_fridge_carries_the_exact_time_of_the_question(
    now: datetime, spoken: Language
) -> None:
    confirm = clear.question(1, now, spoken).buttons[0][0]

    assert clear.asked_at(confirm.data) == now


@reproducible
@given(strategies.counts, strategies.languages)
def test_how_many_items_went_can_be_sent(count: int, spoken: Language) -> None:
    assert_can_be_sent(clear.cleared(count, spoken))


@reproducible
@given(strategies.counts, st.one_of(st.none(), strategies.durations), strategies.languages)
def test_how_long_a_fridge_is_kept_can_be_sent(
    count: int, lives_for: timedelta | None, spoken: Language
) -> None:
    expires_at = None if lives_for is None else NOW + lives_for

    assert_can_be_sent(keep.kept(Kept(count, NOW, expires_at, None), spoken))


@reproducible
@given(strategies.durations, strategies.languages)
def test_the_help_can_be_sent_whatever_the_life_of_a_session(
    ttl: timedelta, spoken: Language
) -> None:
    assert_can_be_sent(guide.usage(spoken.duration(ttl), spoken))


@reproducible
@given(
    strategies.statistics,
    strategies.failures,
    st.lists(strategies.finished_runs, max_size=2),
    strategies.durations,
    strategies.languages,
)
def test_any_statistics_can_be_sent(
    figures: Statistics,
    failures: FailureSummary,
    runs: list[FinishedRun],
    uptime: timedelta,
    spoken: Language,
) -> None:
    assert_can_be_sent(admin.statistics(figures, failures, runs, uptime, spoken))


@reproducible
@given(strategies.counts, strategies.languages)
def test_the_result_of_a_purge_can_be_sent(count: int, spoken: Language) -> None:
    assert_can_be_sent(admin.cleaned_up(count, spoken))
