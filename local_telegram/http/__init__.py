"""What holds for every HTTP request: who may ask, and with what body. No route is here."""
