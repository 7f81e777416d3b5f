"""Which calls the flood limits count, and which may travel in the response to a webhook."""

from datetime import UTC, datetime
from typing import Final

import pytest

from bot.conversation.replies import Edit, File, Files, Message, Notice, Privately, Question, Reply
from bot.conversation.requests import Request, Tap
from bot.sending.reply_calls import leave_call, message_call, reply_calls, tap_calls
from fridge.request_keys import RequestKey

GROUP: Final = -4001
EMMA: Final = 1002
MILK: Final = Message("milk")
FILES: Final = Files([File("a.csv", b"milk"), File("b.csv", b"milk")])

REQUEST: Final = Request(
    key=RequestKey(GROUP, "m1"),
    in_group=True,
    person_id=EMMA,
    told_language=None,
    message_id=1,
    text="",
    now=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("reply", "messages"),
    [(MILK, 1), (Question("milk?", "eggs"), 1), (FILES, 2), (Privately(MILK, MILK, MILK), 1)],
)
def test_each_message_and_each_file_counts(reply: Reply | Privately, messages: int) -> None:
    calls = reply_calls(REQUEST, reply)

    assert [call.counts_as_message for call in calls] == [True] * messages
    following = [call for one in calls for call in (one.then, one.if_refused) if call]
    assert all(call.counts_as_message for call in following)


def test_what_nobody_asked_for_counts_and_an_answer_to_a_tap_does_not() -> None:
    tap = Tap("7", REQUEST)

    assert message_call(EMMA, MILK).counts_as_message
    for quiet in (*tap_calls(tap, Edit(MILK)), *tap_calls(tap, Notice("out")), leave_call(GROUP)):
        assert not quiet.counts_as_message


def test_an_edit_does_not_travel_in_a_response_because_it_may_have_to_be_written_anew() -> None:
    edit, answer = tap_calls(Tap("7", REQUEST), Edit(MILK))

    assert (edit.fits_in_response, answer.fits_in_response) == (False, True)
    assert edit.if_wrong is not None
