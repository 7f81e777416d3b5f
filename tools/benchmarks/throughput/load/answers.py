"""Checks that every update was answered once, and by the right answer."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from tools.benchmarks.throughput.load.ledger import Answer, Ledger
from tools.benchmarks.throughput.load.mix import Mix, Sent
from tools.benchmarks.throughput.load.wire import fields


def faults_of(mix: Mix, sent: Sequence[Sent], ledger: Ledger) -> Sequence[str]:
    """The kinds of faults in the answers, each with its number."""
    faults = Counter(ledger.faults)
    faults["unanswered"] = ledger.unanswered
    for index, answer in ledger.answers.items():
        called = parameters(answer)
        if called.get("method", "sendMessage") != "sendMessage":
            faults["an answer that is no message"] += 1
        elif int(called.get("chat_id", 0)) != sent[index].chat_id:
            faults["an answer to another chat"] += 1
        elif not mix.is_answer(sent[index], _read(called)):
            faults["an answer to something else"] += 1
    return [f"{count} × {fault}" for fault, count in faults.items() if count]


def _read(called: Mapping[str, str]) -> str:
    """What a person reads: the text of a message, and the labels of its buttons."""
    rows = json.loads(called.get("reply_markup", "{}")).get("inline_keyboard", ())
    labels = (button["text"] for row in rows for button in row)
    return "\n".join([called.get("text", ""), *labels])


def parameters(answer: Answer) -> Mapping[str, str]:
    """The parameters of a call, as text."""
    if not answer.body.startswith(b"{"):
        return fields(answer.head, answer.body)
    values = json.loads(answer.body).items()
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values}
