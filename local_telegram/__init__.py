"""A stand-in for Telegram: its Bot API over HTTP, the people who use it, and a chat page.

The playground needs it, so it ships with the program. It knows nothing of fridges.
"""
