"""From Telegram to a handler: webhook, polling, queues, routing. No words for people."""
