"""A folder for each feature: its record, handlers, buttons and views. No receiving or sending."""
