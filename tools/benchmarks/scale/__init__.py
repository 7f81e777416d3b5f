"""What everything costs as the number of fridges grows; see docs/scale.md."""
