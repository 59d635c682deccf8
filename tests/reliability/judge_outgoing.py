"""What an automation handed to us is on the air at most once, and always reported."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
import re

from .evidence import MOVED, STALL, Evidence, Line, tag_of
from .verdicts import Verdict

FINAL = frozenset({"sent", "delivered", "failed", "unknown", "expired", "cancelled"})
MARGIN = 2.0
"""Seconds by which the logs of two processes may differ."""
EXPIRY_MARGIN = 10.0
HOUR, DAY = 3600.0, 24 * 3600.0
HALF_OF_HOUR, HALF_OF_DAY = 15, 50
"""Parts of one SIM on the air that make its budget a reason to wait."""
RECEIPT = 120.0
"""Seconds in which a box tells the result after it has accepted."""
_PREFIX = re.compile(r"^\d{1,2}/\d{1,2} ")
_LOSSES = frozenset({"sms_dropped", "sms_result_lost", "fault_hit"})
"""What the boxes write when a result is withheld, a dialogue cut, a request forgotten."""
_HARMLESS = frozenset({"udp_double", "udp_reorder"})
"""Faults that withhold nothing."""


@dataclass(slots=True)
class Message:
    """One message to one number."""

    tag: str
    number: str
    text: str
    order: int
    submitted_at: float
    answered_at: float | None = None
    message_id: str = ""
    refused: bool = False
    steps: list[Line] = field(default_factory=list)
    on_air: list[Line] = field(default_factory=list)
    refusals: list[Line] = field(default_factory=list)
    results: list[Line] = field(default_factory=list)
    """When a box told a client the end of it."""
    losses: list[Line] = field(default_factory=list)
    """What befell its dialogue with the box."""
    doubled: int = 0
    """How often the way to the box made two of a SEND by UDP."""

    @property
    def state(self) -> str:
        """What was reported last."""
        return self.steps[-1]["state"] if self.steps else ""

    def fail(self, verdict: Verdict, rule: str, what: str) -> None:
        """Note a broken promise."""
        ids = (self.message_id,) if self.message_id else ()
        verdict.fail(rule, self.tag, f"to {self.number}: {what}", *ids)


type _Key = tuple[str, str]


def judge_outgoing(evidence: Evidence) -> Verdict:
    """Return the verdict on all that was to go out."""
    verdict = Verdict()
    messages = _messages(evidence)
    _note_air(evidence, messages, verdict)
    _note_steps(evidence, messages, verdict)
    for message in messages.values():
        verdict.counts["outgoing"] += 1
        verdict.counts["on the air"] += bool(message.on_air)
        if message.state:
            verdict.counts[f"ended {message.state}"] += 1
        _judge_air(message, verdict)
        _judge_report(evidence, message, verdict)
    return verdict


def _messages(evidence: Evidence) -> dict[_Key, Message]:
    """Return what was handed over, by tag and number, with the answers."""
    messages: dict[_Key, Message] = {}
    orders: dict[int, list[Message]] = defaultdict(list)
    for line in evidence.harness:
        if line.kind != "submit":
            continue
        for wish in line["messages"]:
            message = Message(
                tag_of(wish["text"]), wish["to"], wish["text"], line["number"], line.at
            )
            messages[message.tag, message.number] = message
            orders[line["number"]].append(message)
    for line in evidence.bus:
        if line.kind == "refused":
            for message in orders[line["number"]]:
                message.refused = True
        elif line.kind == "answer":
            ids = {each["to"]: each["id"] for each in line["messages"]}
            for message in orders[line["number"]]:
                message.answered_at = line.at
                message.message_id = ids.get(message.number, "")
    return messages


def _note_air(
    evidence: Evidence, messages: dict[_Key, Message], verdict: Verdict
) -> None:
    by_sms: dict[tuple[str, int], Message] = {}
    for line in evidence.journal:
        is_result = line.kind in ("sms_result", "sms_result_acknowledged")
        if is_result and (line.box, line.get("sms")) in by_sms:
            by_sms[line.box, line["sms"]].results.append(line)
        for told in (line.fields, *line.get("open", ())):
            message = messages.get((tag_of(told.get("text") or ""), told.get("number")))
            if line.kind == "sms_on_air" and message is None:
                verdict.fail("invented", line.tag, f"{line['number']} was not wished")
            elif message is not None:
                _note_told(message, line, in_it=told is line.fields)
            if line.kind == "sms_on_air" and message is not None and "sms" in told:
                by_sms[line.box, line["sms"]] = message


def _note_told(message: Message, line: Line, *, in_it: bool) -> None:
    """Note what is told of a message, in the line itself or beside it."""
    if line.kind == "sms_on_air":
        message.on_air.append(line)
    elif line.kind == "sms_refused":
        message.refusals.append(line)
    elif not in_it or _withholds(line):
        message.losses.append(line)
    elif line.get("fault") == "udp_double":
        message.doubled += line["dialogue"] == "SEND"


def _withholds(line: Line) -> bool:
    """Tell whether something of a dialogue was lost."""
    return line.kind in _LOSSES and line.get("fault") not in _HARMLESS


def _note_steps(
    evidence: Evidence, messages: dict[_Key, Message], verdict: Verdict
) -> None:
    for line in evidence.bus:
        if line.kind != "status":
            continue
        message = messages.get((line.tag, line["to"]))
        if message is None:
            verdict.fail("invented", line.tag, "a state of an unknown message")
            continue
        if message.message_id not in ("", line["id"]):
            message.fail(verdict, "doubled", "two message ids")
        message.message_id = line["id"]
        message.steps.append(line)


def _judge_air(message: Message, verdict: Verdict) -> None:
    """Compare what was on the air with what was wished, and with what was reported."""
    texts = [_PREFIX.sub("", line["text"]) for line in message.on_air]
    again = [text for text, times in Counter(texts).items() if times > 1]
    if again and len(texts) <= 1 + message.doubled:
        verdict.apart["a SEND was doubled on its way, and the box sent twice"] += 1
        return
    if again or sum(map(len, texts)) > len(message.text):
        message.fail(verdict, "doubled", "more than once on the air")
        return
    if texts and message.refused:
        message.fail(verdict, "invented", "on the air although it was refused")
    whole = "".join("".join(texts).split()) == "".join(message.text.split())
    if message.state in ("sent", "delivered") and not whole:
        message.fail(verdict, "air", f"{message.state}, but not whole on the air")
    if texts and message.state in ("expired", "cancelled", "queued"):
        message.fail(verdict, "air", f"on the air, but {message.state}")


def _judge_report(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Check that it was reported, and truly."""
    if message.refused:
        verdict.counts["refused at once"] += 1
    elif message.answered_at is None and not message.steps:
        verdict.apart["submits that a kill left unanswered"] += 1
        if message.on_air:
            message.fail(verdict, "unreported", "on the air, but no state was told")
    elif _forgotten(evidence, message):
        verdict.apart["not written on a full disk, then killed"] += 1
    else:
        _judge_end(evidence, message, verdict)


