"""SMS over a bad way: `python -m tests.reliability.udp_send`.

Home Assistant sends by a GoIP that it reaches by UDP; datagrams are lost in both
directions. No SMS is on the air twice, what is told of each is true, and
`unknown` is told only of those whose SEND or whose result was lost.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from homeassistant.core import Event, callback

from custom_components.gsm_gateway.const import DOMAIN, EVENT_SMS_STATUS
from tests.simulator.core import journal as j

from .texts import number_of
from .udp_home import House, command, house

LONGEST = 2 * 3600.0
ON_AIR = frozenset({"sent", "delivered"})
NOT_ON_AIR = frozenset({"failed", "expired", "cancelled"})
ENDS = {*ON_AIR, *NOT_ON_AIR, "unknown"}
UNLIMITED = {"parts_per_hour": 10_000, "parts_per_day": 10_000}
HELP = {
    "messages": "how many are sent",
    "scale": "of time",
    "seed": "of all chances",
    "loss": "fraction of the datagrams of each direction",
    "repeat": "what the box does with a SEND that it knows: status, duplicate",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What is sent, and how bad the way is."""

    messages: int = 200
    lines: int = 8
    scale: float = 20.0
    seed: int = 5
    loss: float = 0.2
    repeat: str = "duplicate"


class Told:
    """What Home Assistant's bus told of each message."""

    def __init__(self) -> None:
        self.states: dict[str, list[str]] = {}
        """By recipient, in order; each gets one SMS."""

    @callback
    def hear(self, event: Event) -> None:
        """Take an event."""
        self.states.setdefault(event.data["to"], []).append(event.data["state"])

    @property
    def ended(self) -> int:
        """How many messages have come to an end."""
        return sum(states[-1] in ENDS for states in self.states.values())


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What became of a run."""

    states: Counter[str]
    on_air: int
    lost: int
    """SMS of which a SEND or an OK was lost."""
    attempts: int
    hits: Counter[str]
    failures: list[str]

    def tell(self) -> str:
        """Return the figures, then what is wrong."""
        states = ", ".join(f"{state} {n}" for state, n in self.states.items())
        hits = ", ".join(f"{what} {n}" for what, n in self.hits.most_common())
        lines = [
            f"at the end: {states}",
            f"on the air: {self.on_air}, each once",
            f"a SEND or an OK lost of {self.lost} of them",
            f"times that one was handed to the box: {self.attempts}",
            f"lost datagrams: {hits}",
            *self.failures,
        ]
        return "\n".join(lines)


def judge(journal: j.Journal, told: Told, messages: int) -> Outcome:
    """Compare what was on the air with what the bus told."""
    air = Counter(sms["number"] for sms in journal.entries(j.SMS_ON_AIR))
    hits = journal.entries(j.FAULT_HIT, fault="udp_loss")
    lost = {
        hit["number"]
        for hit in hits
        if (hit["direction"], hit["dialogue"]) in {("in", "SEND"), ("out", "OK")}
        and "number" in hit.fields
    }
    ends = {number: states[-1] for number, states in told.states.items()}
    failures = [f"{n} times on the air: {to}" for to, n in air.items() if n > 1]
    failures += [
        f"no end is told of {to}: {s}" for to, s in ends.items() if s not in ENDS
    ]
    failures += [f"no end is told of {messages - len(ends)}"] * (len(ends) != messages)
    for number, state in ends.items():
        if state in ON_AIR and number not in air:
            failures.append(f"{state}, and never on the air: {number}")
        if state in NOT_ON_AIR and number in air:
            failures.append(f"{state}, and on the air: {number}")
        if state == "unknown" and number not in lost:
            failures.append(
                f"unknown, and nothing was lost: {told.states[number]} {number}"
            )
    return Outcome(
        states=Counter(ends.values()),
        on_air=len(air),
        lost=len(lost),
        attempts=sum(states.count("sending") for states in told.states.values()),
        hits=Counter(hit["dialogue"] for hit in hits),
        failures=failures,
    )


async def run(settings: Settings) -> Outcome:
    """Send all and wait for their ends."""
    told = Told()
    async with house(
        settings.lines,
        settings.scale,
        sims=UNLIMITED,
        udp_seed=settings.seed,
        udp_repeat_send=settings.repeat,
    ) as home:
        home.hass.bus.async_listen(EVENT_SMS_STATUS, told.hear)
        await home.until(lambda: _all_called(home), 60)
        await home.box.option("udp_loss", str(settings.loss))
        for number in range(settings.messages):
            await _send(home, to=number_of(number), message=f"o{number:05} hello")
        await home.until(lambda: told.ended == settings.messages, LONGEST)
        await home.sleep(60)
        return judge(home.journal, told, settings.messages)


async def _send(home: House, **wish: Any) -> None:
    """Send as an automation does."""
    await home.hass.services.async_call(
        DOMAIN, "send_sms", wish, blocking=True, return_response=True
    )


def _all_called(home: House) -> bool:
    """Tell whether Home Assistant may send by every line."""
    sender = home.entry.runtime_data.gateway.sender
    return all(sender.ready(number) for number in home.box.lines)


if __name__ == "__main__":
    command(run, Settings(), HELP, __doc__)
