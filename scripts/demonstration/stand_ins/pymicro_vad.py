"""Stands in for a voice package that has no wheel for every machine.

Home Assistant imports it to describe actions to its web page; nothing here listens.
"""


class MicroVad:
    """Never used."""
