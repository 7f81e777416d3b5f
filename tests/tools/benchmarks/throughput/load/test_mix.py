import json
from collections import Counter
from datetime import UTC, datetime
from itertools import islice

import pytest
from telegram import Update

from bot.understanding.meaning import Act
from bot.understanding.names import names_between_separators
from bot.understanding.parse import Knowledge, own_names, parse
from fridge.catalogue.catalogue import load_catalogue
from tools.benchmarks.throughput.load.mix import (
    CHATS,
    DATE,
    FIRST_CHAT,
    ITEMS,
    WITH_A_DATE,
    WITH_AMOUNTS,
    WITH_LOTS,
    Command,
    Mix,
    Sent,
)
from tools.chaos.peers.said import things

CATALOGUE = load_catalogue()
MIX = Mix(CATALOGUE, seed=1)
SENT = list(islice(MIX.sent(), 4000))


def first(command: Command, *, is_korean: bool = False) -> Sent:
    return next(sent for sent in SENT if sent.command is command and sent.is_korean == is_korean)


def test_everybody_gets_the_same_and_another_round_something_else() -> None:
    assert list(islice(Mix(CATALOGUE, seed=1).sent(), 4000)) == SENT
    other = list(islice(Mix(CATALOGUE, seed=2).sent(), 4000))
    assert not {sent.message_id for sent in other} & {sent.message_id for sent in SENT}


def test_commands_come_in_their_shares() -> None:
    counts = Counter(sent.command for sent in SENT)
    for command in Command:
        assert counts[command] / len(SENT) == pytest.approx(command.value / 100, abs=0.03)


def test_half_of_the_chats_are_korean() -> None:
    assert sum(sent.is_korean for sent in SENT) / len(SENT) == pytest.approx(0.5, abs=0.03)
    assert all(FIRST_CHAT <= sent.chat_id < FIRST_CHAT + CHATS for sent in SENT)


def test_half_of_the_additions_tell_amounts_and_one_in_ten_a_date() -> None:
    additions = [sent for sent in SENT if sent.command is Command.ADD]
    lots = [sent.lots for sent in additions]
    for share, having in (
        (WITH_AMOUNTS, sum(any(lot.amount for lot in those) for those in lots)),
        (WITH_A_DATE, sum(any(lot.best_before for lot in those) for those in lots)),
        (WITH_LOTS, sum(any(not lot.is_bare for lot in those) for those in lots)),
    ):
        assert having / len(additions) == pytest.approx(share, abs=0.03)


def test_the_bot_finds_in_a_text_what_is_meant() -> None:
    knowledge = Knowledge.of(CATALOGUE)
    own, today = own_names(()), datetime.fromtimestamp(DATE, UTC).date()
    for sent in (sent for sent in SENT[:400] if sent.command is Command.ADD):
        found = parse(sent.text, knowledge, today=today, own=own)
        assert [deed.act for deed in found.deeds] == [Act.PUT], sent.text
        things = [(thing.name.ingredient, thing.lot) for thing in found.deeds[0].things]
        assert things == list(zip(sent.ingredients, sent.lots, strict=True)), sent.text


def test_the_other_bots_find_in_a_text_what_is_meant() -> None:
    for sent in SENT:
        said = things(sent.text.partition(" ")[2]) if sent.ingredients else ()
        names = names_between_separators(", ".join(name for name, _ in said), CATALOGUE)
        assert [name.ingredient for name in names] == list(sent.ingredients), sent.text
        assert [lot for _, lot in said] == list(sent.lots), sent.text


def test_an_update_is_one_of_telegram() -> None:
    sent = first(Command.ADD, is_korean=True)
    update = Update.de_json(json.loads(sent.update(7)), None)
    assert update.update_id == 7
    message = update.message
    assert message
    assert (message.chat.id, message.message_id) == (sent.chat_id, sent.message_id)
    assert message.from_user
    assert message.from_user.language_code == "ko"
    assert list(message.parse_entities(["bot_command"]).values()) == ["/add"]


def test_what_is_removed_is_there_and_leaves_something() -> None:
    for sent in SENT:
        if sent.command is Command.REMOVE:
            held = MIX.held(sent.chat_id)
            assert len(held) == ITEMS
            assert set(sent.ingredients) < set(held)


def test_an_answer_names_what_the_command_named() -> None:
    sent = first(Command.ADD)
    names = ", ".join(ingredient.en for ingredient in sent.ingredients)
    assert MIX.is_answer(sent, f"Added: {names}")
    assert not MIX.is_answer(sent, "Something went wrong")


def test_a_list_names_what_is_in_the_fridge() -> None:
    sent = first(Command.FRIDGE)
    stays = MIX.held(sent.chat_id)[-1]
    assert MIX.is_answer(sent, f"In the fridge: {stays.ko}")
    assert not MIX.is_answer(sent, "The fridge is empty")
