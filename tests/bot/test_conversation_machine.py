"""Whatever people say and tap, in any order and at any time, the bot does what a model says.

The whole bot is at work, on a real database and through the stand-in. `MACHINE_EXAMPLES=2000` has
so many conversations, `MACHINE_SEED=7` others than usual.
"""

import asyncio
import json
import os
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.features.services import Services
from fridge.times import from_microseconds
from local_telegram.playground.sample_people import GROUP_ID, add_sample_people
from local_telegram.protocol.json_values import Json
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.bot.household import (
    LIST_OF_MANY,
    MOST_ITEMS,
    SLIPS,
    THINGS,
    TOO_LONG,
    TTL,
    Change,
    Choices,
    Household,
    Item,
    Items,
    Thing,
    named_on,
)
from tests.bot.town import CHATS, EMMA, MINJI, Heard, Key, Said, Town
from tests.conftest import Clock

pytestmark = pytest.mark.slow

EXAMPLES: Final = int(os.environ.get("MACHINE_EXAMPLES", "3"))
SEED: Final = os.environ.get("MACHINE_SEED")
STEPS: Final = 100

PAGE: Final = 24
MOST_WORDS: Final = 3
"""A name that nobody knows may have so many words in a sentence."""
MOST_OFFERS: Final = 5
OFFERED: Final = "“"
"""What the label of a button has that offers a name as it was typed."""

OF_OFFER: Final = re.compile(r"(out|in|part):(.+):(\d+)")
"""What a button of an offered list says: one thing of it, or another part of it."""

KEPT_BY_TELEGRAM: Final = timedelta(hours=24)


class Place(NamedTuple):
    """Somebody in a chat."""

    person: int
    chat: int

    @property
    def in_group(self) -> bool:
        return self.chat == GROUP_ID

    @property
    def language(self) -> str:
        return "ko" if self.person == MINJI else "en"


@dataclass(frozen=True)
class Sent:
    """An update that the bot had; one that looks may count as a use again, as every text does."""

    update: Json
    chat: int
    at: datetime
    looks: bool


@dataclass(frozen=True)
class Found:
    """What the tables hold of a live fridge."""

    created_at: datetime
    last_use: datetime
    language: str
    items: Items


@dataclass(frozen=True)
class Deed:
    """Something that happens."""

    do: Callable[..., None]
    details: Mapping[str, object]

    def __repr__(self) -> str:
        return f"{self.do.__name__}({', '.join(f'{k}={v!r}' for k, v in self.details.items())})"


def deeds(do: Callable[..., None], **details: st.SearchStrategy[Any]) -> st.SearchStrategy[Deed]:
    return st.builds(Deed, st.just(do), st.fixed_dictionaries(details))


def weighted(*of: tuple[int, st.SearchStrategy[Deed]]) -> st.SearchStrategy[Deed]:
    """One of these, each so many times as often as one of weight 1."""
    each = [deed for weight, deed in of for _ in range(weight)]
    return st.sampled_from(range(len(each))).flatmap(each.__getitem__)


places = st.sampled_from(
    [Place(MINJI, MINJI), Place(EMMA, EMMA), *[Place(MINJI, GROUP_ID), Place(EMMA, GROUP_ID)] * 2]
)
chats = st.sampled_from(CHATS)
people = st.sampled_from([MINJI, EMMA])
usual_names = [name for name in THINGS if name not in LIST_OF_MANY]
several_names = st.lists(st.sampled_from(usual_names), min_size=1, max_size=6, unique=True)
forms = st.integers(0, 9)
nearly = st.sampled_from([-1, 0, 10, 29, 30, 60, 119, 120, 121, 300, 600])
backs = st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])

KINDS: Final = (
    *("take", "undo", "back", "keep") * 4,
    *("put", "swap", "out", "clear", "import") * 2,
    *("forget", "fridge", "filter", "set", "zone", "language", "try"),
)
"""The buttons, those more often that change a fridge."""

