"""What all SIMs got overnight: `python -m tests.reliability.udp_burst`.

All lines of a GoIP push what they have within one second, in real time. Each
message is announced once, and acknowledged before the box repeats it.
"""

import asyncio
from dataclasses import dataclass
from statistics import median
import sys

from custom_components.gsm_gateway.const import EVENT_SMS_RECEIVED
from tests.simulator.core import journal as j

from .udp_home import House, house, quiet
from .udp_push import Announced, contents_of

LINES = 32
EACH = 10


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What became of a burst; times in seconds."""

    messages: int
    announced: int
    took: float
    """From the first to the last SMS that came in."""
    answers: list[float]
    """From the first datagram of each to its acknowledgement."""
    failures: list[str]

    def tell(self) -> str:
        """Return the figures, then what is wrong."""
        usual, worst = median(self.answers or [0.0]), max(self.answers or [0.0])
        lines = [
            f"messages: {self.messages} within {self.took:.2f} s",
            f"announced once: {self.announced}",
            f"acknowledged after {usual:.3f} s (median), {worst:.3f} s (worst)",
            *self.failures,
        ]
        return "\n".join(lines)


def judge(journal: j.Journal, announced: Announced) -> Outcome:
    """Compare what the box knows with what the bus told."""
    sent = journal.entries(j.SMS_INCOMING)
    attempts = journal.entries(j.SMS_HANDED_OVER, how="udp RECEIVE")
    first = {sms["id"]: sms for sms in attempts if sms["attempt"] == 1}
    wanted, told = contents_of(sent), announced.contents()
    failures = [f"not announced: {each}" for each in (wanted - told).elements()]
    failures += [f"announced too often: {each}" for each in (told - wanted).elements()]
    failures += [f"repeated: {e['id']}" for e in attempts if e["attempt"] > 1]
    answers = {
        answer["id"]: (answer.time - first[answer["id"]].time).total_seconds()
        for answer in journal.entries(j.SMS_ACKNOWLEDGED, how="udp RECEIVE")
    }
    failures += [f"not acknowledged: {id_}" for id_ in first.keys() - answers.keys()]
    return Outcome(
        messages=len(sent),
        announced=told.total(),
        took=(sent[-1].time - sent[0].time).total_seconds(),
        answers=list(answers.values()),
        failures=failures,
    )


async def run() -> Outcome:
    """Let everything come in at once."""
    announced = Announced()
    async with house(LINES) as home:
        home.hass.bus.async_listen(EVENT_SMS_RECEIVED, announced.hear)
        async with asyncio.TaskGroup() as lines:
            for line in range(1, LINES + 1):
                lines.create_task(_burst(home, line))
        await home.until(lambda: not home.box.udp.waiting(), 15)
        await home.until(lambda: len(announced.events) >= LINES * EACH, 15)
        return judge(home.journal, announced)


async def _burst(home: House, line: int) -> None:
    """Let the messages of one line come in within a second."""
    for number in range(EACH):
        await home.box.receive(line, "+79991234567", f"{line}: {number}")
        await home.sleep(0.9 / EACH)


def main() -> None:
    """Run, print the figures, and end with 1 if a message was lost, doubled or late."""
    quiet()
    outcome = asyncio.run(run())
    print(outcome.tell())
    sys.exit(bool(outcome.failures))


if __name__ == "__main__":
    main()
