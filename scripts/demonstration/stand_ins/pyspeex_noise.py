"""Stands in for a voice package that has no wheel for every machine; see pymicro_vad."""


class AudioProcessor:
    """Never used."""
