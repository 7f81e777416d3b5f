"""The operator's texts about the settings, made from their declarations.

`python -m startup.settings.documentation` writes `.env.example`, and the table in README.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Final

from startup.settings.settings import Settings

HELP_WIDTH: Final = 84
NAME_WIDTH: Final = 18
COMMENT_WIDTH: Final = 100

NO_DEFAULT: Final = "–"

CODE: Final = re.compile("`(?P<text>[^`]*)`")
NO_BREAK_SPACE: Final = "\u00a0"

TABLE_HEAD: Final = "| name | default | meaning |\n|---|---|---|\n"
TABLE: Final = re.compile(rf"{re.escape(TABLE_HEAD)}(?:\|.*\n)*")

ENV_EXAMPLE_HEAD: Final = """\
# Copy this file to .env, and take the # away from the lines to set. Each value is the default, or
# an example; the README explains more.
"""


@dataclass(frozen=True, slots=True)
class Documented:
    """A setting as an operator reads it.

    `default` and `meaning` are Markdown. `value` is the default as it is written in `.env`, or an
    example where the setting has no default.
    """

    name: str
    default: str
    meaning: str
    value: str


def documented_settings() -> Iterator[Documented]:
    """Yield all settings in the order of their declaration."""
    for name, field in Settings.model_fields.items():
        match field.json_schema_extra:
            case {"unset": str(unset)} if unset:
                without = unset
            case _:
                without = NO_DEFAULT
        yield Documented(
            name=name.upper(),
            default=f"`{field.default}`" if field.default else without,
            meaning=field.description or "",
            value=field.default or (field.examples or [""])[0],
        )


def help_lines() -> str:
    """Return the lines of `run_bot.py --help` about the settings."""
    return "\n".join(line for each in documented_settings() for line in _help_of(each))


def env_example() -> str:
    """Return the content of `.env.example`."""
    return "\n".join((ENV_EXAMPLE_HEAD, *map(_env_example_of, documented_settings())))


def table() -> str:
    """Return the table of the English README."""
    rows = (
        f"| `{each.name}` | {each.default} | {each.meaning} |\n" for each in documented_settings()
    )
    return TABLE_HEAD + "".join(rows)


def _help_of(each: Documented) -> Sequence[str]:
    text = _plain(each.meaning)
    if each.default != NO_DEFAULT:
        text += " " + _unbroken(f"(default: {_plain(each.default)})")
    return _wrapped(text, HELP_WIDTH, f"  {each.name:<{NAME_WIDTH}}", " " * (NAME_WIDTH + 2))


def _env_example_of(each: Documented) -> str:
    sentences = [each.meaning[0].upper() + each.meaning[1:] + "."]
    if each.default not in {NO_DEFAULT, f"`{each.value}`"}:
        sentences.append(f"Default: {each.default}.")
    comment = _wrapped(_plain(" ".join(sentences)), COMMENT_WIDTH, "# ", "# ")
    return "\n".join((*comment, f"#{each.name}={each.value}\n"))


def _plain(markdown: str) -> str:
    """Return Markdown as plain text; code of several words keeps its marks, and is not wrapped."""
    return CODE.sub(lambda code: _unbroken(code[0]) if " " in code[0] else code["text"], markdown)


def _unbroken(text: str) -> str:
    return text.replace(" ", NO_BREAK_SPACE)


def _wrapped(text: str, width: int, first_indent: str, indent: str) -> Sequence[str]:
    lines = wrap(
        text,
        width,
        initial_indent=first_indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(NO_BREAK_SPACE, " ") for line in lines]


def _write() -> None:
    """Write the texts into the files of the working directory, which is the repository's root."""
    Path(".env.example").write_text(env_example(), encoding="utf-8")
    readme = Path("README.md")
    text = readme.read_text(encoding="utf-8")
    readme.write_text(TABLE.sub(lambda _: table(), text), encoding="utf-8")


if __name__ == "__main__":
    _write()
