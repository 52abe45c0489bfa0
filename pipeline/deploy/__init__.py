"""A deployment in Google's cloud: the commands that make it, and what has to be true of them."""