IN_PRIVATE: Final[Mapping[str, Sequence[str]]] = {
    "add": ("/add {}", "add {}", "추가 {}", "/추가 {}", "{} 추가", "put {} in"),
    "remove": ("/remove {}", "remove {}", "삭제 {}", "/삭제 {}", "{} 빼줘", "take {} out"),
    "fridge": ("/fridge", "/list", "냉장고", "/냉장고", "fridge", "What do we have?"),
    "clear": ("/clear", "비워줘", "clear"),
    "keep": ("/keep", "연장"),
    "export": ("/export", "/내보내기"),
    "settings": ("/settings", "설정"),
    "language": ("/language", "언어"),
    "forget": ("/forget", "잊어줘"),
    "start": ("/start",),
    "help": ("/help", "도움말"),
}
IN_GROUP: Final[Mapping[str, Sequence[str]]] = {
    "add": ("/add {}", "/add@fridge_bot {}"),
    "remove": ("/remove {}", "/remove@fridge_bot {}"),
    "fridge": ("/fridge", "/list@fridge_bot"),
    "clear": ("/clear",),
    "keep": ("/keep",),
    "export": ("/export",),
    "settings": ("/settings",),
    "language": ("/language",),
    "forget": ("/forget@fridge_bot",),
    "start": ("/start@fridge_bot",),
    "help": ("/help",),
}


ASKED: Final = ("settings", "language", "forget", "start", "help")


