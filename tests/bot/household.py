"""What people expect of their fridges: a model of the bot in a process's memory.

It is written from what the bot promises: a few dictionaries, and nothing of the bot or its SQL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

TTL: Final = timedelta(hours=24)
LEAD: Final = timedelta(hours=2)
LEAST_LEAD: Final = timedelta(minutes=30)
NIGHT: Final = time(22)
LAST_HOUR: Final = time(21)
MORNING: Final = time(8)
RECORDS_KEPT: Final = timedelta(hours=48)
WARNINGS_KEPT: Final = timedelta(days=30)
QUESTION_LIFE: Final = timedelta(hours=1)
MOST_ITEMS: Final = 30
"""Fewer than in earnest, so that fridges get full."""


class Thing(NamedTuple):
    """Something that may be in a fridge; without a Korean name, the catalogue does not know it."""

    en: str
    ko: str = ""


EGG: Final = Thing("egg", "계란")
TOMATO: Final = Thing("tomato", "토마토")
_MILK: Final = Thing("milk", "우유")
_TOFU: Final = Thing("tofu", "두부")
_CARROT: Final = Thing("carrot", "당근")
_KIMCHI: Final = Thing("kimchi", "김치")
_SOY_SAUCE: Final = Thing("soy sauce", "간장")
_QUARK: Final = Thing("quark")
_GRANNYS_SAUCE: Final = Thing("할머니 소스")

LIST_OF_MANY: Final = [f"thing {number:02}" for number in range(1, 61)]
TOO_LONG: Final = "much too long " * 5

THINGS: Final[Mapping[str, Thing]] = {
    "우유": _MILK,
    "milk": _MILK,
    "계란": EGG,
    "달걀": EGG,
    "egg": EGG,
    "eggs": EGG,
    "두부": _TOFU,
    "tofu": _TOFU,
    "당근": _CARROT,
    "carrot": _CARROT,
    "carrots": _CARROT,
    "김치": _KIMCHI,
    "kimchi": _KIMCHI,
    "간장": _SOY_SAUCE,
    "soy sauce": _SOY_SAUCE,
    "토마토": TOMATO,
    "tomato": TOMATO,
    "quark": _QUARK,
    "Quark": _QUARK,
    "할머니 소스": _GRANNYS_SAUCE,
    "할머니소스": _GRANNYS_SAUCE,
    "<b>Ünknown</b> & co": Thing("<b>Ünknown</b> & co"),
    "חלב סויה": Thing("חלב סויה"),
    "very " * 11 + "long": Thing("very " * 11 + "long"),
    "긴이름" * 20: Thing("긴이름" * 20),
    "게란": Thing("게란"),
    "tomatto": Thing("tomatto"),
    **{name: Thing(name) for name in LIST_OF_MANY},
}
"""What stands for what people type."""

SLIPS: Final = {EGG: THINGS["게란"], TOMATO: THINGS["tomatto"]}
"""The slips of the keyboard among these, by what was meant."""

_SHOWN: Final = sorted(
    (
        *((name[:29], name) for name, thing in THINGS.items() if not thing.ko),
        *((thing.ko, name) for name, thing in THINGS.items() if thing.ko),
        *((thing.en, name) for name, thing in THINGS.items() if thing.ko),
    ),
    key=lambda shown: -len(shown[0]),
)


def named_on(label: str) -> str:
    """The name, as somebody may type it, that a button shows, whole or cut."""
    return next(name for shown, name in _SHOWN if shown in label)


@dataclass(frozen=True)
class Item:
    """Something in a fridge: as typed, if the catalogue does not know it, and since when."""

    name: str
    added_at: datetime


Items = dict[Thing, Item]


@dataclass
class Session:
    """A fridge from its first use on, with the language of who last put something in."""

    created_at: datetime
    last_use: datetime
    language: str
    items: Items = field(default_factory=Items)


@dataclass
class Change:
    """What a request changed in a fridge, and whether that can't be undone any more."""

    made_at: datetime
    added: Items = field(default_factory=Items)
    removed: Items = field(default_factory=Items)
    is_over: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@dataclass
