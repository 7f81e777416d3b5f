"""What happens on a schedule."""
