"""The forms that cross the network: JSON values, UTF-16 lengths, parameters, refusals; no state."""
