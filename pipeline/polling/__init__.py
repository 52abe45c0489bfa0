"""Feeds over the network: which are due, what they answer, what is known of them."""
