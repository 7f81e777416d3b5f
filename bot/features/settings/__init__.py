"""What a chat chooses: `/settings` and `/language`."""
