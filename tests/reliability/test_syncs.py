"""The reader of strace sees whether a sync lies between a row and what it permits."""

from pathlib import Path

import pytest

from .syncs import read_trace

BOX = "TCP:[127.0.0.1:50000->127.0.0.1:7777]"
LOG = "/x/gsm_gateway.db-wal"
SYNC = f"7 fdatasync(5<{LOG}>) = 0"


def shown(data: bytes) -> str:
    """Return bytes as strace -xx shows them."""
    return "".join(f"\\x{byte:02x}" for byte in data)


def wrote(data: bytes) -> str:
    """Return a write to the write-ahead log."""
    return f'7 pwrite64(5<{shown(LOG.encode())}>, "{shown(data)}", {len(data)}, 0) = 9'


def got(data: bytes) -> str:
    """Return what came from the box."""
    return f'8 recvfrom(9<{BOX}>, "{shown(data)}", 65536, 0, NULL, NULL) = 9'


def sent(data: bytes) -> str:
    """Return what went to the box."""
    return f'8 sendto(9<{BOX}>, "{shown(data)}", {len(data)}, 0, NULL, 0) = 9'


def pdu(command: int, sequence: int, body: bytes = b"") -> bytes:
    """Return an SMPP packet."""
    size = 16 + len(body)
    head = (size, command, 0, sequence)
    return b"".join(part.to_bytes(4) for part in head) + body


CAME = got(pdu(5, 77, b"...i00001 hello"))
ANSWERED = sent(pdu(0x80000005, 77, b"\0"))
SUBMITTED = sent(pdu(4, 3, b"...o00001 hello"))
COMMANDED = sent(b'Command: gsm send sms 2 +49 "o00001 hello" 5\r\n\r\n')


def verdict(tmp_path: Path, *lines: str) -> tuple[int, int]:
    """Return how many syncs were looked for, and how many were missed."""
    trace = tmp_path / "trace"
    trace.write_text("\n".join(lines) + "\n", encoding="latin-1")
    found = read_trace(trace)
    return found.counts["syncs checked"], len(found.failures)


@pytest.mark.parametrize(
    ("row", "act"),
    [(b"i00001", ANSWERED), (b"o00001", SUBMITTED), (b"o00001", COMMANDED)],
)
def test_a_row_is_written_and_synced_before(
    tmp_path: Path, row: bytes, act: str
) -> None:
    assert verdict(tmp_path, CAME, wrote(row), SYNC, act) == (1, 0)
    assert verdict(tmp_path, CAME, wrote(row), act) == (1, 1)
    assert verdict(tmp_path, CAME, wrote(row), act, SYNC) == (1, 1)
    assert verdict(tmp_path, CAME, SYNC, act) == (1, 1)


def test_a_row_of_utf16_is_found(tmp_path: Path) -> None:
    came = got(pdu(5, 77, "i00001 ещё".encode("utf-16-be")))
    row = wrote("i00001 ещё".encode("utf-16-be"))
    assert verdict(tmp_path, came, row, SYNC, ANSWERED) == (1, 0)


def test_a_sync_counts_when_it_returns(tmp_path: Path) -> None:
    begun = f"7 fdatasync(5<{LOG}> <unfinished ...>"
    ended = "7 <... fdatasync resumed>) = 0"
    row = wrote(b"i00001")
    assert verdict(tmp_path, CAME, row, begun, ended, ANSWERED) == (1, 0)
    assert verdict(tmp_path, CAME, row, begun, ANSWERED, ended) == (1, 1)


def test_bytes_that_came_in_pieces_are_one_packet(tmp_path: Path) -> None:
    packet = pdu(5, 77, b"...i00001 hello")
    pieces = (got(packet[:9]), got(packet[9:]))
    assert verdict(tmp_path, *pieces, ANSWERED) == (1, 1)


UDP = "UDP:[127.0.0.1:44444]"


def datagram(call: str, port: int, data: bytes) -> str:
    """Return a datagram from or to a line."""
    host = shown(b"127.0.0.1")
    peer = f'sin_port=htons({port}), sin_addr=inet_addr("{host}")'
    return f'8 {call}(9<{UDP}>, "{shown(data)}", 99, 0, {{{peer}}}, [16]) = 9'


PUSHED = datagram("recvfrom", 10991, b"RECEIVE:-5;id:a;password:b;msg:i00001 hello")
TAKEN = datagram("sendto", 10991, b"RECEIVE -5 OK\n")
TOLD = datagram("sendto", 10991, b"MSG 11 12 o00001 hello\n")


@pytest.mark.parametrize(("row", "act"), [(b"i00001", TAKEN), (b"o00001", TOLD)])
def test_a_row_is_synced_before_a_datagram(
    tmp_path: Path, row: bytes, act: str
) -> None:
    assert verdict(tmp_path, PUSHED, wrote(row), SYNC, act) == (1, 0)
    assert verdict(tmp_path, PUSHED, wrote(row), act, SYNC) == (1, 1)


def test_each_line_counts_for_itself(tmp_path: Path) -> None:
    other = datagram("recvfrom", 10992, b"RECEIVE:-5;id:b;password:b;msg:i00002 hello")
    rows = (wrote(b"i00001"), SYNC)
    assert verdict(tmp_path, PUSHED, other, *rows, TAKEN) == (1, 0)
    to_the_other = datagram("sendto", 10992, b"RECEIVE -5 OK\n")
    assert verdict(tmp_path, PUSHED, other, *rows, to_the_other) == (1, 1)
