"""The Bot API as a client: calls, updates, files, menus, back-off. Nothing here knows a fridge."""
