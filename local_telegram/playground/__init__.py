"""The people's side over HTTP: the chat page, and the routes below /playground."""
