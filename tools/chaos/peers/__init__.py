"""The same bot, received by other libraries in the way that they propose."""
