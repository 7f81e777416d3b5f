"""Hand-made histories: each fault is found, and nothing else is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tools.chaos.conversations.checker import ChatHistory, Kind, Reply, Report, check
from tools.chaos.conversations.commands import Command, Kept, Verb

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHAT = 10_001

COMMANDS = (
    Command(Verb.ADD, (("zodu", Decimal(500)), ("쿄누", None))),
    Command(Verb.ADD, (("zofe", None), ("zodu", Decimal(700)))),
    Command(Verb.REMOVE, (("쿄누", None), ("zogi", Decimal(2)), ("zodu", Decimal(100)))),
    Command(Verb.LIST),
    Command(Verb.ADD, (("쿄쿠", Decimal(6)), ("zodu", None))),
)
ANSWERS = (
    "Added: zodu 500g, 쿄누\n2 items in the fridge now.",
    "Added: zofe\nChanged: zodu 500g → 1.2kg\n3 items in the fridge now.",
    (
        "Taken out: 쿄누\nLeft: zodu 1.2kg → 1.1kg\n"
        "Not in the fridge: zogi\n2 items in the fridge now."
    ),
    "🧊 In the fridge: 2 items\n\nOther things\nzofe, zodu 1.1kg\n\n⏳ I'll remember this list.",
    "Added: 쿄쿠 ×6\nAlready there: zodu (1.1kg)\n3 items in the fridge now.",
)
CONTENTS = {"zodu": Decimal(1100), "zofe": None, "쿄쿠": Decimal(6)}
LIST = COMMANDS.index(Command(Verb.LIST))


def report(
    *order: int,
    said: dict[int, str] | None = None,
    more: Sequence[Reply] = (),
    contents: Kept = CONTENTS,
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


def without(name: str) -> Kept:
    return {each: amount for each, amount in CONTENTS.items() if each != name}


def test_a_clean_history_has_no_faults() -> None:
    found = report()
    assert found.faults == []
    assert found.repeats == 0


def test_a_reply_that_comes_again_is_no_fault() -> None:
    found = report(0, 0, 1, 2, 3, 1, 4)
    assert found.faults == []
    assert found.repeats == 2


def test_a_list_that_comes_again_may_show_what_is_there_by_then() -> None:
    later = "🧊 In the fridge: 3 items\n\nOther things\n쿄쿠 ×6, zofe, zodu 1.1kg"
    found = report(more=[Reply(START, later, LIST)])
    assert found.faults == []
    assert found.repeats == 1


def test_a_list_that_comes_again_shows_nothing_that_never_was() -> None:
    never = "🧊 In the fridge: 1 item\n\nOther things\n쿄쿠 ×6"
    assert faults(report(more=[Reply(START, never, LIST)])) == [(Kind.UNTRUE, LIST)]


def test_a_command_without_reply_is_lost() -> None:
    found = report(0, 1, 2, 3, contents=without("쿄쿠"))
    assert faults(found) == [(Kind.LOST, 4)]


def test_a_command_that_names_what_is_there_already_is_told_from_the_one_that_added_it() -> None:
    said = {1: "Added: zodu 700g\nAlready there: zofe\n3 items in the fridge now."}
    assert faults(report(said=said)) == [(Kind.TWICE, 1)]


def test_nothing_is_said_of_what_a_lost_command_named() -> None:
    said = {
        1: "Added: zodu 700g, zofe\n2 items in the fridge now.",
        2: "Not in the fridge: 쿄누, zogi\nLeft: zodu 700g → 600g\n2 items in the fridge now.",
        3: "🧊 In the fridge: 2 items\n\nOther things\nzofe, zodu 600g",
        4: "Added: 쿄쿠 ×6\nAlready there: zodu (600g)\n3 items in the fridge now.",
    }
    assert faults(report(1, 2, 3, 4, said=said)) == [(Kind.LOST, 0)]


def test_an_addition_that_is_not_there_in_the_end_is_lost() -> None:
    assert faults(report(contents=without("zofe"))) == [(Kind.LOST, 1)]


def test_a_removal_that_is_undone_in_the_end_is_lost() -> None:
    assert faults(report(contents={**CONTENTS, "쿄누": None})) == [(Kind.LOST, 2)]


def test_what_nobody_added_is_found_in_the_end() -> None:
    assert faults(report(contents={**CONTENTS, "zoru": None})) == [(Kind.LOST, None)]


def test_an_addition_that_was_done_before_its_first_reply_was_done_twice() -> None:
    said = {4: "Changed: 쿄쿠 ×6 → ×12\nAlready there: zodu (1.1kg)\n3 items in the fridge now."}
    assert faults(report(said=said)) == [(Kind.TWICE, 4)]


def test_a_removal_that_was_done_before_its_first_reply_was_done_twice() -> None:
    said = {
        2: "Not in the fridge: 쿄누, zogi\nLeft: zodu 1.2kg → 1.1kg\n2 items in the fridge now."
    }
    assert faults(report(said=said)) == [(Kind.TWICE, 2)]


def test_a_reply_that_comes_again_in_other_words_was_done_twice() -> None:
    again = Reply(START, "Already there: 쿄쿠 (×6), zodu (1.1kg)\n3 items in the fridge now.")
    found = report(more=[again])
    assert faults(found) == [(Kind.TWICE, 4)]
    assert found.repeats == 1


def test_a_reply_that_comes_again_with_another_count_was_done_twice() -> None:
    again = Reply(START, ANSWERS[4].replace("3 items", "4 items"))
    assert faults(report(more=[again])) == [(Kind.TWICE, 4)]


def test_a_wrong_count_is_untrue() -> None:
    said = {1: ANSWERS[1].replace("3 items", "2 items")}
    assert faults(report(said=said)) == [(Kind.UNTRUE, 1)]


def test_a_list_that_lacks_something_is_untrue() -> None:
    said = {LIST: "🧊 In the fridge: 1 item\n\nOther things\nzodu 1.1kg"}
    assert faults(report(said=said)) == [(Kind.UNTRUE, LIST)]


def test_a_reply_that_names_too_little_is_untrue() -> None:
    said = {0: "Added: zodu 500g\n2 items in the fridge now."}
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
    found = report(contents={"쿄쿠": Decimal(6)}, session_since=since)
    assert faults(found) == [(Kind.PURGED, None)]


def test_a_session_that_is_gone_was_purged() -> None:
    found = report(contents={}, session_since=None)
    assert faults(found) == [(Kind.PURGED, None)]


def test_the_faults_of_a_command_count_once() -> None:
    found = report(0, 1, 2, contents={"zoru": None})
    assert found.count(Kind.LOST) == 4  # commands 3 and 4, and two ends of the rest


def test_an_amount_that_is_lost_or_doubled_in_the_tables_is_found() -> None:
    for amount in (Decimal(500), Decimal(600), Decimal(1800), Decimal("1099.999"), None):
        assert faults(report(contents={**CONTENTS, "zodu": amount})) == [(Kind.LOST, 4)]


def test_an_amount_that_a_reply_tells_wrongly_is_found() -> None:
    for wrong in ("1.9kg", "500g", "1.1kg"):
        said = {1: ANSWERS[1].replace("1.2kg", wrong)}
        assert faults(report(said=said)) == [(Kind.TWICE, 1)]
    said = {2: ANSWERS[2].replace("1.2kg → 1.1kg", "1.1kg → 1kg")}
    assert faults(report(said=said)) == [(Kind.TWICE, 2)]


def test_a_list_with_another_amount_is_untrue() -> None:
    for wrong in ("zodu 1kg", "zodu", "zodu ×3"):
        said = {LIST: ANSWERS[LIST].replace("zodu 1.1kg", wrong)}
        assert faults(report(said=said)) == [(Kind.UNTRUE, LIST)]


def test_a_further_lot_of_a_name_is_found() -> None:
    assert faults(report(contents={**CONTENTS, "zodu\n2": Decimal(3)})) == [(Kind.LOST, None)]


def test_a_reply_is_traced_to_the_command_that_named_the_same_things() -> None:
    commands = (
        Command(Verb.ADD, (("zodu", Decimal(5)), ("쿄누", Decimal(4)))),
        Command(Verb.REMOVE, (("쿄누", None), ("zodu", Decimal(1)))),
        Command(Verb.REMOVE, (("zodu", None),)),
    )
    answers = (
        "Added: zodu 5g, 쿄누 ×4\n2 items in the fridge now.",
        "Taken out: 쿄누\nLeft: zodu 5g → 4g\n1 item in the fridge now.",
        "Taken out: zodu\nThe fridge is empty now.",
    )
    replies = [Reply(START + timedelta(seconds=1), answer) for answer in answers]
    assert check([ChatHistory(CHAT, commands, replies, {}, START)]).faults == []
