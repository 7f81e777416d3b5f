"""Starts the fridge bot: `run_bot.py --help` says how."""

import sys

from startup.command_line import main

if __name__ == "__main__":
    sys.exit(main())
