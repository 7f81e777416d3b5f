"""The plan of a run: how much happens to a bot."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each. A run ends after `patience` seconds without any answer."""

    seed: int
    updates: int
    chats: int
    kills: int
    restarts: int
    patience: float

    def random(self, purpose: str) -> Random:
        """Random decisions for a purpose, which are the same for the same seed."""
        return Random(f"{self.seed} {purpose}")  # noqa: S311 (no secrets are made of it)
