"""Is a sync between the writing of a row and what it permits? Read from strace.

Before an acknowledgement (`deliver_sm_resp`, `RECEIVE n OK`) the row of the SMS
must be in the write-ahead log and synced; before the first byte of a send, the
row that names the message.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
import re

from .evidence import TAG
from .verdicts import Verdict

CALLS = "pwrite64,pwritev,write,fsync,fdatasync,sendto,sendmsg,recvfrom,recvmsg"
STRACE = (
    *("strace", "-f", "--seccomp-bpf", "-yy", "-xx", "-s", "70000", "-qq"),
    *("-e", f"trace={CALLS}", "-e", "signal=none"),
)
_CALL = re.compile(r"\d+ +(\w+)\(\d+<([^>]*)>")
_RESUMED = re.compile(r"\d+ +<\.\.\. (\w+) resumed>")
_AT_THE_END = ("recvfrom(", "recvmsg(", "fsync(", "fdatasync(", "pwrite64(")
"""Calls that have done nothing before they return."""
_BYTES = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DELIVER, _DELIVER_RESP, _SUBMIT = 0x00000005, 0x80000005, 0x00000004
_SENDS = (b"gsm send sms", b"smscontent=")
_PEER = re.compile(r"sin_port=htons\((\d+)\)")
_PUSHED = re.compile(rb"RECEIVE:(-?\d+);")
_TAKEN = re.compile(rb"RECEIVE (-?\d+) OK")


@dataclass(slots=True)
class _Link:
    """One SMPP connection: bytes that were read and the tags of what they brought."""

    unread: bytes = b""
    tags: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Watcher:
    """Goes through the calls in their order."""

    verdict: Verdict = field(default_factory=Verdict)
    _dirty: set[str] = field(default_factory=set)
    """Named in the write-ahead log since its last sync."""
    _safe: set[str] = field(default_factory=set)
    _pushed: dict[tuple[str, bytes], str] = field(default_factory=dict)
    """What each RECEIVE brought, by the port it came from and its number."""
    _links: dict[str, _Link] = field(default_factory=lambda: defaultdict(_Link))

    def wrote_log(self, data: bytes) -> None:
        """Take in a write to the write-ahead log."""
        self._dirty |= tags_in(data)

    def synced_log(self) -> None:
        """Take in a sync of the write-ahead log."""
        self._safe |= self._dirty
        self._dirty.clear()

    def received(self, socket: str, data: bytes) -> None:
        """Take in what a box sent; remember what each deliver_sm brings."""
        link = self._links[socket]
        for command, sequence, body in _pdus(link, data):
            if command == _DELIVER:
                link.tags[sequence] = next(iter(tags_in(body)), "")

    def sent(self, socket: str, data: bytes) -> None:
        """Check what leaves for a box."""
        if any(mark in data for mark in _SENDS):
            for tag in tags_in(data):
                self._check(tag, "first byte of a send")
            return
        for command, sequence, body in _pdus(_Link(), data):
            if command == _SUBMIT:
                for tag in tags_in(body):
                    self._check(tag, "first byte of a submit_sm")
            elif command == _DELIVER_RESP:
                tag = self._links[socket].tags.pop(sequence, "")
                self._check(tag, "acknowledgement")

    def datagram_in(self, peer: str, data: bytes) -> None:
        """Take in what a line sent by UDP; remember what each RECEIVE brings."""
        if pushed := _PUSHED.match(data):
            self._pushed[peer, pushed[1]] = next(iter(tags_in(data)), "")

    def datagram_out(self, peer: str, data: bytes) -> None:
        """Check what leaves for a line by UDP."""
        if taken := _TAKEN.match(data):
            self._check(self._pushed.get((peer, taken[1]), ""), "acknowledgement")
        elif data.startswith(b"MSG "):
            for tag in tags_in(data):
                self._check(tag, "first byte of a MSG")

    def _check(self, tag: str, what: str) -> None:
        self.verdict.counts["syncs checked"] += bool(tag)
        if tag and tag not in self._safe:
            self.verdict.fail("sync", tag, f"{what} without a sync of its row")


def tags_in(data: bytes) -> set[str]:
    """Return the messages that bytes name, in ASCII or UTF-16."""
    found = set()
    for text in (data, data.replace(b"\0", b"")):
        found |= set(TAG.findall(text.decode("latin-1")))
    return found


def _pdus(link: _Link, data: bytes) -> list[tuple[int, int, bytes]]:
    """Return command, sequence and body of every whole SMPP packet."""
    link.unread += data
    found = []
    while len(link.unread) >= 16:
        size = int.from_bytes(link.unread[:4])
        if not 16 <= size <= 70_000:
            link.unread = b""
            break
        if len(link.unread) < size:
            break
        pdu, link.unread = link.unread[:size], link.unread[size:]
        command, sequence = int.from_bytes(pdu[4:8]), int.from_bytes(pdu[12:16])
        found.append((command, sequence, pdu[16:]))
    return found


def read_trace(path: Path) -> Verdict:
    """Return the verdict on what strace wrote of one process."""
    watcher = Watcher()
    begun: dict[str, str] = {}
    with path.open(encoding="latin-1") as trace:
        for line in trace:
            thread = line.partition(" ")[0]
            if "<unfinished ...>" in line:
                start = line.partition("<unfinished")[0]
                if any(call in line for call in _AT_THE_END):
                    begun[thread] = start
                else:
                    _take(watcher, start)
            elif not _RESUMED.match(line):
                _take(watcher, line)
            elif thread in begun:
                _take(watcher, begun.pop(thread) + line.partition("resumed>")[2])
    return watcher.verdict


def _take(watcher: Watcher, line: str) -> None:
    match = _CALL.match(line)
    if match is None:
        return
    call, target = match[1], match[2]
    if target.startswith("\\x"):
        target = bytes.fromhex(target.replace("\\x", "")).decode("latin-1")
    if target.endswith("-wal"):
        if "sync" in call:
            watcher.synced_log()
        elif "write" in call:
            watcher.wrote_log(_data(line))
    elif target.startswith("TCP"):
        if call.startswith("recv"):
            watcher.received(target, _data(line))
        elif call.startswith("send"):
            watcher.sent(target, _data(line))
    elif target.startswith("UDP"):
        _take_datagram(watcher, call, line)


def _take_datagram(watcher: Watcher, call: str, line: str) -> None:
    """Take in a datagram; its peer stands behind it, in bytes as well."""
    found, peer = _BYTES.search(line), _PEER.search(line)
    if found is None or peer is None:
        return
    data = bytes.fromhex(found[1].replace("\\x", ""))
    if call.startswith("recv"):
        watcher.datagram_in(peer[1], data)
    elif call.startswith("send"):
        watcher.datagram_out(peer[1], data)


def _data(line: str) -> bytes:
    """Return the bytes that a call moved."""
    found = _BYTES.findall(line)
    return bytes.fromhex("".join(found).replace("\\x", ""))
