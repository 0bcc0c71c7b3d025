"""Trains and publishes the built-in static sentence encoder of StrataRouter."""