class Offer:
    """A list that somebody sent, and whether it was put in."""

    names: Sequence[str]
    made_at: datetime
    is_put_in: bool = False
    left_out: set[int] = field(default_factory=set[int])

    @property
    def chosen(self) -> Sequence[str]:
        """A name of each thing that is to go in."""
        first: dict[Thing, str] = {}
        for name in self.names:
            first.setdefault(THINGS[name], name)
        return [name for n, name in enumerate(first.values()) if n not in self.left_out]


@dataclass(frozen=True)
class Choices:
    """What a chat chose in its settings."""

    language: str | None = None
    time_zone: str | None = None
    warnings: bool | None = None


@dataclass(frozen=True)
class Warned:
    """What the last warning named, and of which fridge: last used at that time."""

    last_use: datetime
    created_at: datetime
    items: Items
    at: datetime


class Household:
    """The fridges of some chats, what they chose, and what they were told unasked."""

    def __init__(self) -> None:
        self.sessions: dict[int, Session] = {}
        self.choices: dict[int, Choices] = {}
        self.warned: dict[int, Warned] = {}
        self.changes: dict[tuple[int, str], Change] = {}
        self.offers: dict[tuple[int, str], Offer] = {}
        self.out_of_reach: set[int] = set()
        self._tidied: set[datetime] = set()

    def live(self, chat: int, now: datetime) -> Session | None:
        session = self.sessions.get(chat)
        return session if session and session.last_use + TTL > now else None

    def items(self, chat: int, now: datetime) -> Items:
        session = self.live(chat, now)
        return session.items if session else {}

    def use(self, chat: int, now: datetime) -> Session | None:
        session = self.live(chat, now)
        if session:
            session.last_use = now
        return session

    def end(self, chat: int) -> None:
        """The fridge is over; of a warning before its last use nothing is to come back."""
        session, warned = self.sessions.pop(chat, None), self.warned.get(chat)
        if session and warned and warned.last_use < session.last_use:
            del self.warned[chat]

    def add(self, chat: int, names: Iterable[str], now: datetime, language: str) -> Change:
        session = self.use(chat, now)
        if session is None:
            self.end(chat)
            session = self.sessions[chat] = Session(now, now, language)
        session.language = language
        change = Change(now)
        for name in names:
            thing = THINGS[name]
            if thing not in session.items and len(session.items) < MOST_ITEMS:
                item = Item("" if thing.ko else name, now)
                session.items[thing] = change.added[thing] = item
        return change

    def remove(self, chat: int, things: Iterable[Thing], now: datetime) -> Change:
        session = self.use(chat, now)
        change = Change(now)
        if session:
            for thing in {*things} & session.items.keys():
                change.removed[thing] = session.items.pop(thing)
        return change

    def replace(self, chat: int, slip: Thing, meant: Thing, now: datetime) -> Change:
        change = self.remove(chat, [slip], now)
        if change and meant not in self.items(chat, now):
            change.added[meant] = Item("", change.removed[slip].added_at)
            self.items(chat, now).update(change.added)
        return change

    def clear(self, chat: int, asked_at: datetime, now: datetime) -> Change:
        items = self.items(chat, now).items()
        return self.remove(chat, [one for one, item in items if item.added_at <= asked_at], now)

    def undo(self, chat: int, change: Change | None, now: datetime) -> bool:
        session = self.use(chat, now)
        if (
            session is None
            or not change
            or change.is_over
            or change.made_at < session.created_at
            or not change.added.items() <= session.items.items()
            or change.removed.keys() & session.items.keys()
            or len(session.items) - len(change.added) + len(change.removed) > MOST_ITEMS
        ):
            return False
        for thing in change.added:
            del session.items[thing]
        session.items |= change.removed
        change.is_over = True
        return True

    def offer(self, chat: int, request: str, names: Sequence[str], now: datetime) -> None:
        """A list is to be put in; of a chat the last one is remembered."""
        self.offers = {key: one for key, one in self.offers.items() if key[0] != chat}
        self.offers[chat, request] = Offer(names, now)

    def put_in(self, chat: int, offer: Offer | None, now: datetime, language: str) -> Change:
        """What was offered comes in once, however often that is confirmed."""
        if offer is None or offer.is_put_in:
            return Change(now)
        if not offer.chosen:
            return Change(now)
        offer.is_put_in = True
        return self.add(chat, offer.chosen, now, language)

    def leave_out(self, chat: int, request: str, number: int, *, is_out: bool) -> None:
        """A thing of a list stays out when it is put in, or goes in after all."""
        offer = self.offers.get((chat, request))
        if offer and not offer.is_put_in:
            (offer.left_out.add if is_out else offer.left_out.discard)(number)

    def forget(self, chat: int, asked_at: datetime, now: datetime) -> bool:
        if now - asked_at > QUESTION_LIFE:
            return False
        self.sessions.pop(chat, None)
        self.choices.pop(chat, None)
        self.warned.pop(chat, None)
        self.changes = {key: one for key, one in self.changes.items() if key[0] != chat}
        self.offers = {key: one for key, one in self.offers.items() if key[0] != chat}
        return True

    def is_due(self, chat: int, now: datetime) -> bool:
        """Whether the chat is to be told now that its fridge is about to empty itself."""
        session = self.live(chat, now)
        choices = self.choices.get(chat, Choices())
        warned = self.warned.get(chat)
        if (
            session is None
            or not session.items
            or choices.warnings is False
            or chat in self.out_of_reach
            or (warned and warned.last_use >= session.last_use)
        ):
            return False
        speaks = choices.language or session.language
        zone = ZoneInfo(choices.time_zone or ("Asia/Seoul" if speaks == "ko" else "UTC"))
        return not _is_night(now.astimezone(zone)) and now >= _told_at(session.last_use + TTL, zone)

    def warn(self, chat: int, now: datetime) -> None:
        session = self.sessions[chat]
        self.warned[chat] = Warned(session.last_use, session.created_at, {**session.items}, now)

    def keep(self, chat: int, last_use: datetime, now: datetime, language: str) -> bool:
        """The fridge that was warned of lives on, or comes back beside what there is by now."""
        session = self.use(chat, now)
        if session is None:
            self.end(chat)
        warned = self.warned.get(chat)
        if warned is None or warned.last_use != last_use:
            return session is not None
        if session is None or session.created_at > warned.created_at:
            there = session.items if session else {}
            newest_first = sorted(warned.items.items(), key=lambda one: one[1].added_at)[::-1]
            missing = [one for one in newest_first if one[0] not in there]
            items = there | dict(missing[: MOST_ITEMS - len(there)])
            self.sessions[chat] = Session(warned.created_at, now, language, items)
        return True

    def tidy(self, now: datetime) -> None:
        """The jobs run, once an hour: fridges that are over go, and so do old records."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour in self._tidied:
            return
        self._tidied.add(hour)
        for chat in [chat for chat in self.sessions if not self.live(chat, now)]:
            self.end(chat)
        self.warned = {c: one for c, one in self.warned.items() if one.at >= now - WARNINGS_KEPT}
        kept = now - RECORDS_KEPT
        self.changes = {key: one for key, one in self.changes.items() if one.made_at >= kept}
        self.offers = {key: one for key, one in self.offers.items() if one.made_at >= kept}


def _is_night(local: datetime) -> bool:
    return not MORNING <= local.time() < NIGHT


def _told_at(end: datetime, zone: ZoneInfo) -> datetime:
    """When a chat is told of the end: some time before it, or before or after the night."""
    due = (end - LEAD).astimezone(zone)
    if not _is_night(due):
        return due
    night = due.date() if due.time() >= NIGHT else due.date() - timedelta(days=1)
    morning = datetime.combine(night + timedelta(days=1), MORNING, zone)
    return morning if end - morning >= LEAST_LEAD else datetime.combine(night, LAST_HOUR, zone)
