"""An SMSC of the package smpp34: hands over one message, prints and takes what is sent."""

import asyncio
import json
import sys
from typing import Any

from smpp34 import Esme, Server, SubmitSmEvent


def say(what: str, **facts: Any) -> None:
    """Print one JSON object."""
    sys.stdout.write(json.dumps({"is": what, **facts}) + "\n")
    sys.stdout.flush()


async def hand_over(esme: Esme) -> None:
    """Send one message and tell the answer."""
    answer = await esme.deliver_sm(
        esme.system_id,
        "Привет 🎉".encode("utf-16-be"),
        source_addr="+7999",
        data_coding=8,
    )
    say("acknowledged", status=answer.command_status)


async def main(port: int) -> None:
    """Serve until the end of the process."""
    server = Server("127.0.0.1", port, system_id="GoIP")
    await server.start()
    say("listening")
    tasks = set()
    while True:
        event = await server.next()
        if isinstance(event, Esme):
            say("bound", system_id=event.system_id)
            tasks.add(asyncio.create_task(hand_over(event)))
        elif isinstance(event, SubmitSmEvent):
            say(
                "submit",
                to=event.destination_addr,
                data_coding=event.data_coding,
                esm_class=event.esm_class,
                short_message=event.short_message.hex(),
                tlvs={f"{tlv.tag:04x}": tlv.value.hex() for tlv in event.tlvs},
            )
            event.accept("7")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
