"""Tocsin: every error reaches the right people, once, where they are, and anyone can see why."""

__version__ = "0.1.0"
