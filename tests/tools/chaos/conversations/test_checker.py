"""Hand-made histories: each fault is found, and nothing else is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tools.chaos.conversations.checker import ChatHistory, Kind, Reply, Report, check
from tools.chaos.conversations.commands import Command, Verb

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHAT = 10_001

COMMANDS = (
    Command(Verb.ADD, ("thing 1", "물건 2")),
    Command(Verb.ADD, ("thing 3", "thing 1")),
    Command(Verb.REMOVE, ("물건 2", "thing 4")),
    Command(Verb.LIST),
    Command(Verb.ADD, ("thing 5",)),
)
ANSWERS = (
    "Added: thing 1, 물건 2\n2 items in the fridge now.",
    "Added: thing 3\nAlready there: thing 1\n3 items in the fridge now.",
    "Taken out: 물건 2\nNot in the fridge: thing 4\n2 items in the fridge now.",
    "🧊 In the fridge: 2 items\n\nOther things\nthing 3, thing 1\n\n⏳ I'll remember this list.",
    "Added: thing 5\n3 items in the fridge now.",
)
CONTENTS = frozenset({"thing 1", "thing 3", "thing 5"})
LIST = COMMANDS.index(Command(Verb.LIST))


def report(
    *order: int,
    said: dict[int, str] | None = None,
    more: Sequence[Reply] = (),
    contents: frozenset[str] = CONTENTS,
    session_since: datetime | None = START,
) -> Report:
    """The check of a chat that was answered in that order, some commands in other words."""
    texts = dict(enumerate(ANSWERS)) | (said or {})
    replies = [
        Reply(
            START + timedelta(seconds=second),
            texts[index],
            index if COMMANDS[index].verb is Verb.LIST else None,
        )
        for second, index in enumerate(order or range(len(COMMANDS)), 1)
    ]
    history = ChatHistory(CHAT, COMMANDS, [*replies, *more], contents, session_since)
    return check([history])


def faults(found: Report) -> Sequence[tuple[Kind, int | None]]:
    return [(fault.kind, fault.index) for fault in found.faults]


def test_a_clean_history_has_no_faults() -> None:
    found = report()
    assert found.faults == []
    assert found.repeats == 0


def test_a_reply_that_comes_again_is_no_fault() -> None:
    found = report(0, 0, 1, 2, 3, 1, 4)
    assert found.faults == []
    assert found.repeats == 2


def test_a_list_that_comes_again_may_show_what_is_there_by_then() -> None:
    later = "🧊 In the fridge: 3 items\n\nOther things\nthing 5, thing 3, thing 1"
    found = report(more=[Reply(START, later, LIST)])
    assert found.faults == []
    assert found.repeats == 1


def test_a_list_that_comes_again_shows_nothing_that_never_was() -> None:
    never = "🧊 In the fridge: 1 item\n\nOther things\nthing 5"
    assert faults(report(more=[Reply(START, never, LIST)])) == [(Kind.UNTRUE, LIST)]


def test_a_command_without_reply_is_lost() -> None:
    found = report(0, 1, 2, 3, contents=CONTENTS - {"thing 5"})
    assert faults(found) == [(Kind.LOST, 4)]


def test_a_command_that_names_what_is_there_already_is_told_from_the_one_that_added_it() -> None:
    said = {1: "Added: thing 1\nAlready there: thing 3\n3 items in the fridge now."}
    assert faults(report(said=said)) == [(Kind.TWICE, 1)]


def test_nothing_is_said_of_what_a_lost_command_named() -> None:
    said = {
        1: "Added: thing 1, thing 3\n2 items in the fridge now.",
        2: "Not in the fridge: 물건 2, thing 4\n2 items in the fridge now.",
    }
    assert faults(report(1, 2, 3, 4, said=said)) == [(Kind.LOST, 0)]


def test_an_addition_that_is_not_there_in_the_end_is_lost() -> None:
    assert faults(report(contents=CONTENTS - {"thing 3"})) == [(Kind.LOST, 1)]


def test_a_removal_that_is_undone_in_the_end_is_lost() -> None:
    assert faults(report(contents=CONTENTS | {"물건 2"})) == [(Kind.LOST, 2)]


def test_what_nobody_added_is_found_in_the_end() -> None:
    assert faults(report(contents=CONTENTS | {"thing 9"})) == [(Kind.LOST, None)]


def test_an_addition_that_was_done_before_its_first_reply_was_done_twice() -> None:
    said = {4: "Already there: thing 5\n3 items in the fridge now."}
    assert faults(report(said=said)) == [(Kind.TWICE, 4)]


def test_a_removal_that_was_done_before_its_first_reply_was_done_twice() -> None:
    said = {2: "Not in the fridge: 물건 2, thing 4\n2 items in the fridge now."}
    assert faults(report(said=said)) == [(Kind.TWICE, 2)]


def test_a_reply_that_comes_again_in_other_words_was_done_twice() -> None:
    again = Reply(START, "Already there: thing 5\n3 items in the fridge now.")
    found = report(more=[again])
    assert faults(found) == [(Kind.TWICE, 4)]
    assert found.repeats == 1


def test_a_reply_that_comes_again_with_another_count_was_done_twice() -> None:
    again = Reply(START, "Added: thing 5\n4 items in the fridge now.")
    assert faults(report(more=[again])) == [(Kind.TWICE, 4)]


def test_a_wrong_count_is_untrue() -> None:
    said = {1: ANSWERS[1].replace("3 items", "2 items")}
    assert faults(report(said=said)) == [(Kind.UNTRUE, 1)]


def test_a_list_that_lacks_something_is_untrue() -> None:
    said = {LIST: "🧊 In the fridge: 1 item\n\nOther things\nthing 1"}
    assert faults(report(said=said)) == [(Kind.UNTRUE, LIST)]


def test_a_reply_that_names_too_little_is_untrue() -> None:
    said = {0: "Added: thing 1\n2 items in the fridge now."}
    assert faults(report(said=said)) == [(Kind.UNTRUE, 0)]


def test_an_apology_answers_nothing() -> None:
    apology = Reply(START, "Sorry, something went wrong on my side. Please send that again.")
    assert faults(report(more=[apology])) == [(Kind.UNTRUE, None)]


def test_a_first_reply_after_that_of_a_later_command_is_out_of_order() -> None:
    assert faults(report(0, 2, 1, 3, 4)) == [(Kind.OUT_OF_ORDER, 1)]


def test_each_command_that_was_overtaken_is_out_of_order() -> None:
    found = report(4, 0, 1, 2, 3)
    assert found.count(Kind.OUT_OF_ORDER) == 4


def test_a_session_that_is_younger_than_the_first_reply_was_purged() -> None:
    since = START + timedelta(minutes=1)
    found = report(contents=frozenset({"thing 5"}), session_since=since)
    assert faults(found) == [(Kind.PURGED, None)]


def test_a_session_that_is_gone_was_purged() -> None:
    found = report(contents=frozenset(), session_since=None)
    assert faults(found) == [(Kind.PURGED, None)]


def test_the_faults_of_a_command_count_once() -> None:
    found = report(0, 1, 2, contents=frozenset({"thing 9"}))
    assert found.count(Kind.LOST) == 4  # commands 3 and 4, and two ends of the rest
