"""Builds valid objects of the Bot API, from the signatures of python-telegram-bot's classes."""

import inspect
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from types import NoneType, UnionType
from typing import Any, Final

import telegram
from telegram import (
    BackgroundFill,
    BackgroundType,
    Chat,
    ChatBoostSource,
    ChatMember,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    MessageOrigin,
    PaidMedia,
    Poll,
    ReactionType,
    Sticker,
    TelegramObject,
)
from telegram.constants import (
    ChatType,
    MessageEntityType,
    PollType,
    StickerType,
)

from local_telegram.protocol.json_values import Json

NOW: Final = 1_795_469_068
DEPTH: Final = 4
SHORT_TEXTS: Final = ("우유", "milk", "계란 30개", "https://example.org/", "ko", "en", "x_1", "🥛")

VARIANTS: Final[dict[type[TelegramObject], tuple[str, dict[str, type[TelegramObject]]]]] = {
    ChatMember: (
        "status",
        {
            "creator": telegram.ChatMemberOwner,
            "administrator": telegram.ChatMemberAdministrator,
            "member": telegram.ChatMemberMember,
            "restricted": telegram.ChatMemberRestricted,
            "left": telegram.ChatMemberLeft,
            "kicked": telegram.ChatMemberBanned,
        },
    ),
    MessageOrigin: (
        "type",
        {
            "user": telegram.MessageOriginUser,
            "hidden_user": telegram.MessageOriginHiddenUser,
            "chat": telegram.MessageOriginChat,
            "channel": telegram.MessageOriginChannel,
        },
    ),
    ReactionType: (
        "type",
        {
            "emoji": telegram.ReactionTypeEmoji,
            "custom_emoji": telegram.ReactionTypeCustomEmoji,
            "paid": telegram.ReactionTypePaid,
        },
    ),
    PaidMedia: (
        "type",
        {
            "preview": telegram.PaidMediaPreview,
            "photo": telegram.PaidMediaPhoto,
            "video": telegram.PaidMediaVideo,
            "live_photo": telegram.PaidMediaLivePhoto,
        },
    ),
    BackgroundType: (
        "type",
        {
            "fill": telegram.BackgroundTypeFill,
            "wallpaper": telegram.BackgroundTypeWallpaper,
            "pattern": telegram.BackgroundTypePattern,
            "chat_theme": telegram.BackgroundTypeChatTheme,
        },
    ),
    BackgroundFill: (
        "type",
        {
            "solid": telegram.BackgroundFillSolid,
            "gradient": telegram.BackgroundFillGradient,
            "freeform_gradient": telegram.BackgroundFillFreeformGradient,
        },
    ),
    ChatBoostSource: (
        "source",
        {
            "premium": telegram.ChatBoostSourcePremium,
            "gift_code": telegram.ChatBoostSourceGiftCode,
            "giveaway": telegram.ChatBoostSourceGiveaway,
        },
    ),
}
"""The field that tells the kinds of an object apart, and what follows from it."""

CHOICES: Final[dict[tuple[type[TelegramObject], str], Sequence[str]]] = {
    (Chat, "type"): [ChatType.PRIVATE, ChatType.GROUP, ChatType.SUPERGROUP, ChatType.CHANNEL],
    (MessageEntity, "type"): list(MessageEntityType),
    (Sticker, "type"): list(StickerType),
    (Poll, "type"): list(PollType),
}
"""Texts that are one of a few."""

