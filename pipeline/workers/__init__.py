"""Processes that are given untrusted bytes and can be killed without harm."""