class ConversationMachine(RuleBasedStateMachine):
    """People who talk with the bot and tap its buttons, and jobs that run, at any time."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        self.town.run(town.begin())
        self.home = Household()
        self.keys: list[Key] = []
        self.tapped: list[Key] = []
        self.sent: list[Sent] = []
        self.undoable: set[tuple[int, str]] = set()
        self.exported: bytes | None = None

    @property
    def now(self) -> datetime:
        return self.town.clock.now

    # What people write

    def add(self, place: Place, names: list[str], form: int) -> None:
        if any(len(name.split()) > MOST_WORDS for name in names):
            form = 0
        heard = self.command(place, "add", form, ", ".join(names))
        self.check_added(place, names, heard)

    def remove(self, place: Place, names: list[str], form: int) -> None:
        if any(map(is_for_commands, names)):
            form = 0
        between = ", " if form else "\n"
        heard = self.command(place, "remove", form, between.join(names))
        change = self.home.remove(place.chat, [THINGS[name] for name in names], self.now)
        self.check_changed(place, change, heard)
        items = self.home.items(place.chat, self.now)
        assert {key.thing for key in heard.message.of("out")} <= items.keys()
        known = {thing: item for thing, item in change.removed.items() if thing.ko}
        self.check_names(place, known, heard.message)

    def just_say(self, place: Place, names: list[str], *, on_lines: bool) -> None:
        """In private, what is known goes in, and the rest is offered; a group talks by itself."""
        names = for_sentences(names)
        heard = self.write(place, ("\n" if on_lines else ", ").join(names))
        if place.in_group:
            assert not heard.updates
        else:
            self.check_talked(place, names, heard)

    def come_by_a_link(self, place: Place, names: list[str]) -> None:
        names = for_sentences(names)
        linked = urlsafe_b64encode("\n".join(names).encode()).decode().rstrip("=")
        if not place.in_group and len(linked) <= 58:
            self.check_talked(place, names, self.write(place, f"/start add64_{linked}"))

    def answer_a_question(self, place: Place, names: list[str], form: int) -> None:
        names = for_sentences(names)
        question = self.command(place, "add", form).message.message_id
        self.check_added(place, names, self.write(place, ", ".join(names), reply_to=question))

    def write_too_long_a_name(self, place: Place) -> None:
        assert not self.write(place, f"/add {TOO_LONG}").message.keys
        self.home.use(place.chat, self.now)

    def look(self, place: Place, form: int) -> None:
        heard = self.command(place, "fridge", form)
        self.home.use(place.chat, self.now)
        self.check_list(place, heard.message)

    def ask_to_clear(self, place: Place, form: int) -> None:
        heard = self.command(place, "clear", form)
        self.home.use(place.chat, self.now)
        assert bool(heard.message.keys) == bool(self.home.items(place.chat, self.now))

    def keep(self, place: Place, form: int) -> None:
        self.command(place, "keep", form)
        self.home.use(place.chat, self.now)

    def ask(self, place: Place, command: str, form: int) -> None:
        assert self.command(place, command, form).message.text

    def ask_and_tap(
        self, place: Place, command: str, names: list[str], which: int, minutes: int
    ) -> None:
        """Somebody asks, something else comes in between, and then comes the tap."""
        keys = self.command(place, command, 0).message.keys
        if command == "clear":
            self.home.use(place.chat, self.now)
        if minutes:
            self.pass_time(minutes=minutes)
            self.add(place, names, 0)
        if keys:
            self.pass_time()
            self.tap_key(place, keys[which % len(keys)])

    def export(self, place: Place, form: int) -> None:
        heard = self.command(place, "export", form)
        self.home.use(place.chat, self.now)
        items = self.home.items(place.chat, self.now)
        assert sorted(heard.uploads) == (["fridge.csv", "fridge.json"] if items else [])
        if items:
            self.exported = heard.uploads["fridge.json"]
            names = self.exported_names()
            assert {THINGS[name] for name in names} == items.keys()

    def send_back_what_was_exported(self, place: Place) -> None:
        if self.exported:
            self.offer(place, self.exported_names(), "fridge.json", self.exported)

    def send_a_list(self, place: Place, names: list[str], *, many: bool, as_file: bool) -> None:
        if many:
            names = names + LIST_OF_MANY
        listed = "\n".join(names)
        if as_file:
            self.offer(place, names, "list.txt", listed.encode())
        else:
            # In private a long list needs no command.
            command = "" if many and not place.in_group else "/import "
            self.check_offered(place, names, self.write(place, command + listed))

    # What people tap

    def tap(self, kind: int, back: float, person: int, *, twice: bool) -> None:
        """Tap a button of any age: 0 goes back to the newest, 1 to the oldest of its kind."""
        kinds = [key.kind for key in self.keys]
        there = [kind for kind in KINDS if kind in kinds]
        keys = [key for key in self.keys if there and key.kind == there[kind % len(there)]]
        if not keys:
            return
        key = keys[-1 - int(back * (len(keys) - 1))]
        if key.chat not in self.home.out_of_reach:
            self.pass_time()
            self.tap_key(Place(person if key.chat == GROUP_ID else key.chat, key.chat), key)
            if twice:
                self.tap_key(Place(EMMA if key.chat == GROUP_ID else key.chat, key.chat), key)

    def tap_again(self, back: int, person: int) -> None:
        """Tap what was tapped a moment ago: after an Undo it may be there again."""
        key = self.tapped[-back] if back <= len(self.tapped) else None
        if key and key.chat not in self.home.out_of_reach:
            self.pass_time()
            self.tap_key(Place(person if key.chat == GROUP_ID else key.chat, key.chat), key)

    def undo_at_once(self, person: int) -> None:
        """Tap the Undo that was shown last."""
        keys = [key for key in self.keys if key.kind in {"undo", "back"}]
        if keys and keys[-1].chat not in self.home.out_of_reach:
            self.pass_time()
            chat = keys[-1].chat
            self.tap_key(Place(person if chat == GROUP_ID else chat, chat), keys[-1])

    def tap_key(self, place: Place, key: Key) -> None:
        self.tapped.append(key)
        person, local = self.town.person(place.person), self.town.local
        heard = self.town.run(
            self.town.hear(lambda: local.tap(person, key.chat, key.message_id, key.data))
        )
        self.note(heard, place.chat, looks=key.looks)
        [notice] = heard.notices
        assert notice or heard.messages or heard.changed_nothing
        if key.kind != "try":
            assert {*heard.methods} <= {"editMessageText", "answerCallbackQuery"}
        self.check_tapped(place, key, notice, heard)

    def check_tapped(self, place: Place, key: Key, notice: str, heard: Heard) -> None:
        if key.looks:
            self.home.use(place.chat, self.now)
        match key.kind:
            case "put":
                self.check_added(place, key.value.split(", "), heard)
            case "undo" | "back" | "keep":
                assert bool(notice) != self.is_brought_back_by(place, key)
            case "import":
                self.check_confirmed(place, key, heard)
            case "forget" if key.value != "no":
                self.home.forget(place.chat, key.shown_at, self.now)
            case _:
                self.choose(place.chat, key)
                change = self.taken_by(place, key)
                if change is not None:
                    self.check_changed(place, change, heard)
                    assert bool(notice) == (not change)
        for message in heard.messages:
            if key.kind in {"take", "back", "fridge"} or key.data == "try:fridge":
                self.check_list(place, message)
            if key.kind in {"undo", "keep"}:
                self.check_count(place, message)

    def is_brought_back_by(self, place: Place, key: Key) -> bool:
        """Whether a tap undoes something, or keeps a fridge."""
        if key.kind == "keep":
            last_use = from_microseconds(int(key.value))
            return self.home.keep(place.chat, last_use, self.now, place.language)
        change = self.home.changes.get((place.chat, key.request))
        return self.home.undo(place.chat, change, self.now)

    def taken_by(self, place: Place, key: Key) -> Change | None:
        """What changes by a tap that takes out what the button says."""
        match key.kind:
            case "take" | "out":
                return self.home.remove(place.chat, [key.thing], self.now)
            case "swap":
                return self.home.replace(place.chat, SLIPS[key.thing], key.thing, self.now)
            case "clear" if key.value != "no":
                return self.home.clear(place.chat, key.shown_at, self.now)
            case _:
                return None

    def choose(self, chat: int, key: Key) -> None:
        """What the chat chooses by a tap, if it is a setting."""
        chosen = self.home.choices.get(chat, Choices())
        match key.data.split(":"):
            case ["language", language] | ["set", "language", language]:
                chosen = replace(chosen, language=language)
            case ["set", "warnings", on_or_off]:
                chosen = replace(chosen, warnings=on_or_off == "on")
            case ["zone", time_zone]:
                chosen = replace(chosen, time_zone=time_zone)
            case _:
                return
        self.home.choices[chat] = chosen

    # What happens by itself

    def time_passes(self, minutes: int) -> None:
        self.pass_time(minutes=minutes)

    def time_passes_until_a_fridge_is_nearly_over(self, chat: int, minutes_left: int) -> None:
        session = self.home.sessions.get(chat)
        if session:
            end = session.last_use + TTL - timedelta(minutes=minutes_left)
            self.town.clock.now = max(self.now + timedelta(seconds=61), end)
            self.warnings_are_sent()

    def jobs_run(self) -> None:
        self.pass_time()
        heard = self.town.run(self.town.run_jobs())
        assert not heard.methods
        self.home.tidy(self.now)

    def warnings_are_sent(self) -> None:
        self.pass_time()
        due = {chat for chat in CHATS if self.home.is_due(chat, self.now)}
        sent = self.town.run(self.town.run_warnings())
        assert sorted(chat for chat, _ in sent) == sorted(due)
        for chat, message in sent:
            self.home.warn(chat, self.now)
            [key] = message.keys
            session = self.home.sessions[chat]
            assert from_microseconds(int(key.value)) == session.last_use
            language = self.home.choices.get(chat, Choices()).language or session.language
            assert any(
                shown(one, item, language) in message.text for one, item in session.items.items()
            )
            self.keys.append(key)

    def telegram_delivers_again(self, back: int) -> None:
        """What came a day ago and more, Telegram has forgotten."""
        self.pass_time()
        recent = [
            one
            for one in self.sent
            if self.now - one.at < KEPT_BY_TELEGRAM and one.chat not in self.home.out_of_reach
        ]
        if not recent:
            return
        sent = recent[-1 - back % len(recent)]
        before = self.town.run(self.town.read())
        update = {name: part for name, part in sent.update.items() if name != "update_id"}
        local = self.town.local
        if query := update.get("callback_query"):
            local.callback_answers.pop(query["id"], None)
        heard = self.town.run(self.town.hear(lambda: local.push_update(update)))
        self.keys += [key for message in heard.messages for key in message.keys]
        after = self.town.run(self.town.read())
        assert after["items"] == before["items"]
        assert after["settings"] == before["settings"]
        found = live_fridges(after, self.now).get(sent.chat)
        if sent.looks and found and found.last_use == self.now:
            self.home.use(sent.chat, self.now)

    def somebody_shuts_the_bot_out(self, chat: int, minutes_left: int) -> None:
        if chat not in self.home.out_of_reach:
            self.pass_time()
            self.town.run(self.town.shut_out(chat))
            self.home.out_of_reach.add(chat)
            self.time_passes_until_a_fridge_is_nearly_over(chat, minutes_left)

    def the_bot_starts_again(self) -> None:
        self.town.run(self.town.start())

    # Hypothesis leaves out some rules of an example: as one rule, they are all in each.
    everything = weighted(
        (4, deeds(add, place=places, names=several_names, form=forms)),
        (
            16,
            deeds(
                tap,
                kind=st.sampled_from(range(len(KINDS))),
                back=backs,
                person=people,
                twice=st.booleans(),
            ),
        ),
        (4, deeds(tap_again, back=st.sampled_from(range(1, 5)), person=people)),
        (4, deeds(time_passes_until_a_fridge_is_nearly_over, chat=chats, minutes_left=nearly)),
        (4, deeds(telegram_delivers_again, back=st.sampled_from([0, 1, 1, 2, 3, 5, 8, 13, 30]))),
        (3, deeds(undo_at_once, person=people)),
        (
            3,
            deeds(
                ask_and_tap,
                place=places,
                command=st.sampled_from(["clear", "forget", "settings"]),
                names=several_names,
                which=st.sampled_from([0, 0, 1, 2]),
                minutes=st.sampled_from([0, 0, 5, 57]),
            ),
        ),
        (2, deeds(just_say, place=places, names=several_names, on_lines=st.booleans())),
        (2, deeds(remove, place=places, names=several_names, form=forms)),
        (2, deeds(look, place=places, form=forms)),
        (1, deeds(ask, place=places, command=st.sampled_from(ASKED), form=forms)),
        (1, deeds(ask_to_clear, place=places, form=forms)),
        (1, deeds(warnings_are_sent)),
        (1, deeds(time_passes, minutes=st.sampled_from([30, 60, 150, 400, 1380, 1500, 3000]))),
        (1, deeds(jobs_run)),
        (1, deeds(answer_a_question, place=places, names=several_names, form=forms)),
        (1, deeds(come_by_a_link, place=places, names=several_names)),
        (1, deeds(write_too_long_a_name, place=places)),
        (1, deeds(keep, place=places, form=forms)),
        (
            1,
            deeds(
                send_a_list,
                place=places,
                names=several_names,
                many=st.booleans(),
                as_file=st.booleans(),
            ),
        ),
        (1, deeds(export, place=places, form=forms)),
        (1, deeds(send_back_what_was_exported, place=places)),
        (1, deeds(somebody_shuts_the_bot_out, chat=chats, minutes_left=nearly)),
        (1, deeds(the_bot_starts_again)),
    )

    @rule(deed=everything)
    def something_happens(self, deed: Deed) -> None:
        deed.do(self, **deed.details)
        self.check_tables()

    # The parts of these

    def pass_time(self, **by: float) -> None:
        self.town.clock.advance(**(by or {"seconds": 61}))

    def command(self, place: Place, command: str, form: int, names: str = "") -> Heard:
        ways = (IN_GROUP if place.in_group else IN_PRIVATE)[command]
        way = ways[form % len(ways)] if names or "{}" not in ways[0] else ways[0]
        return self.write(place, way.format(names))

    def write(self, place: Place, words: str, *, reply_to: int | None = None) -> Heard:
        local, person = self.town.local, self.town.person(place.person)
        return self.send(
            place,
            lambda: local.send_text(person, place.chat, words, reply_to=reply_to),
        )

    def send(self, place: Place, act: Callable[[], object]) -> Heard:
        """What the bot says to something, once it has been let in again."""
        if place.chat in self.home.out_of_reach:
            self.home.out_of_reach.discard(place.chat)
            self.note(self.town.run(self.town.let_in(place.chat)), place.chat)
        self.pass_time()
        heard = self.town.run(self.town.hear(act))
        self.note(heard, place.chat, looks=True)
        return heard

    def note(self, heard: Heard, chat: int, *, looks: bool = False) -> None:
        self.keys += [key for message in heard.messages for key in message.keys]
        self.sent += [Sent(update, chat, self.now, looks) for update in heard.updates]

    def offer(self, place: Place, names: Sequence[str], file_name: str, content: bytes) -> None:
        local, person = self.town.local, self.town.person(place.person)
        caption = "/import@fridge_bot" if place.in_group else ""

        def send() -> None:
            local.send_document(person, place.chat, file_name, content, caption=caption)

        self.check_offered(place, names, self.send(place, send))

    def exported_names(self) -> list[str]:
        return [item["name"] for item in json.loads(self.exported or b"")["items"]]

    def language(self, place: Place) -> str:
        return self.home.choices.get(place.chat, Choices()).language or place.language

    # What is to be seen

    def check_added(self, place: Place, names: Sequence[str], heard: Heard) -> None:
        change = self.home.add(place.chat, names, self.now, place.language)
        self.check_changed(place, change, heard)
        for message in heard.messages:
            self.check_names(place, change.added, message)
            self.check_count(place, message)
        if heard.methods == ["sendMessage"]:
            meant = {key.thing for key in heard.message.of("swap")}
            assert meant == {meant for meant, slip in SLIPS.items() if slip in change.added}

    def check_talked(self, place: Place, names: Sequence[str], heard: Heard) -> None:
        there = self.home.items(place.chat, self.now)
        known = [name for name in names if THINGS[name].ko or THINGS[name] in there]
        unknown = [name for name in names if name not in known]
        change = Change(self.now)
        self.home.use(place.chat, self.now)
        if known:
            change = self.home.add(place.chat, known, self.now, place.language)
        self.check_changed(place, change, heard)
        offered = [key for key in heard.message.of("put") if OFFERED in key.label]
        once: dict[Thing, str] = {}
        for name in unknown:
            once.setdefault(THINGS[name], name)
        fitting = [name for name in once.values() if len(f"put:{name}".encode()) <= 64]
        assert [named_on(key.label) for key in offered] == fitting[:MOST_OFFERS]

    def check_offered(self, place: Place, names: Sequence[str], heard: Heard) -> None:
        self.home.use(place.chat, self.now)
        put_in, cancel, *choices = heard.message.of("import")
        assert cancel.value == f"no:{put_in.value}"
        things = [*dict.fromkeys(THINGS[name] for name in names)]
        outs = [key for key in choices if key.value.startswith("out:")]
        assert len(outs) == (min(len(things), PAGE) if len(things) > 1 else 0)
        self.home.offer(place.chat, put_in.value, names, self.now)

    def check_confirmed(self, place: Place, key: Key, heard: Heard) -> None:
        change = Change(self.now)
        if match := OF_OFFER.fullmatch(key.value):
            what, request, number = match.groups()
            if (place.chat, request) in self.home.offers:
                self.home.use(place.chat, self.now)
            if what != "part":
                self.home.leave_out(place.chat, request, int(number), is_out=what == "out")
            return
        offer = self.home.offers.get((place.chat, key.value.removeprefix("no:")))
        if not key.value.startswith("no:"):
            change = self.home.put_in(place.chat, offer, self.now, place.language)
        self.check_changed(place, change, heard)

    def check_changed(self, place: Place, change: Change, heard: Heard) -> None:
        """What changed something can be undone by a button, as can what an older one shows."""
        undo = [key for message in heard.messages for key in message.of("undo", "back")]
        new = [key for key in undo if (place.chat, key.request) not in self.undoable]
        assert len(new) == bool(change)
        for key in new:
            self.home.changes[place.chat, key.request] = change
            self.undoable.add((place.chat, key.request))

    def check_list(self, place: Place, message: Said) -> None:
        """A list shows what is there, in the language of the chat, and nothing else."""
        items = self.home.items(place.chat, self.now)
        keys = message.of("take", "open")
        if items and not keys:  # the answer to a question: the list is a tap away
            self.check_names(place, items, message)
            assert [key.data for key in message.of("try")] == ["try:fridge"]
            return
        things = [key.thing for key in keys]
        assert len({*things}) == len(things)
        assert {*things} <= items.keys()
        self.check_names(place, {thing: items[thing] for thing in things}, message)
        if items:
            assert str(len(items)) in message.text
            page, _, category = keys[0].data.rpartition(":")[2].partition(".")
            if category == "0":
                assert len(keys) == min(PAGE, len(items) - PAGE * (int(page) - 1))

    def check_names(self, place: Place, items: Items, message: Said) -> None:
        if len(items) <= PAGE:
            language = self.language(place)
            said = " ".join([message.text, *(key.label for key in message.of("take", "open"))])
            for thing, item in items.items():
                assert shown(thing, item, language)[:29] in said.replace("\u00a0", " ")

    def check_count(self, place: Place, message: Said) -> None:
        items = self.home.items(place.chat, self.now)
        assert not items or str(len(items)) in message.text

    def check_tables(self) -> None:
        """What the tables hold is what the model says."""
        tables = self.town.run(self.town.read())
        assert not tables["failures"]
        assert not tables["waiting"]
        assert {*tables["unreachable"]} == self.home.out_of_reach
        choices = {
            row["chat_id"]: Choices(row["language"], row["time_zone"], row["warnings"])
            for row in tables["settings"]
        }
        assert choices == self.home.choices
        found = live_fridges(tables, self.now)
        expected = {chat: self.home.live(chat, self.now) for chat in CHATS}
        assert found == {
            chat: Found(one.created_at, one.last_use, one.language, one.items)
            for chat, one in expected.items()
            if one
        }


def for_sentences(names: Sequence[str]) -> list[str]:
    """The names that are no sentence themselves, where no command says that they are names."""
    return [name for name in names if len(name.split()) <= MOST_WORDS] or ["milk"]


def is_for_commands(name: str) -> bool:
    """Whether a sentence with such a name is asked about; commands take any name."""
    return "<" in name or len(name.split()) > MOST_WORDS


def shown(thing: Thing, item: Item, language: str) -> str:
    """What of an item is to be seen in a text."""
    if item.name:
        return item.name[:32]
    return thing.ko if language == "ko" else thing.en


def live_fridges(tables: Mapping[str, Any], now: datetime) -> Mapping[int, Found]:
    found: dict[int, Found] = {}
    for row in tables["sessions"]:
        created_at, last_use, end = (
            datetime.fromisoformat(row[name])
            for name in ("created_at", "last_accessed", "expires_at")
        )
        if max(end, last_use + TTL) > now:
            items = items_since(created_at, row["chat_id"], tables["items"])
            found[row["chat_id"]] = Found(created_at, last_use, row["language"], items)
    return found


def items_since(created_at: datetime, chat: int, rows: Iterable[Json]) -> Items:
    items = Items()
    for row in rows:
        added_at = datetime.fromisoformat(row["added_at"])
        if row["chat_id"] == chat and added_at >= created_at:
            items[THINGS[row["name"] or row["en"]]] = Item(row["name"], added_at)
    return items


@pytest.fixture
def town(services: Services, engine: AsyncEngine, clock: Clock) -> Iterator[Town]:
    local = LocalTelegram(clock=clock, shortest_repeated_poll=0)
    add_sample_people(local)
    with asyncio.Runner() as runner:
        town = Town(runner, LocalTelegramServer(local), services, engine, clock)
        town.run(town.open())
        yield town
        town.run(town.close())


def test_whatever_people_say_and_tap_the_bot_does_what_a_household_expects(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.fridges.repository.MAX_ITEMS", MOST_ITEMS)
    monkeypatch.setattr("db.fridges.expiry_warnings.MAX_ITEMS", MOST_ITEMS)

    class Machine(ConversationMachine):
        def __init__(self) -> None:
            super().__init__(town)

    run_state_machine_as_test(
        seed(int(SEED))(Machine) if SEED else Machine,
        settings=settings(
            derandomize=SEED is None,
            database=None,
            deadline=None,
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
