"""Text that a box damages: cut inside a letter, or written in an alphabet that lacks a letter."""

import codecs


def cut_bytes(text: str, limit: int) -> str:
    """Cut after `limit` UTF-8 bytes; half a letter stays as surrogates that `write` restores."""
    if limit <= 0:
        return text
    return text.encode("utf-8", "surrogateescape")[:limit].decode(
        "utf-8", "surrogateescape"
    )


def from_bytes(raw: bytes) -> str:
    """Return text that `write` turns into exactly these bytes."""
    return raw.decode("utf-8", "surrogateescape")


def write(text: str, encoding: str) -> bytes:
    """Encode a page; broken bytes come out as they went in, foreign letters as "?"."""
    return text.encode(encoding, "simulator_broken")


def _restore(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write one letter that the codec refuses."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    code = ord(error.object[error.start])
    out = bytes((code - 0xDC00,)) if 0xDC80 <= code <= 0xDCFF else b"?"
    return out, error.start + 1


codecs.register_error("simulator_broken", _restore)
