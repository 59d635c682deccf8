"""Messages over a bad way: `python -m tests.reliability.udp_push`.

A GoIP pushes messages to Home Assistant by UDP; datagrams are lost, doubled and
overtaken in both directions, and the box gives up after its repeats. Each
message is announced exactly once: pushed, if one datagram of it got through,
and else from the box's inbox page, which does not roll over meanwhile.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from homeassistant.core import Event, callback

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.simulator.core import journal as j
from tests.simulator.core.journal import Entry

from .texts import sender_of, text_of
from .udp_home import House, command, house

PAGE_EVERY = 330.0
"""Seconds after which the inbox page was read twice: every 300, and again after 30."""
COMMON = ("ok", "да", "1;2:3\nmsg:no")
"""Texts that the same people write again and again."""

HELP = {
    "messages": "how many come in",
    "scale": "of time",
    "seed": "of all chances",
    "tries": "of the box, before it gives up",
}

type Content = tuple[int | None, str, str]
"""Line, sender and text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What comes in, and how bad the way is."""

    messages: int = 5000
    lines: int = 32
    scale: float = 20.0
    seed: int = 5
    pace: float = 20.0
    """Seconds between two messages of a line; its page has 20 rows."""
    tries: int = 4
    """Once, and repeated three times."""
    loss: float = 0.2
    double: float = 0.1
    reorder: float = 0.1


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message on its way."""

    at: float
    line: int
    sender: str
    text: str


def plan(settings: Settings) -> Iterator[Incoming]:
    """Give the messages of a run in order, some of them alike."""
    chance = Random(settings.seed)
    begin = {
        line: chance.uniform(0, settings.pace) for line in range(1, settings.lines + 1)
    }
    for number in range(settings.messages):
        line = min(begin, key=lambda each: begin[each])
        if chance.random() < 0.1:
            sender, text = sender_of(line), chance.choice(COMMON)
        else:
            sender = chance.choice((sender_of(number), "BANK", "900"))
            text = text_of(f"i{number:05}", chance, share_long=0.1)
        yield Incoming(begin[line], line, sender, text)
        begin[line] += settings.pace * chance.uniform(0.75, 1.25)


class Announced:
    """What Home Assistant's bus told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    @callback
    def hear(self, event: Event) -> None:
        """Take an event."""
        self.events.append(dict(event.data))

    def contents(self, *, page: bool | None = None) -> Counter[Content]:
        """Count contents, of all or of what came from the inbox page or did not."""
        return Counter(
            (event["channel"], event["sender"], event["text"])
            for event in self.events
            if page in (None, event["time_guessed"])
        )


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What became of a run."""

    messages: int
    unheard: int
    """Messages of which no datagram got through."""
    pushed: int
    from_page: int
    handed_over: int
    """Attempts of which a datagram got through."""
    hits: Counter[str]
    failures: list[str]

    def tell(self) -> str:
        """Return the figures, then what is wrong."""
        later = self.from_page - self.unheard
        hits = ", ".join(f"{what} {n}" for what, n in sorted(self.hits.items()))
        lines = [
            f"messages: {self.messages}, no datagram through: {self.unheard}",
            f"announced once by push: {self.pushed}",
            f"announced once from the page: {self.from_page}, {later} before their push",
            f"attempts through: {self.handed_over}",
            f"datagrams: {hits}",
            *self.failures,
        ]
        return "\n".join(lines)


def judge(journal: j.Journal, announced: Announced) -> Outcome:
    """Compare what the box knows with what the bus told."""
    sent = journal.entries(j.SMS_INCOMING)
    by_id = {sms["id"]: sms for sms in sent}
    given_up = journal.entries(j.SMS_LOST, how="udp")
    unheard = [by_id[e["id"]] for e in given_up if not e["datagrams_through"]]
    wanted, told = contents_of(sent), announced.contents()
    from_page = announced.contents(page=True)
    events = announced.events
    failures = [f"not announced: {each}" for each in (wanted - told).elements()]
    failures += [f"announced too often: {each}" for each in (told - wanted).elements()]
    failures += [
        f"no datagram got through, and yet pushed: {each}"
        for each in (contents_of(unheard) - from_page).elements()
    ]
    ids = Counter(event["message_id"] for event in events)
    failures += [f"two events of {each}" for each, n in ids.items() if n > 1]
    failures += [
        f"told as a repeat or not kept: {event['message_id']}"
        for event in events
        if event["redelivered"] or not event["stored"] or not event["complete"]
    ]
    failures += [
        f"left the page before it was read twice: {row['id']}"
        for row in journal.entries(j.PAGE_ROLLED)
        if row["reads"] < 2
    ]
    return Outcome(
        messages=len(sent),
        unheard=len(unheard),
        pushed=announced.contents(page=False).total(),
        from_page=from_page.total(),
        handed_over=len(journal.entries(j.SMS_HANDED_OVER, how="udp RECEIVE")),
        hits=Counter(hit["fault"] for hit in journal.entries(j.FAULT_HIT)),
        failures=failures,
    )


def contents_of(entries: list[Entry]) -> Counter[Content]:
    """Count contents as `Announced.contents` does, of SMS that came in."""
    return Counter((sms.line, sms["sender"], sms["text"]) for sms in entries)


async def run(settings: Settings) -> Outcome:
    """Let all messages come in and wait until the page has nothing new any more."""
    announced = Announced()
    async with house(
        settings.lines,
        settings.scale,
        udp_tries=settings.tries,
        udp_seed=settings.seed,
    ) as home:
        home.hass.bus.async_listen(EVENT_SMS_RECEIVED, announced.hear)
        for name in ("loss", "double", "reorder"):
            await home.box.option(f"udp_{name}", str(getattr(settings, name)))
        await feed(home, settings)
        await home.until(lambda: not home.box.udp.waiting(), 60)
        await home.until(
            lambda: len(announced.events) >= settings.messages, 2 * PAGE_EVERY
        )
        await home.sleep(PAGE_EVERY)
        return judge(home.journal, announced)


async def feed(home: House, settings: Settings) -> None:
    """Let the messages come in, each at its moment."""
    clock = home.box.clock
    begin = clock.monotonic()
    for sms in plan(settings):
        await clock.sleep(begin + sms.at - clock.monotonic())
        await home.box.receive(sms.line, sms.sender, sms.text)


if __name__ == "__main__":
    command(run, Settings(), HELP, __doc__)
