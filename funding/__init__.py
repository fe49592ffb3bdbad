"""Allocate a national city-diplomacy fund: exactly, fairly, and with reasons."""

__version__ = "0.1.0"