LATELY_REQUIRED: Final = frozenset(
    {
        "allows_revoting",
        "can_react_to_messages",
        "members_only",
        "option_persistent_ids",
        "persistent_id",
    }
)
"""What signatures call optional, and constructors refuse to go without."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object; `kinds` are its type, or the types that it may have."""

    name: str
    kinds: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that an object has, and those that it may have."""

    required: Sequence[Field]
    optional: Sequence[Field]


class Shapes:
    """Builds objects at random."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._fields: dict[type[TelegramObject], Fields] = {}

    def fields_of(self, kind: type[TelegramObject]) -> Fields:
        """The fields of a kind of object."""
        if kind not in self._fields:
            self._fields[kind] = _read_fields(kind)
        return self._fields[kind]

    def build(self, kind: type[TelegramObject], depth: int = DEPTH) -> Json:
        """Build an object of a kind, nested at most so deeply where nothing forces more."""
        if kind is MaybeInaccessibleMessage:
            kind = Message
        built: Json = {}
        if kind in VARIANTS:
            name, kinds = VARIANTS[kind]
            value = self._random.choice(list(kinds))
            built, kind = {name: value}, kinds[value]
        fields = self.fields_of(kind)
        chosen = list(fields.required)
        if depth > 0 and fields.optional:
            count = min(self._random.randint(0, 4), len(fields.optional))
            chosen += self._random.sample(fields.optional, count)
        for field in chosen:
            built.setdefault(field.name, self._value(kind, field, depth - 1))
        return built

    def value_of(self, kind: type[TelegramObject], name: str) -> Any:  # noqa: ANN401 (JSON)
        """Build the value of a field of a kind of object."""
        fields = self.fields_of(kind)
        [field] = (field for field in (*fields.required, *fields.optional) if field.name == name)
        return self._value(kind, field, DEPTH - 1)

    def _value(self, kind: type[TelegramObject], field: Field, depth: int) -> Any:  # noqa: ANN401
        if choices := CHOICES.get((kind, field.name)):
            return self._random.choice(choices)
        return self._of(self._random.choice(field.kinds), field.name, depth)

    def _of(self, kind: Any, name: str, depth: int) -> Any:  # noqa: ANN401 (a type, and JSON)
        arguments = typing.get_args(kind)
        if typing.get_origin(kind) is typing.Literal:
            return self._random.choice(arguments)
        if arguments:
            return [self._of(arguments[0], name, depth) for _ in range(self._random.randint(0, 2))]
        if issubclass(kind, TelegramObject):
            return self.build(kind, depth)
        if issubclass(kind, Enum):
            return self._random.choice(list(kind)).value
        return self._plain(kind, name)

    def _plain(self, kind: type, name: str) -> Any:  # noqa: ANN401 (JSON)
        values: dict[type, Any] = {
            str: str(self._random.getrandbits(60))
            if name == "id"
            else self._random.choice(SHORT_TEXTS),
            bool: self._random.random() < 0.5,
            int: self._random.randint(1, 2**48 if name.endswith("id") else 1000),
            float: round(self._random.uniform(-90, 90), 6),
            datetime: NOW + self._random.randint(-(10**6), 10**6),
            timedelta: self._random.randint(1, 10**6),
            object: {},
        }
        return values[kind]


def _read_fields(kind: type[TelegramObject]) -> Fields:
    """The fields of a kind of object, as its constructor documents them."""
    # Some are named as strings, and imported for type checkers alone.
    names = vars(telegram) | vars(inspect.getmodule(kind))
    hints = typing.get_type_hints(kind.__init__, globalns=names)
    fields: tuple[list[Field], list[Field]] = ([], [])
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name in {"self", "api_kwargs"}:
            continue
        has_default = parameter.default is not inspect.Parameter.empty
        is_optional = has_default and name not in LATELY_REQUIRED
        json_name = "from" if name == "from_user" else name
        fields[is_optional].append(Field(json_name, _kinds(hints[name])))
    return Fields(*fields)


def _kinds(hint: Any) -> Sequence[Any]:  # noqa: ANN401 (a type)
    if typing.get_origin(hint) not in {typing.Union, UnionType}:
        return [hint]
    kinds = [kind for kind in typing.get_args(hint) if kind is not NoneType]
    return [kind for kind in kinds if not _is_a_default(kind)]


def _is_a_default(kind: Any) -> bool:  # noqa: ANN401 (a type)
    return getattr(typing.get_origin(kind) or kind, "__name__", "") == "DefaultValue"
