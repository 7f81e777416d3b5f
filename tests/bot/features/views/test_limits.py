"""Whatever the bot has to say, Telegram takes it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.replies import Message, Question
from bot.features.add import views as add
from bot.features.admin import views as admin
from bot.features.allowed_chats import TurnedAway
from bot.features.clear import views as clear
from bot.features.clear.buttons import ConfirmClear
from bot.features.common.chats import Chat
from bot.features.common.names import new_item_html
from bot.features.deeds import views as deeds
from bot.features.deeds.answers import answer
from bot.features.deeds.putting_in import Likely, told
from bot.features.deeds.said import joined
from bot.features.deeds.taking_out import TakenOut, ask_whether_all, of_removed, told_taken
from bot.features.fridge import views as fridge
from bot.features.fridge.buttons import ListView
from bot.features.guide import views as guide
from bot.features.keep import views as keep
from bot.features.registry import REGISTRY
from bot.features.remove import views as remove
from bot.features.settings import language_views as language
from bot.features.undo import views as undo
from bot.locale.language import Language
from bot.understanding.meaning import Act, Asked, Deed, Thing
from db.operation.job_runs import FinishedRun
from db.operation.statistics import Statistics
from db.updates.failed_updates import FailureSummary
from fridge.catalogue.catalogue import CATEGORIES, Ingredient
from fridge.items import MAX_ITEMS, Item, ItemKey, NewItem
from fridge.lots import Lot
from fridge.lots import Place as KeptIn
from fridge.outcomes import (
    Added,
    ChangedLot,
    Fridge,
    Kept,
    Outcome,
    Reduced,
    Reduction,
    Removed,
    Undone,
)
from fridge.request_keys import RequestKind
from tests.bot.features.views import strategies
from tests.bot.features.views.strategies import (
    CATALOGUE,
    NOW,
    REQUEST,
    as_new_item,
    as_things,
    reproducible,
)
from tests.bot.features.views.telegram import (
    assert_can_be_sent,
    assert_can_be_shown_as_a_notice,
    buttons,
    shown,
)

TODAY = NOW.date()
FREEZER = KeptIn.FREEZER

ALWAYS_SAID: dict[str, Callable[[Language], Message | Question]] = {
    "add.question": add.question,
    "clear.cancelled": clear.cancelled,
    "clear.nothing": clear.nothing,
    "guide.forwarded": guide.forwarded,
    "guide.only_text": guide.only_text,
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


def told_added(
    things: list[Thing], result: Added, spoken: Language, likely: Likely | None = None
) -> Message:
    said = told(
        things,
        result,
        key=REQUEST,
        likely=likely or {},
        today=TODAY,
        language=spoken,
        label=things[0].name.typed if things else "",
    )
    return joined([said])


def told_of_taken(things: list[Thing], done: TakenOut, likely: list[Item]) -> Message:
    said = told_taken(
        things,
        done,
        likely,
        key=REQUEST,
        today=TODAY,
        catalogue=CATALOGUE,
        named=bool(things),
    )
    return joined([said])


@reproducible
@given(strategies.added, strategies.likely, strategies.languages)
def test_what_became_of_any_names_can_be_sent(
    named: tuple[list[Thing], Added], meant: Ingredient | None, spoken: Language
) -> None:
    things, result = named
    likely = {one.name.key: meant for one in things if meant and not one.is_known}

    message = told_added(things, result, spoken, likely)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(strategies.taken_out, st.lists(strategies.items, max_size=5))
def test_what_was_taken_out_of_any_names_can_be_sent(
    named: tuple[list[Thing], TakenOut], likely: list[Item]
) -> None:
    message = told_of_taken(*named, likely)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@pytest.mark.unwatched
@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("character", ["🍎", "&", "א", "가"])
def test_an_answer_about_the_most_and_the_longest_names_can_be_sent(
    character: str, outcome: Outcome, spoken: Language
) -> None:
    names = [f"{character * 61}{number:03}" for number in range(50)]
    lot = Lot(strategies.MOST_OF_ALL, TODAY, FREEZER, character * 64)
    things = [replace(one, date_unread=names[0]) for one in as_things(*names, lot=lot)]
    outcomes = {one.name.key: outcome for one in things}
    known = [replace(one.name.as_new_item(), lot=lot) for one in things]
    changed = [ChangedLot(one.key, one.name, lot, lot) for one in known]

    assert len(things) == 50
    result = Added(outcomes, MAX_ITEMS, None, changed=changed, there=known)
    assert_can_be_sent(told_added(things, result, spoken))
    for out in (frozenset[ItemKey](), frozenset(outcomes)):
        done = of_removed(things, Removed(out, 0, None, NOW), spoken)
        assert_can_be_sent(told_of_taken(things, done, []))
    for reduction in Reduction:
        reduced = Reduced([reduction] * 50, known, changed, known, 0, None, NOW)
        done = TakenOut(things, things, reduced, 0, spoken, NOW, RequestKind.REDUCE)
        assert_can_be_sent(told_of_taken(things, done, []))


ACTS = (Act.PUT, Act.MOVE, Act.DATE, Act.TAKE, Act.USE, Act.BAD)


@reproducible
@given(strategies.things.filter(bool), st.sampled_from(ACTS), strategies.languages)
def test_any_question_about_what_was_meant_can_be_sent(
    things: list[Thing], act: Act, spoken: Language
) -> None:
    for said in (
        deeds.ask(act, things, TODAY, spoken),
        deeds.ask_bad(things, spoken),
        deeds.ask_all_but(len(things), things, spoken),
        deeds.not_there(things, spoken),
        ask_whether_all(things, spoken),
    ):
        message = joined([said])
        assert_can_be_sent(message)
        assert_every_button_is_understood(message)


@reproducible
@given(strategies.things, strategies.fridges, st.sampled_from(Asked), strategies.languages)
def test_any_answer_to_a_question_can_be_sent(
    things: list[Thing], found: Fridge, asked: Asked, spoken: Language
) -> None:
    chat = Chat(found, spoken, TODAY, is_american=False, names=(), at=NOW)
    for category in ("", *CATEGORIES[:2]):
        for place in (None, FREEZER):
            deed = Deed(Act.ASK, things, asked=asked, category=category, place=place)
            message = joined([answer(deed, chat, CATALOGUE)])
            assert_can_be_sent(message)
            assert_every_button_is_understood(message)


@reproducible
@given(strategies.fridges, strategies.views, strategies.languages)
def test_any_page_of_any_fridge_can_be_sent(
    found: Fridge, view: ListView, spoken: Language
) -> None:
    message = fridge.page(found, view, CATALOGUE, NOW, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(strategies.fridges, strategies.views, strategies.languages)
def test_the_choice_of_filters_of_any_fridge_can_be_sent(
    found: Fridge, view: ListView, spoken: Language
) -> None:
    message = fridge.filter_choice(found, view, CATALOGUE, NOW, spoken)

    assert_can_be_sent(message)
    assert_every_button_is_understood(message)


@reproducible
@given(
    strategies.new_items,
    strategies.new_items,
    st.lists(strategies.changed_lots, max_size=60),
    strategies.fridges,
    strategies.languages,
)
def test_what_was_undone_of_any_change_can_be_sent(
    out: list[NewItem],
    back: list[NewItem],
    changed: list[ChangedLot],
    found: Fridge,
    spoken: Language,
) -> None:
    result = Undone(out, back, found, changed=changed)
    message = undo.undone(result, CATALOGUE, NOW, spoken)
    if not result.is_declined:
        assert_can_be_sent(message)


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
    new_item = as_new_item(item)
    out = fridge.taken_out_line(new_item_html(new_item, CATALOGUE, spoken), spoken)
    back = undo.undone_lines(Undone([], [new_item], found), CATALOGUE, NOW, spoken)
    place = ListView(page, len(CATEGORIES))
    button = undo.back_button(REQUEST, new_item, place, CATALOGUE, spoken)

    for above in (out, back):
        message = fridge.page(found, place, CATALOGUE, NOW, spoken, above=above, undo=button)
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
