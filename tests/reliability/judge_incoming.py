"""Nothing that was handed to us is lost, and nothing is announced twice."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulator.core import gsm0338

from .evidence import (
    FULL_DISK,
    LINK_CLOSED,
    NOT_LISTENING,
    STALL,
    Evidence,
    Line,
)
from .verdicts import Verdict

AT_RISK = 6.0
"""Seconds before the end of an AMI link in which an event may die on its way.

AMI has no acknowledgement: what was written to a socket that nobody reads any
more counts as received with nobody connected.
"""
PROBE = 20.0
"""Seconds after which a disk that takes something again must be in use."""
TWICE = 30.0
"""Seconds between the two reads of the inbox page that an entry needs where something pushes."""
READ = 10.0
"""Seconds in which a read of the page must be on disk; a kill in them undoes it."""
_AGAIN = "announced again after a full disk and an end"
_DEADLY = frozenset({NOT_LISTENING, LINK_CLOSED})
_DEAF = frozenset({NOT_LISTENING, FULL_DISK, STALL})
UNHEARD = 5.0
"""Seconds around a datagram in which nothing may be wrong, for it to be taken."""


@dataclass(slots=True)
class Arrival:
    """One SMS as it came in over the radio of a simulated box."""

    tag: str
    box: str
    sim: int
    at: float
    text: str
    """The whole text."""
    parts: dict[int, str] = field(default_factory=dict)
    """What each part has of it, from 1."""
    events: list[Line] = field(default_factory=list)
    safe: set[int] = field(default_factory=set)
    """The parts that were handed to us beyond doubt."""
    doubtful: set[int] = field(default_factory=set)
    """The parts that died with an AMI link, or perhaps did."""
    in_memory: set[int] = field(default_factory=set)
    """The parts that a full disk did not take before a kill."""
    taken_whole: bool = False
    """Whether UDP handed over all that came, beyond doubt."""
    unheard: bool = False
    """Whether no datagram of it was ever on the wire."""
    missing: set[int] = field(default_factory=set)
    """The parts that never came over the radio, or died inside the box."""
    twice: bool = False
    """Whether the box brought it twice on one link, which nobody can tell from two."""
    rolled: Line | None = None
    """How it left the inbox page."""

    @property
    def owed(self) -> set[int]:
        """The parts that events must have."""
        whole = self.parts.keys() - self.missing if self.taken_whole else set()
        return self.safe | whole


def judge_incoming(evidence: Evidence) -> Verdict:
    """Return the verdict on all that came in."""
    verdict = Verdict()
    arrivals = _arrivals(evidence)
    for line in evidence.bus:
        if line.kind != "received":
            continue
        if line.tag in arrivals:
            arrivals[line.tag].events.append(line)
        else:
            verdict.fail("invented", line.tag, "an event without an SMS", line["id"])
    _note_handovers(evidence, arrivals, verdict)
    for arrival in arrivals.values():
        verdict.counts["incoming"] += 1
        verdict.counts["incoming parts"] += len(arrival.parts)
        _judge_loss(evidence, arrival, verdict)
        _judge_events(evidence, arrival, verdict)
    return verdict


def _arrivals(evidence: Evidence) -> dict[str, Arrival]:
    """Return what came in by its tag."""
    arrivals: dict[str, Arrival] = {}
    for line in evidence.journal:
        if line.kind == "sms_incoming":
            text = line["text"]
            split = gsm0338.split(text, gsm0338.radio_encoding(text))
            arrival = Arrival(line.tag, line.box, line.sim or 0, line.at, text)
            arrival.parts = dict(enumerate(split, 1))
            arrival.missing = set(line.get("missing", ()))
            arrivals[line.tag] = arrival
    return arrivals


def _note_handovers(
    evidence: Evidence, arrivals: dict[str, Arrival], verdict: Verdict
) -> None:
    owners = {
        (line.box, line["id"]): arrivals[line.tag]
        for line in evidence.journal
        if line.kind == "sms_incoming"
    }
    for line in evidence.journal:
        arrival = owners.get((line.box, line.get("id", 0)))
        if arrival is None:
            continue
        part = line.get("part", 1)
        match line.kind, line.get("how"):
            case _, "udp RECEIVE" | "udp":
                _note_udp(evidence, arrival, line)
            case "sms_acknowledged", _ if line["status"] == 0:
                arrival.safe.add(part)
            case "sms_handed_over", "ami":
                _by_ami(evidence, arrival, line.at).add(part)
            case "sms_lost", "ami":
                verdict.apart["TG parts with nobody connected"] += 1
            case "sms_lost", "joining":
                arrival.missing.add(part)
            case "fault_hit", _ if line["fault"] == "duplicate":
                arrival.twice = True
            case "page_rolled", _:
                arrival.rolled = line


def _note_udp(evidence: Evidence, arrival: Arrival, line: Line) -> None:
    match line.kind:
        case "sms_acknowledged":
            arrival.taken_whole |= line["status"] == 0
        case "sms_handed_over":
            arrival.taken_whole |= _hears(evidence, line)
        case "sms_lost":
            arrival.unheard = not line["datagrams_through"]


def _by_ami(evidence: Evidence, arrival: Arrival, at: float) -> set[int]:
    """Return the parts of a message to which one belongs that a TG wrote to a login."""
    if _link_died(evidence, arrival, at):
        return arrival.doubtful
    return arrival.in_memory if _only_in_memory(evidence, at) else arrival.safe


def _hears(evidence: Evidence, line: Line) -> bool:
    """Tell whether a datagram on the wire must have been heard and kept."""
    start, end = line.at - UNHEARD, line.at + UNHEARD
    return not any(
        each.kind in _DEAF and each.touches(line.box, line.sim, start, end)
        for each in evidence.troubles
    )


def _link_died(evidence: Evidence, arrival: Arrival, at: float) -> bool:
    return any(
        each.kind in _DEADLY
        and each.touches(arrival.box, arrival.sim, at, at + AT_RISK)
        for each in evidence.troubles
    )


def _only_in_memory(evidence: Evidence, at: float) -> bool:
    """Tell whether a kill met what came when the disk was full."""
    return any(
        full.start <= at <= full.end + PROBE
        and evidence.killed_between(at, full.end + PROBE)
        for full in evidence.full
    )


def _judge_loss(evidence: Evidence, arrival: Arrival, verdict: Verdict) -> None:
    """Compare what was handed over with what the events have."""
    told = [event["text"] for event in arrival.events]
    if arrival.text in told or (arrival.missing and _all_told(arrival, told)):
        return
    missing = [
        number
        for number in sorted(arrival.owed)
        if not any(arrival.parts[number] in text for text in told)
    ]
    ids = tuple(event["id"] for event in arrival.events)
    if missing:
        verdict.fail("lost", arrival.tag, f"part {missing} handed over, not told", *ids)
    elif arrival.owed >= arrival.parts.keys():
        verdict.fail("lost", arrival.tag, "all parts told, never the whole", *ids)
    elif arrival.box != "tango" and _was_on_page(evidence, arrival):
        verdict.fail("lost", arrival.tag, "stood on the inbox page, not told", *ids)
    elif arrival.in_memory:
        verdict.apart["TG messages in memory on a full disk, then killed"] += 1
    elif arrival.doubtful:
        verdict.apart["TG messages that died with their link"] += 1
    elif arrival.box == "tango":
        verdict.apart["TG messages with nobody connected"] += 1
    elif arrival.unheard:
        verdict.apart["no datagram got through, and it left the page unread"] += 1
    else:
        verdict.apart["left a GoIP page unread"] += 1


def _all_told(arrival: Arrival, told: list[str]) -> bool:
    """Tell whether every part that could come was told."""
    came = [text for n, text in arrival.parts.items() if n not in arrival.missing]
    return bool(told) and all(any(part in text for text in told) for part in came)


def _was_on_page(evidence: Evidence, arrival: Arrival) -> bool:
    """Tell whether the page showed it as often as is needed, or shows it still."""
    rolled = arrival.rolled
    if rolled is None:
        return not arrival.missing
    if not rolled["reads"]:
        return False
    first, last = _moment(rolled["first_read"]), _moment(rolled["last_read"])
    twice = arrival.box == "bravo" or last - first >= TWICE + READ
    return twice and not evidence.killed_between(last, last + READ)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _judge_events(evidence: Evidence, arrival: Arrival, verdict: Verdict) -> None:
    """Check every event of one SMS against the others."""
    first: list[Line] = []
    seen: dict[str, list[Line]] = defaultdict(list)
    for event in sorted(arrival.events, key=lambda line: line.at):
        _judge_content(evidence, arrival, event, verdict)
        before = seen[event["id"]]
        if event["redelivered"]:
            verdict.counts["redelivered"] += 1
            if before and _was_from_memory(evidence, before, event):
                verdict.apart[_AGAIN] += 1
            elif not _may_repeat(evidence, arrival, event, before):
                what = "redelivered without a kill or a late part"
                verdict.fail("redelivered", arrival.tag, what, event["id"])
        elif first and _was_from_memory(evidence, first, event):
            verdict.apart[_AGAIN] += 1
        else:
            first.append(event)
        before.append(event)
    if len(first) == 2 and arrival.twice:
        verdict.apart["brought twice on one SMPP link, announced twice"] += 1
    elif len(first) > 1:
        what = f"{len(first)} events with redelivered false"
        verdict.fail("doubled", arrival.tag, what, *(x["id"] for x in first))
    verdict.counts["announced"] += bool(arrival.events)


def _judge_content(
    evidence: Evidence, arrival: Arrival, event: Line, verdict: Verdict
) -> None:
    text, ids = event["text"], event["id"]
    whole = text == arrival.text
    pieces = any(part in text for part in arrival.parts.values())
    if event["sort"] != "text" or not pieces:
        verdict.fail("changed", arrival.tag, "not the text that came in", ids)
    elif event["complete"] is not whole:
        verdict.fail("complete", arrival.tag, f"complete is not {whole}", ids)
    if (event.box, event.sim) != (arrival.box, arrival.sim):
        verdict.fail("changed", arrival.tag, "not the SIM that it came to", ids)
    if not event["stored"]:
        verdict.counts["announced from memory"] += 1
        if not any(x.start <= event.at <= x.end + PROBE for x in evidence.full):
            verdict.fail("stored", arrival.tag, "stored false on a good disk", ids)


def _may_repeat(
    evidence: Evidence, arrival: Arrival, event: Line, before: list[Line]
) -> bool:
    """Tell whether a kill hit the announce window, or a late part made it complete."""
    grown = before and len(event["text"]) > len(before[-1]["text"])
    if grown and not before[-1]["complete"]:
        return True
    since = before[-1].at if before else arrival.at
    kills = evidence.killed_between(since, event.at)
    return any(event["id"] in kill.get("announcing", ()) for kill in kills)


def _was_from_memory(evidence: Evidence, first: list[Line], event: Line) -> bool:
    """Tell whether it was announced from memory, and forgotten as the process ended."""
    return not first[-1]["stored"] and bool(
        evidence.ended_between(first[-1].at, event.at)
    )
