"""The Bot API as a client: calls, updates, files, menus, outages. Nothing here knows a fridge."""
