"""What is done to a bot."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything. `patience` is in seconds: without any answer for so long, it ends."""

    seed: int
    updates: int
    chats: int
    kills: int
    restarts: int
    patience: float

    def random(self, purpose: str) -> Random:
        """Random decisions for a purpose, the same ones again for the same seed."""
        return Random(f"{self.seed} {purpose}")  # noqa: S311 (no secrets are made of it)
