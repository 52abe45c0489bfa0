"""Event rules, one file a type; loading them and matching them in a sentence."""
