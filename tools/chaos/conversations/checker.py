"""The checker: finds faults in what was sent, replied and stored, without any I/O."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import islice
from typing import Final

from tools.chaos.conversations.commands import Command, Kept, Verb, done
from tools.chaos.conversations.sayings import Amounts, Change, Listing, Outcome, Saying, read

FAULTS_SHOWN: Final = 5
"""How many faults of each kind are shown."""


class Kind(Enum):
    """Kinds of faults."""

    LOST = "lost"
    """A command without any reply, or whose effect, as an amount, is not there in the end."""
    TWICE = "twice"
    """A command with a reply as if it had been carried out before, or with different replies."""
    OUT_OF_ORDER = "out of order"
    """A command that was first answered after a later one of its chat."""
    PURGED = "purged"
    """A chat in steady use whose session ended."""
    UNTRUE = "untrue"
    """A reply that is not true, and that no fault of another kind explains."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message of the bot, with the index of the command that it replies to, if it shows one."""

    at: datetime
    text: str
    answers: int | None = None
    labels: Sequence[str] = ()

    @property
    def saying(self) -> Saying | None:
        """What the message says."""
        return read(self.text, self.labels)


@dataclass(frozen=True, slots=True)
class ChatHistory:
    """What happened in a chat.

    At the end of the run the tables hold `contents` for the chat, and a session that was created at
    `session_since`.
    """

    chat_id: int
    commands: Sequence[Command]
    replies: Sequence[Reply]
    contents: Kept
    session_since: datetime | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a command, or without an index, a fault of the whole chat."""

    kind: Kind
    chat_id: int
    index: int | None
    description: str

    def __str__(self) -> str:
        return f"{self.kind.value}, chat {self.chat_id}, {self.index}: {self.description}"


@dataclass(frozen=True, slots=True)
class Report:
    """All faults, and the number of repeated replies, which are no faults."""

    faults: Sequence[Fault]
    repeats: int

    def count(self, kind: Kind) -> int:
        """The number of commands (or chats, if purged) with a fault of this kind."""
        return len({(f.chat_id, f.index) for f in self.faults if f.kind is kind})

    def first_faults(self) -> Iterator[Fault]:
        """A few faults of each kind, to be shown."""
        for kind in Kind:
            of_kind = (fault for fault in self.faults if fault.kind is kind)
            yield from islice(of_kind, FAULTS_SHOWN)


def check(histories: Iterable[ChatHistory]) -> Report:
    """Check what happened in all chats."""
    checks = [_ChatCheck(history) for history in histories]
    return Report(
        [fault for chat in checks for fault in chat.faults()],
        sum(chat.repeats for chat in checks),
    )


class Tracer:
    """Finds the command that a reply answers: the shown command, or the one with the same names."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._names = [{*command.names} for command in commands]
        self._by_name = {
            (command.verb, command.names[0]): index
            for index, command in enumerate(commands)
            if command.names
        }

    def trace(self, reply: Reply) -> int | None:
        """The command's index, or None if the reply answers no command."""
        saying = reply.saying
        if saying is None or reply.answers is not None:
            return reply.answers if saying else None
        if isinstance(saying, Listing):
            return None
        # A reply also names things that other commands named first. The newest command counts, of
        # those that named the same things if there are some.
        keys = ((saying.verb, name) for name in saying.outcomes)
        found = [self._by_name[key] for key in keys if key in self._by_name]
        same = [index for index in found if self._names[index] == {*saying.outcomes}]
        return max(same or found, default=None)


