"""Prints what the engine understands of a text: `python -m bot.understanding "계란 2개 먹었어"`."""

import argparse
import sys
from datetime import datetime

from bot.understanding.parse import Knowledge, own_names, parse
from bot.understanding.trace import lines
from fridge.catalogue.catalogue import load_catalogue


def main() -> None:
    """Print the parse of each text."""
    parser = argparse.ArgumentParser(
        description="Print what the bot understands of texts, and why."
    )
    parser.add_argument("text", nargs="+")
    parser.add_argument("--own", nargs="*", default=[], help="names that the chat typed itself")
    parser.add_argument("--month-first", action="store_true", help="3/4 is in March")
    given = parser.parse_args()
    knowledge = Knowledge.of(load_catalogue())
    today = datetime.now().astimezone().date()
    own = own_names(given.own)
    for text in given.text:
        found = parse(text, knowledge, today=today, own=own, month_first=given.month_first)
        sys.stdout.write("\n".join((text, *lines(found))) + "\n")


if __name__ == "__main__":
    main()
