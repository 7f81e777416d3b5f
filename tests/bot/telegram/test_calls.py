"""A call that is made anew, for the supergroup that its group became."""

from typing import Final

from bot.telegram.calls import ApiCall

GROUP: Final = -4001
SUPERGROUP: Final = -1_000_000_004_001
UNDO: Final = {"text": "Undo", "callback_data": "undo:7"}
FRIDGE: Final = {"text": "Fridge", "callback_data": "fridge"}
GUIDE: Final = {"text": "Guide", "url": "https://example.org"}


def test_it_has_no_quote_topic_or_button_that_is_of_the_group_alone() -> None:
    call = ApiCall(
        "sendMessage",
        GROUP,
        {
            "chat_id": GROUP,
            "text": "milk",
            "message_thread_id": 3,
            "reply_parameters": {"message_id": 7},
            "reply_markup": {"inline_keyboard": [[UNDO, FRIDGE], [UNDO], [GUIDE]]},
        },
        counts_as_message=True,
    )

    assert call.to_chat(SUPERGROUP, ("undo:",)) == ApiCall(
        "sendMessage",
        SUPERGROUP,
        {
            "chat_id": SUPERGROUP,
            "text": "milk",
            "reply_markup": {"inline_keyboard": [[FRIDGE], [GUIDE]]},
        },
        counts_as_message=True,
    )


def test_a_question_still_asks_for_an_answer() -> None:
    markup = {"force_reply": True, "selective": True}
    question = ApiCall("sendMessage", GROUP, {"chat_id": GROUP, "reply_markup": markup})

    assert question.to_chat(SUPERGROUP, ("undo:",)).parameters["reply_markup"] == markup


def test_a_tap_that_is_answered_stays_the_same_tap() -> None:
    call = ApiCall("answerCallbackQuery", GROUP, {"callback_query_id": "7"})

    moved = call.to_chat(SUPERGROUP, ())

    assert (moved.chat_id, moved.parameters) == (SUPERGROUP, {"callback_query_id": "7"})
