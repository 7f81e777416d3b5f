"""Adding to the fridge: `/add`, its replies, and offers of ingredients that a name may mean."""
