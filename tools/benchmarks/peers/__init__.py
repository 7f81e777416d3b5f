"""Bots on other libraries, written as these propose; they run in an environment of their own."""
