"""Putting things in: `/add`, its answers, and the offers of what a name may mean."""
