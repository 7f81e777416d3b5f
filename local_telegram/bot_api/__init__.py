"""The Bot API as a bot calls it over HTTP; what the people do is in `playground/`."""