def _judge_end(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Check the state that was reported last."""
    match message.state:
        case "unknown":
            _judge_unknown(evidence, message, verdict)
        case "failed":
            _judge_failed(evidence, message, verdict)
        case "expired":
            _judge_expired(message, verdict)
        case "accepted":
            _judge_accepted(evidence, message, verdict)
        case "sent":
            _judge_sent(evidence, message, verdict)
        case "queued" if message.steps[-1]["expires"] > evidence.end:
            _judge_waiting(evidence, message, verdict)
        case state if state not in FINAL:
            message.fail(verdict, "unreported", f"ends as {state or 'nothing'}")


def _forgotten(evidence: Evidence, message: Message) -> bool:
    """Tell whether its state was told on a full disk and a kill forgot it."""
    if message.state in FINAL:
        return False
    last = message.steps[-1].at if message.steps else message.answered_at or 0.0
    return any(
        full.start <= last <= full.end + 20
        and evidence.killed_between(last, full.end + 20)
        for full in evidence.full
    )


def _dialogue(message: Message) -> tuple[float, float]:
    """Return begin and end of the last attempt to send."""
    begun = [
        step.at for step in message.steps[:-1] if step["state"] in ("sending", "queued")
    ]
    start = begun[-1] if begun else message.submitted_at
    return start - MARGIN, message.steps[-1].at + MARGIN


def _troubled(
    evidence: Evidence, message: Message, kind: str, start: float, end: float
) -> bool:
    """Tell whether its SIM had a trouble of a kind just then."""
    box, _, sim = (message.steps[-1].get("sim") or "").partition("-")
    return any(
        each.kind == kind and each.touches(box, int(sim or 0) or None, start, end)
        for each in evidence.troubles
    )


def _judge_unknown(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Look for the cut, the withheld result or the kill that excuses it."""
    start, end = _dialogue(message)
    if evidence.ended_between(start, end):
        verdict.counts["unknown after a kill or a stop"] += 1
    elif any(line.at - line.get("seconds", 0.0) <= end for line in message.losses):
        verdict.counts["unknown after a fault"] += 1
    elif _troubled(evidence, message, MOVED, start, end):
        verdict.counts["unknown after the line had moved"] += 1
    elif _troubled(evidence, message, STALL, start, end):
        verdict.apart["unknown while the machine stood still"] += 1
    else:
        message.fail(verdict, "unknown", "nothing was cut, withheld or killed")


def _judge_failed(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Look for the refusal, or for a text that a kill or a fault has cut short."""
    before = [step["state"] for step in message.steps[:-1]]
    if message.refusals:
        return
    if message.on_air and "unknown" in before:
        last = replace(message, steps=message.steps[: before.index("unknown") + 1])
        _judge_unknown(evidence, last, verdict)
        verdict.counts["failed: known to be cut short"] += 1
    else:
        message.fail(verdict, "failed", "the box did not refuse it")


def _judge_expired(message: Message, verdict: Verdict) -> None:
    last = message.steps[-1]
    if last.at < last["expires"] - EXPIRY_MARGIN:
        message.fail(verdict, "expired", "before its time")


def _judge_waiting(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Look for why the only SIM that may send it does not."""
    box, _, sim = (message.steps[-1].get("sim") or "").partition("-")
    on_line = [x for x in evidence.journal if x.box == box and str(x.sim) == sim]
    day = [x for x in on_line if x.kind == "sms_on_air" and x.at > evidence.end - DAY]
    hour = [x for x in day if x.at > evidence.end - HOUR]
    if _parts(hour) > HALF_OF_HOUR or _parts(day) > HALF_OF_DAY:
        verdict.apart["still queued, its SIM has used its budget"] += 1
    elif any(x.get("fault") == "result_withheld" for x in on_line):
        verdict.apart["still queued, its line shows a withheld result as busy"] += 1
    else:
        message.fail(verdict, "unreported", "still queued for no reason")


def _parts(sent: list[Line]) -> int:
    return sum(line.get("parts", 1) for line in sent)


def _judge_accepted(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Look for what withheld the rest, from the hand-over to the receipt."""
    start, end = _dialogue(message)
    if message.losses:
        verdict.counts["accepted, the rest withheld"] += 1
    elif any(x.kind == "sms_result_acknowledged" for x in message.results):
        _judge_receipt(evidence, message, verdict)
    elif evidence.killed_between(start, end + RECEIPT):
        verdict.apart["accepted before a kill, its receipt not brought again"] += 1
    else:
        message.fail(verdict, "unreported", "accepted, and no word since")


def _judge_sent(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Check that what a DELIVER told of it by UDP was told on."""
    if any(
        x.kind == "sms_result_acknowledged"
        and x.get("how") == "udp DELIVER"
        and x["state"] == 0
        for x in message.results
    ):
        _judge_receipt(evidence, message, verdict)


def _judge_receipt(evidence: Evidence, message: Message, verdict: Verdict) -> None:
    """Look for the full disk that excuses a receipt which was taken, and not told."""
    acknowledged = [x for x in message.results if x.kind == "sms_result_acknowledged"]
    if any(
        full.start <= x.at <= full.end + 20
        for full in evidence.full
        for x in acknowledged
    ):
        verdict.apart["not written on a full disk, then killed"] += 1
    else:
        told = "its receipt was acknowledged, not told"
        message.fail(verdict, "unreported", told)
