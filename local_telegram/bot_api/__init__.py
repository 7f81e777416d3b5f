"""The Bot API, as a bot calls it over HTTP; what people do is in `playground/`."""
