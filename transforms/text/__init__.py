"""Arabic text: normalisation with offsets, sentences, dates, numbers. A pure leaf."""

from transforms.text.arabic import Normalised, normalise

__all__ = ["Normalised", "normalise"]
