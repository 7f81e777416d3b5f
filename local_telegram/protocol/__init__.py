"""The forms of what crosses the network: JSON values, UTF-16 lengths, parameters, refusals."""
