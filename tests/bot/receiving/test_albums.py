"""Albums: several messages that were sent together, and have one answer."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import pytest
from telegram.error import BadRequest

from bot.conversation.replies import Message
from bot.features.services import Services
from bot.receiving.albums import MOST_REMEMBERED, Album, Albums
from bot.receiving.wiring import Pipeline
from bot.telegram.calls import ApiCall
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import seen
from tests.bot.running import new_pipeline, polling, webhook
from tests.db.tables import Tables

EMMA: Final = 1002
ONLY_TEXT: Final = (
    "I can only read text, and lists in .csv or .txt files. Write to me like this: /add milk, eggs"
)
ADDED: Final = "Added: 🥛 milk, 🥚 egg\n2 items in the fridge now."

At = Callable[[Pipeline], AbstractAsyncContextManager[object]]


@pytest.fixture(params=["polling", "webhook"])
def receiving(request: pytest.FixtureRequest, unused_tcp_port: int) -> At:
    """The way in which updates come."""
    if request.param == "polling":
        return polling
    return lambda pipeline: webhook(pipeline, unused_tcp_port)


async def answers_to(
    captions: Sequence[str],
    telegram: LocalTelegramServer,
    services: Services,
    receiving: At,
    *,
    forwarded: bool = False,
) -> Sequence[str]:
    """What Emma is answered to an album of photos with these captions."""
    local = telegram.telegram
    # The end of the program sends what waits for a caption.
    async with new_pipeline(telegram, services, grace=60) as pipeline, receiving(pipeline):
        for caption in captions:
            local.send_photo(local.people[EMMA], EMMA, caption, album="13579", forwarded=forwarded)
        await asyncio.wait_for(local.updates.confirmed(local.updates.last_id), 60)
    return said_to_emma(local)


def said_to_emma(local: LocalTelegram) -> Sequence[str]:
    return [seen(m["text"]) for m in local.messages(EMMA) if m["from"]["id"] == local.bot.id]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "second", "third"])
async def test_the_caption_of_an_album_is_answered_and_nothing_else(
    telegram: LocalTelegramServer, services: Services, receiving: At, tables: Tables, place: int
) -> None:
    captions = ["", "", ""]
    captions[place] = "bought milk and eggs"

    assert await answers_to(captions, telegram, services, receiving) == [ADDED]
    assert len(await tables.items(EMMA)) == 2


async def test_several_captions_of_an_album_have_one_answer(
    telegram: LocalTelegramServer, services: Services, receiving: At, tables: Tables
) -> None:
    captions = ["bought milk and eggs", "", "bought tofu", "bought bread"]

    [answer] = await answers_to(captions, telegram, services, receiving)

    assert answer == (
        f"{ADDED}\n\nAdded: 🥢 tofu\n3 items in the fridge now.\n\n"
        "Added: 🍞 bread\n4 items in the fridge now."
    )
    assert len(await tables.items(EMMA)) == 4


async def test_an_album_without_a_caption_is_answered_once(
    telegram: LocalTelegramServer, services: Services, receiving: At
) -> None:
    assert await answers_to(["", "", ""], telegram, services, receiving) == [ONLY_TEXT]


async def test_a_forwarded_album_is_answered_once(
    telegram: LocalTelegramServer, services: Services, receiving: At, tables: Tables
) -> None:
    answers = await answers_to(
        ["bought milk", "", "eggs"], telegram, services, receiving, forwarded=True
    )

    assert answers == ["I don't read forwarded messages. Please write it yourself: /add milk, eggs"]
    assert await tables.session(EMMA) is None


async def test_photos_that_were_not_sent_together_are_answered_one_by_one(
    telegram: LocalTelegramServer, services: Services, receiving: At
) -> None:
    local = telegram.telegram
    async with new_pipeline(telegram, services, grace=60) as pipeline, receiving(pipeline):
        for album in ("", "", "1", "2", "2"):
            local.send_photo(local.people[EMMA], EMMA, album=album)
        await asyncio.wait_for(local.updates.confirmed(local.updates.last_id), 60)

    assert said_to_emma(local) == [ONLY_TEXT] * 4


class Deliveries:
    """Takes calls, and remembers the text of each."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def __call__(self, call: ApiCall) -> None:
        self.texts.append(call.parameters["text"])


def calls(text: str) -> Sequence[ApiCall]:
    return [ApiCall("sendMessage", EMMA, {"chat_id": EMMA, "text": text})]


async def test_an_answer_comes_by_itself_when_no_caption_does() -> None:
    delivered = asyncio.Event()

    async def deliver(_call: ApiCall) -> None:
        delivered.set()

    albums = Albums(deliver, seconds_to_wait=0.01)

    albums.answer_once(Album(EMMA, "1"), calls("one"))

    await asyncio.wait_for(delivered.wait(), 60)


async def test_the_album_of_one_chat_is_not_that_of_another() -> None:
    deliver = Deliveries()
    albums = Albums(deliver, seconds_to_wait=60)

    albums.answer_once(Album(EMMA, "1"), calls("hers"))
    albums.answer_once(Album(EMMA, "1"), calls("again"))
    albums.answer_once(Album(EMMA + 1, "1"), calls("theirs"))
    await albums.stop()

    assert sorted(deliver.texts) == ["hers", "theirs"]


async def test_a_flood_of_albums_takes_a_bounded_memory() -> None:
    deliver = Deliveries()
    albums = Albums(deliver, seconds_to_wait=60)

    for number in range(MOST_REMEMBERED + 10):
        albums.answer_once(Album(EMMA, str(number)), calls(str(number)))
        albums.mark_answered(Album(EMMA, f"other {number}"), number, Message("done"))
    await albums.stop()

    assert deliver.texts == [str(number) for number in range(MOST_REMEMBERED)]


async def test_an_answer_that_telegram_refuses_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def refuse(_call: ApiCall) -> None:
        raise BadRequest("Message is too long")

    albums = Albums(refuse, seconds_to_wait=60)

    albums.answer_once(Album(EMMA, "1"), calls("one"))
    await albums.stop()

    assert "An album can't be answered: Message is too long" in caplog.text
