"""The main job, gone through once from outside: balance, SMS out, SMS in, two answers."""

from .boxes import Box, Boxes
from .check_money import check_money
from .check_udp import check_udp
from .furnish import SimEntities
from .home import Home
from .inventory import CONTACT_NUMBER, SIMS
from .seen import CheckFailed, eventually, on_air

INTERFACES = {"GoIP-4": "udp", "GoIP-1": "smpp", "TG200": "ami"}
"""How each box sends."""
ASKERS = {
    "GoIP-4": "+491515550001",
    "GoIP-1": "+491515550002",
    "TG200": "+491515550003",
}
"""One for each box, so that no answer is taken for another's."""


async def check(home: Home, boxes: Boxes, sims: list[SimEntities]) -> None:
    """Do the main job on all boxes and print each thing seen. Raises CheckFailed."""
    if len(sims) != SIMS:
        raise CheckFailed(f"{SIMS} SIMs were expected, there are {len(sims)}")
    await check_money(home, boxes, sims)
    known = [*boxes.added.values()]
    await _check_contact(home, known)
    last = {sim.box: sim for sim in sims}
    for name, box in boxes.added.items():
        sim, interface, asker = last[name], INTERFACES[name], ASKERS[name]
        await _check_send(home, box, sim, interface)
        await _receive(home, box, sim, asker, "ping")
        await on_air(home, [box], asker, "pong", sim.line, interface)
        await _receive(home, box, sim, asker, "status")
        await on_air(home, known, asker, "All is well at home.")
    await check_udp(home, boxes, [sim for sim in sims if sim.call])


async def _check_contact(home: Home, boxes: list[Box]) -> None:
    """Send through the contact's notify entity and find the SMS on the air."""
    text = "Check: through a notify entity"
    entity = {"entity_id": "notify.anna", "message": text}
    await home.action("notify", "send_message", entity)
    await on_air(home, boxes, CONTACT_NUMBER, text)


async def _check_send(home: Home, box: Box, sim: SimEntities, interface: str) -> None:
    """Send from one SIM and find the SMS in its box's log, from that line."""
    text = f"Check: from {sim.device}"
    data = {"to": CONTACT_NUMBER, "message": text, "device_id": sim.device_id}
    answer = await home.action("gsm_gateway", "send_sms", data, response=True)
    if len(answer["messages"]) != 1:
        raise CheckFailed(f"send_sms answered {answer}")
    await on_air(home, [box], CONTACT_NUMBER, text, sim.line, interface)


async def _receive(
    home: Home, box: Box, sim: SimEntities, sender: str, text: str
) -> None:
    """Let an SMS come in and see its event."""
    text = f"{text} {sim.line}"
    await box.command(home.session, "receive", line=sim.line, sender=sender, text=text)

    async def look() -> bool:
        attributes = (await home.state(sim.incoming))["attributes"]
        return (attributes.get("sender"), attributes.get("text")) == (sender, text)

    await eventually(f"{sim.incoming} with {text!r} from {sender}", look)
    print(f"received: {sim.device} from {sender}: {text}")
