"""Whatever the bot has to say, Telegram takes it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.replies import Message, Question
from bot.features.add import views as add
from bot.features.admin import views as admin
from bot.features.allowed_chats import TurnedAway
from bot.features.clear import views as clear
from bot.features.clear.buttons import ConfirmClear
from bot.features.common import refusals
from bot.features.common.names import new_item_html
from bot.features.fridge import views as fridge
from bot.features.fridge.buttons import Place
from bot.features.guide import views as guide
from bot.features.keep import views as keep
from bot.features.registry import REGISTRY
from bot.features.remove import views as remove
from bot.features.settings import language_views as language
from bot.features.undo import views as undo
from bot.locale.language import Language
from bot.understanding.names import Names, find_names
from db.operation.job_runs import FinishedRun
from db.operation.statistics import Statistics
from db.updates.failed_updates import FailureSummary
from fridge.catalogue.catalogue import CATEGORIES, Ingredient
from fridge.items import MAX_ITEMS, Item, ItemKey, NewItem
from fridge.outcomes import Added, Fridge, Kept, Outcome, Removed, Undone
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import CATALOGUE, NOW, REQUEST, reproducible
from tests.bot.features.views.telegram import (
    assert_can_be_sent,
    assert_can_be_shown_as_a_notice,
    buttons,
    shown,
)

ALWAYS_SAID: dict[str, Callable[[Language], Message | Question]] = {
    "add.question": add.question,
    "clear.cancelled": clear.cancelled,
    "clear.nothing": clear.nothing,
    "guide.forwarded": guide.forwarded,
    "guide.only_text": guide.only_text,
    "guide.no_name": guide.no_name,
    "guide.start": lambda spoken: guide.start("x" * 32, "24 hours", spoken),
    "guide.start_in_group": lambda spoken: guide.start_in_group("24 hours", spoken),
    "guide.unknown_command": guide.unknown_command,
    "guide.went_wrong": guide.went_wrong,
    "language.chosen": language.chosen,
    "language.question": language.question,
    "remove.question": remove.question,
}


def assert_every_button_is_understood(message: Message) -> None:
    for button in buttons(message):
        assert REGISTRY.handler_of_tap(button.data), button.data


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
def test_every_notice_fits(spoken: Language) -> None:
    assert_can_be_shown_as_a_notice(guide.stale_button_notice(spoken))
    assert_can_be_shown_as_a_notice(clear.already_cleared_notice(spoken))
    assert_can_be_shown_as_a_notice(fridge.already_out_notice(spoken))
    for nothing in (Fridge([], None, None), Fridge([], NOW + strategies.DAY, None)):
        for already in (False, True):
            declined = Undone([], [], nothing, already=already)
            assert_can_be_shown_as_a_notice(undo.declined_notice(declined, spoken))


@pytest.mark.parametrize("spoken", Language)
def test_a_question_can_be_recognised_when_it_is_replied_to(spoken: Language) -> None:
    for question in (add.question(spoken), remove.question(spoken)):
        assert shown(question.text) == question.text


@reproducible
@given(strategies.added(), strategies.likely, strategies.languages)
def test_what_became_of_any_names_can_be_sent(
    names_and_result: tuple[Names, Added], meant: Ingredient | None, spoken: Language
) -> None:
    names, result = names_and_result
    likely = {name.key: meant for name in names.usable if meant and not name.ingredient}

    message = add.added(names, result, REQUEST, likely, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(strategies.removed(), st.lists(strategies.items, max_size=5), strategies.languages)
def test_what_was_removed_of_any_names_can_be_sent(
    names_and_result: tuple[Names, Removed], likely: list[Item], spoken: Language
) -> None:
    message = remove.removed(*names_and_result, REQUEST, likely, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


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


@pytest.mark.unwatched
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
    assert_can_be_sent(add.added(names, Added(outcomes, MAX_ITEMS, None), REQUEST, {}, spoken))
    for out in (frozenset[ItemKey](), frozenset(outcomes)):
        assert_can_be_sent(remove.removed(names, Removed(out, 0, None, NOW), REQUEST, [], spoken))


@reproducible
@given(
    strategies.fridges,
    st.one_of(st.integers(1, 12), st.integers(-1, 9999)),
    st.integers(-1, 99),
    strategies.languages,
)
def test_any_page_of_any_fridge_can_be_sent(
    found: Fridge, page: int, category: int, spoken: Language
) -> None:
    message = fridge.page(found, page, NOW, spoken, category=category)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(strategies.fridges, st.integers(1, 9999), st.integers(0, 99), strategies.languages)
def test_the_choice_of_categories_of_any_fridge_can_be_sent(
    found: Fridge, page: int, category: int, spoken: Language
) -> None:
    message = fridge.category_choice(found, Place(page, category), spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(
    strategies.new_items,
    strategies.new_items,
    strategies.fridges,
    strategies.languages,
)
def test_what_was_undone_of_any_change_can_be_sent(
    out: list[NewItem], back: list[NewItem], found: Fridge, spoken: Language
) -> None:
    assert_can_be_sent(undo.undone(Undone(out, back, found), CATALOGUE, spoken))


@reproducible
@given(
    strategies.fridges,
    strategies.items,
    st.integers(1, 9999),
    strategies.languages,
)
def test_any_page_can_be_sent_after_a_tap_and_after_its_undo(
    found: Fridge, item: Item, page: int, spoken: Language
) -> None:
    new_item = NewItem(item.key, item.name)
    out = fridge.taken_out_line(new_item_html(new_item, CATALOGUE, spoken), spoken)
    back = undo.undone_lines(Undone([], [new_item], found), CATALOGUE, spoken)
    place = Place(page, len(CATEGORIES))
    button = undo.back_button(REQUEST, new_item, place, CATALOGUE, spoken)

    for above in (out, back):
        message = fridge.page(found, page, NOW, spoken, above=above, undo=button)
        assert_can_be_sent(message)
        assert_every_button_is_understood(message)
        assert message.text.startswith(above)
        assert [button] in message.buttons


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
    confirm, _ = buttons(clear.question(1, now, spoken))

    assert ConfirmClear.read(confirm.data) == ConfirmClear(now)


@reproducible
@given(strategies.counts, strategies.languages)
def test_how_many_items_went_can_be_sent_with_undo(count: int, spoken: Language) -> None:
    message = clear.cleared(REQUEST, count, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


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
    help_lines = [one.help_line(spoken) for one in REGISTRY.commands if one.help_line]

    assert_can_be_sent(guide.usage(help_lines, spoken.duration(ttl), spoken))


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
    turned_away = TurnedAway(figures.items, figures.active_sessions)
    assert_can_be_sent(
        admin.statistics(figures, failures, runs, uptime, spoken, turned_away=turned_away)
    )


@reproducible
@given(strategies.counts, strategies.languages)
def test_the_result_of_a_purge_can_be_sent(count: int, spoken: Language) -> None:
    assert_can_be_sent(admin.cleaned_up(count, spoken))
