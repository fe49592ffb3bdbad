"""Allocate a national city-diplomacy fund: exactly, fairly, and with reasons."""
