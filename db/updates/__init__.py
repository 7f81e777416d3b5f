"""What is kept of updates: handled, failed and waiting ones."""
