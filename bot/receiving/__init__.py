"""From Telegram to a handler: webhook, polling, queues, routing. No texts for people."""