class _ChatCheck:
    """The check of one chat."""

    def __init__(self, history: ChatHistory) -> None:
        self._history = history
        self._stray: list[Reply] = []
        self._answers: dict[int, list[Reply]] = {}  # in the order of the first replies
        tracer = Tracer(history.commands)
        for reply in history.replies:
            index = tracer.trace(reply)
            if index is None:
                self._stray.append(reply)
            else:
                self._answers.setdefault(index, []).append(reply)

    @property
    def repeats(self) -> int:
        return sum(len(replies) - 1 for replies in self._answers.values())

    def faults(self) -> Iterator[Fault]:
        for reply in self._stray:
            yield self._fault(Kind.UNTRUE, None, f"answers nothing: {reply.text!r}")
        yield from self._unanswered()
        disorder = list(self._disorder())
        yield from disorder
        if self._was_purged():
            yield self._fault(Kind.PURGED, None, self._last_session())
        elif not disorder:  # disorder would explain any untrue reply
            yield from self._replay()

    def _fault(self, kind: Kind, index: int | None, description: str) -> Fault:
        return Fault(kind, self._history.chat_id, index, description)

    def _unanswered(self) -> Iterator[Fault]:
        for index, command in enumerate(self._history.commands):
            if index not in self._answers:
                yield self._fault(Kind.LOST, index, f"no reply to {command.text!r}")

    def _disorder(self) -> Iterator[Fault]:
        latest = -1
        for index in self._answers:
            if index < latest:
                yield self._fault(Kind.OUT_OF_ORDER, index, f"first answered after {latest}")
            latest = max(latest, index)

    def _was_purged(self) -> bool:
        """Whether the session began after the first answered addition."""
        since = self._history.session_since
        for replies in self._answers.values():
            match replies[0].saying:
                case Change(verb=Verb.ADD):
                    return since is None or since > replies[0].at
                case _:
                    continue
        return False

    def _last_session(self) -> str:
        since = self._history.session_since
        if since is None:
            return "no session in the end"
        before = max((r.at for r in self._history.replies if r.at < since), default=since)
        return f"a new session at {since}, {since - before} after the reply before it"

    def _replay(self) -> Iterator[Fault]:
        """Carry out the answered commands in a fridge of our own, and compare the replies.

        What a lost command named may be in the fridge or not: it is not compared any more.
        """
        kept: Kept = {}
        unknown: set[str] = set()
        last_change: dict[str, int] = {}
        states: list[Kept] = []
        unsettled: dict[int, list[Reply]] = {}
        for index, command in enumerate(self._history.commands):
            last_change.update(dict.fromkeys(command.names, index))
            if index not in self._answers:
                unknown.update(command.names)
            else:
                first, *again = self._answers[index]
                yield from self._compare(index, first.saying, kept, unknown)
                if command.verb is Verb.LIST:
                    unsettled[index] = again
                elif any(reply.text != first.text for reply in again):
                    texts = [reply.text for reply in self._answers[index]]
                    yield self._fault(Kind.TWICE, index, f"answered differently: {texts}")
            kept = done(command, kept)
            states.append(kept)
        contents = self._history.contents
        for name in _differences(contents, kept) - unknown:
            found = f"{name!r} in the end: {_shown(contents, name)}, not {_shown(kept, name)}"
            yield self._fault(Kind.LOST, last_change.get(name), found)
        for index, again in unsettled.items():
            yield from self._compare_repeated_lists(index, again, states, unknown)

    def _compare(
        self, index: int, saying: Saying | None, kept: Kept, unknown: set[str]
    ) -> Iterator[Fault]:
        """Compare the first reply to a command with the fridge before the command."""
        command = self._history.commands[index]
        match saying:
            case Listing(listed) if command.verb is Verb.LIST:
                for name in _differences(listed, kept) - unknown:
                    found = (
                        f"a list with {name!r}: {_shown(listed, name)}, not {_shown(kept, name)}"
                    )
                    yield self._fault(Kind.UNTRUE, index, found)
            case Change(outcomes, count) if set(outcomes) == set(command.names):
                expected = _expected(command, kept)
                wrong = {n for n, outcome in outcomes.items() if expected[n] != outcome}
                after = len(done(command, kept))
                if wrong - unknown:
                    said = {name: outcomes[name] for name in wrong - unknown}
                    yield self._fault(Kind.TWICE, index, f"{command.text!r}: {said}")
                elif not unknown and count != after:
                    yield self._fault(Kind.UNTRUE, index, f"{count} things said, {after} there")
            case _:
                yield self._fault(Kind.UNTRUE, index, f"{command.text!r} answered by {saying}")

    def _compare_repeated_lists(
        self,
        index: int,
        again: Sequence[Reply],
        states: Sequence[Kept],
        unknown: set[str],
    ) -> Iterator[Fault]:
        """A list that is sent again shows the fridge at that later time."""
        for reply in again:
            match reply.saying:
                case Listing(listed) if any(
                    _differences(listed, state) <= unknown for state in states[index:]
                ):
                    continue
                case _:
                    yield self._fault(Kind.UNTRUE, index, f"was never so: {reply.text!r}")


def _expected(command: Command, kept: Kept) -> Mapping[str, tuple[Outcome, Amounts]]:
    after = done(command, kept)
    expected: dict[str, tuple[Outcome, Amounts]] = {}
    for name, amount in command.things:
        known = tuple(each.get(name) for each in (kept, after))
        amounts = tuple(number for number in known if number is not None)
        if command.verb is Verb.REMOVE:
            if name in after:
                expected[name] = Outcome.LESS, amounts
            else:
                expected[name] = Outcome.TAKEN_OUT if name in kept else Outcome.NOT_THERE, ()
        elif name not in kept:
            expected[name] = Outcome.ADDED, amounts
        elif amount is None:
            expected[name] = Outcome.ALREADY_THERE, amounts[:1]
        else:
            expected[name] = Outcome.MORE, amounts
    return expected


def _differences(one: Kept, other: Kept) -> set[str]:
    """The names of what is in one of the two only, or in both in different amounts."""
    return {name for name, _ in one.items() ^ other.items()}


def _shown(kept: Kept, name: str) -> str:
    if name not in kept:
        return "none"
    amount = kept[name]
    return "no amount" if amount is None else str(amount)
