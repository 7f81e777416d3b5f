import json

from tools.benchmarks.throughput.load.answers import faults_of
from tools.benchmarks.throughput.load.ledger import Answer, Ledger
from tools.benchmarks.throughput.load.mix import Mix, Sent


def right(mix: Mix, sent: Sent) -> dict[str, object]:
    named = [*sent.ingredients, *mix.held(sent.chat_id)]
    text = ", ".join(ingredient.ko for ingredient in named)
    return {"method": "sendMessage", "chat_id": sent.chat_id, "text": text}


def answered(ledger: Ledger, index: int, call: dict[str, object]) -> None:
    ledger.give(index)
    ledger.answer(ledger.chat_ids[index], Answer(b"", json.dumps(call).encode()))


def test_right_answers_have_no_fault(mix: Mix, sent: list[Sent], ledger: Ledger) -> None:
    for index, each in enumerate(sent):
        answered(ledger, index, right(mix, each))
    assert faults_of(mix, sent, ledger) == []


def test_what_is_wrong_is_counted(mix: Mix, sent: list[Sent], ledger: Ledger) -> None:
    good = [right(mix, each) for each in sent]
    answered(ledger, 0, good[0] | {"chat_id": 7})
    answered(ledger, 1, good[1] | {"text": "Something went wrong"})
    answered(ledger, 2, good[2] | {"text": "Something went wrong"})
    answered(ledger, 3, good[3] | {"method": "sendDice"})
    answered(ledger, 4, good[4])
    ledger.answer(sent[4].chat_id, Answer(b"", b"{}"))
    ledger.give(5)
    assert set(faults_of(mix, sent, ledger)) == {
        "1 × an answer to another chat",
        "2 × an answer to something else",
        "1 × an answer that is no message",
        "1 × an answer to nothing",
        "1 × unanswered",
    }
