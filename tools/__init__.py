"""What tries and measures the program from outside. Nothing of the product imports it."""
