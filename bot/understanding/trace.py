"""Says in lines of text what was understood, and why."""

from collections.abc import Iterator

from bot.understanding.meaning import Deed, Parse, Thing


def lines(found: Parse) -> Iterator[str]:
    """Yield a line for each deed and its reasons, and one for what was left out."""
    for deed in found.deeds:
        yield f"  {_deed(deed)}"
        if deed.why:
            yield f"    by the words {', '.join(map(repr, deed.why))}"
        if deed.because:
            words = ", ".join(map(repr, deed.left_over))
            yield f"    because {deed.because}{f': {words}' if words else ''}"
    if found.left_out.count:
        out = found.left_out
        yield f"  left out: {out.prices} prices, {out.codes} codes, {out.lines} lines"
    if found.is_receipt:
        yield "  a receipt: to be confirmed"
    if found.unread:
        yield f"  not read: {len(found.unread)} characters"


def _deed(deed: Deed) -> str:
    parts: list[str] = [str(deed.act)]
    if deed.guess:
        parts.append(f"(perhaps: {deed.guess})")
    if deed.everything:
        parts.append("everything but" if deed.things else "everything")
    if deed.asked:
        parts.append(f"({deed.asked})")
    if deed.category:
        parts.append(f"[{deed.category}]")
    parts.append(", ".join(map(_thing, deed.things)) or "-")
    if deed.instead_of:
        parts.append(f"instead of {', '.join(map(_thing, deed.instead_of))}")
    if deed.fix:
        parts.append(f"with{_details(deed.fix)}")
    if deed.place:
        parts.append(f"@ {deed.place}")
    return " ".join(parts)


def _thing(thing: Thing) -> str:
    ingredient = thing.name.ingredient
    name = f"{ingredient.ko}/{ingredient.en}" if ingredient else repr(thing.name.typed)
    unknown = "" if thing.is_known else "?"
    several = f" (or {' + '.join(name.typed for name in thing.several)})" if thing.several else ""
    return f"{name}{unknown}{several}{_details(thing)}"


def _details(thing: Thing) -> str:
    lot = thing.lot
    parts = [f"{lot.amount.number} {lot.amount.unit}" if lot.amount else ""]
    parts.append(f"{thing.share} of it" if thing.share else "")
    parts.append(f"until {lot.best_before}" if lot.best_before else "")
    parts.append(f"no date: {thing.date_unread}" if thing.date_unread else "")
    parts.append(f"in the {lot.place}" if lot.place else "")
    parts.append(f"note {lot.note!r}" if lot.note else "")
    said = ", ".join(filter(None, parts))
    return f" <{said}>" if said else ""
