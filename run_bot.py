"""Starts the fridge bot: `run_bot.py --help` says how."""

import sys

from startup.process.signals import block_stops

if __name__ == "__main__":
    block_stops()
    from startup.command_line import main

    sys.exit(main())
