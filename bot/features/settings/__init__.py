"""The choices of a chat: `/settings` and `/language`."""
