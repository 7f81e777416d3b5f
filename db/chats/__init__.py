"""What is known of a chat beside its fridge: settings, moves, blocks, forgetting."""
