"""A folder for each feature: its record, handlers, buttons and views; nothing receives or sends."""
