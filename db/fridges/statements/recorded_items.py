"""The items in the outcomes that the statements record, as `record_outcome` writes them."""

from collections.abc import Iterable, Sequence

from db.updates.recorded_outcomes import RecordedOutcome
from fridge.items import ItemKey, NewItem


class RecordedRemoval(RecordedOutcome):
    """An outcome with the items that a statement took out."""

    removed_ids: list[int]
    removed_keys: list[str]
    removed_names: list[str]

    @property
    def taken_out(self) -> Sequence[NewItem]:
        """The items, newest first."""
        return new_items(self.removed_ids, self.removed_keys, self.removed_names)


class RecordedAddition(RecordedOutcome):
    """An outcome with the items that a statement put in."""

    added_ids: list[int]
    added_keys: list[str]
    added_names: list[str]

    @property
    def put_in(self) -> Sequence[NewItem]:
        """The items, newest first."""
        return new_items(self.added_ids, self.added_keys, self.added_names)


def item_keys(ids: Iterable[int], name_keys: Iterable[str]) -> Sequence[ItemKey]:
    """Keys from their columns, which are of one length."""
    return [ItemKey(*key) for key in zip(ids, name_keys, strict=True)]


def new_items(
    ids: Iterable[int], name_keys: Iterable[str], names: Iterable[str]
) -> Sequence[NewItem]:
    """Items from their columns, which are of one length."""
    keys = item_keys(ids, name_keys)
    return [NewItem(key, name) for key, name in zip(keys, names, strict=True)]
