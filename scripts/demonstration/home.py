"""A throw-away Home Assistant and a client for its own web interface."""

import asyncio
import json
import os
from pathlib import Path
import shutil
import sys
from typing import Any, Self

import aiohttp

ROOT = Path(__file__).resolve().parents[2]
HOUSEHOLD = Path(__file__).parent / "household"
STAND_INS = Path(__file__).parent / "stand_ins"
WELCOME = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}
"""The welcome steps behind the first one are done: they would add integrations
that look for the internet."""
START_SECONDS = 120
STOP_SECONDS = 30


class HomeError(Exception):
    """Home Assistant refused something; the text says what it answered."""


class Home:
    """One Home Assistant process with its own folder, and a signed-in client."""

    def __init__(self, folder: Path, port: int) -> None:
        """Prepare a home in an empty folder, to listen on 127.0.0.1."""
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "home-assistant.log"
        self.folder = folder
        self._port = port
        self._token = ""
        self._message_id = 0
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def __aenter__(self) -> Self:
        """Start, complete onboarding and sign in."""
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=90, connect=10)
        )
        self._furnish()
        await self._run()
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._wait_until_up("/api/onboarding")
                await self._onboard()
                await self._connect_websocket()
                # The first token ends after half an hour.
                self._token = await self.websocket(
                    "auth/long_lived_access_token", client_name="demo", lifespan=30
                )
                # Unconfirmed, Home Assistant takes its port back after five minutes.
                await self.websocket("http/config/promote")
                self._configure()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop Home Assistant and close the client."""
        await self.stop()
        await self.session.close()

    async def stop(self) -> None:
        """Stop Home Assistant; its folder stays."""
        await self.leave()
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def leave(self) -> None:
        """Close the WebSocket."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def ended(self) -> int:
        """Wait for the end of the process and return its exit code."""
        await self.leave()
        return await self._process.wait()

    async def run_again(self) -> None:
        """Start Home Assistant in its folder as it is now, and sign in."""
        await self._run()
        async with asyncio.timeout(START_SECONDS):
            await self._wait_until_up("/api/config")
            await self._connect_websocket()

    async def run_to_end(self) -> int:
        """Start Home Assistant where it ends by itself, and return its exit code."""
        await self._run()
        return await asyncio.wait_for(self._process.wait(), START_SECONDS)

    async def _run(self) -> None:
        """Start the process."""
        self._process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("hass")),
            "--config",
            str(self.folder),
            "--log-file",
            str(self.log),
            "--skip-pip",
            env={**os.environ, "PYTHONPATH": str(STAND_INS)},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )

    def _furnish(self) -> None:
        """Lay out the configuration folder."""
        shutil.copytree(HOUSEHOLD, self.folder, dirs_exist_ok=True)
        self._configure(
            f"\nhttp:\n  server_host: 127.0.0.1\n  server_port: {self._port}\n"
        )
        shutil.copytree(ROOT / "blueprints", self.folder / "blueprints")
        # A copy, not a link: what is restored from a backup takes its place.
        shutil.copytree(
            ROOT / "custom_components",
            self.folder / "custom_components",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        storage = self.folder / ".storage"
        storage.mkdir()
        (storage / "onboarding").write_text(json.dumps(WELCOME))

    def _configure(self, http: str = "") -> None:
        """Write the configuration; once confirmed, `http` is kept elsewhere."""
        name = "configuration.yaml"
        text = (HOUSEHOLD / name).read_text()
        (self.folder / name).write_text(text + http)

    async def _wait_until_up(self, path: str) -> None:
        """Wait for the first good answer."""
        while True:
            if self._process.returncode is not None:
                raise HomeError(f"Home Assistant ended by itself; see {self.log}")
            try:
                async with self.session.get(
                    f"{self.url}{path}", headers=self._headers
                ) as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.3)

    async def _onboard(self) -> None:
        """Make the first user and sign in."""
        client_id = f"{self.url}/"
        person = {
            "name": "Demo",
            "username": "demo",
            "password": "demo",
            "language": "en",
            "client_id": client_id,
        }
        made = await self.request("POST", "/api/onboarding/users", person)
        form = {
            "grant_type": "authorization_code",
            "code": made["auth_code"],
            "client_id": client_id,
        }
        async with self.session.post(f"{self.url}/auth/token", data=form) as reply:
            self._token = (await reply.json())["access_token"]

    async def _connect_websocket(self) -> None:
        """Open and sign in the WebSocket, for what REST does not offer."""
        socket = await self.session.ws_connect(f"{self.url}/api/websocket")
        self._socket = socket
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": self._token})
        answer = await socket.receive_json()
        if answer["type"] != "auth_ok":
            raise HomeError(f"Signing in failed: {answer}")

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def request(self, method: str, path: str, data: Any = None) -> Any:
        """Call the REST interface. Raises HomeError."""
        async with self.session.request(
            method, f"{self.url}{path}", json=data, headers=self._headers
        ) as reply:
            if reply.status >= 400:
                raise HomeError(f"{path}: {reply.status} {await reply.text()}")
            return await reply.json()

    async def websocket(self, kind: str, **arguments: Any) -> Any:
        """Send one WebSocket command and return its result. Raises HomeError."""
        if self._socket is None:
            raise HomeError("The WebSocket is not open")
        self._message_id += 1
        command = {"id": self._message_id, "type": kind, **arguments}
        try:
            await self._socket.send_json(command)
        except ConnectionError:
            # Nobody has answered a ping while nothing was asked.
            await self._connect_websocket()
            await self._socket.send_json(command)
        socket = self._socket
        while True:
            answer = await socket.receive_json(timeout=60)
            if answer["id"] == self._message_id and answer["type"] == "result":
                break
        if not answer["success"]:
            raise HomeError(f"{kind}: {answer['error']}")
        return answer["result"]

    async def action(
        self, domain: str, name: str, data: dict[str, Any], *, response: bool = False
    ) -> Any:
        """Call an action, and return its response if asked for. Raises HomeError."""
        suffix = "?return_response" if response else ""
        answer = await self.request(
            "POST", f"/api/services/{domain}/{name}{suffix}", data
        )
        return answer["service_response"] if response else answer

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return state and attributes of an entity. Raises HomeError."""
        state: dict[str, Any] = await self.request("GET", f"/api/states/{entity_id}")
        return state

    def config_flow(self, flow_id: str = "") -> Flow:
        """Return a flow that adds a box: a new one, or one that waits for the user."""
        path = "/api/config/config_entries/flow"
        return Flow(self, path, {"handler": "gsm_gateway"}, flow_id)

    def repair_flow(self, issue_id: str) -> Flow:
        """Return the dialogue behind a repair."""
        start = {"handler": "gsm_gateway", "issue_id": issue_id}
        return Flow(self, "/api/repairs/issues/fix", start)

    def subentry_flow(self, entry_id: str, kind: str, subentry_id: str = "") -> Flow:
        """Return a flow that adds a subentry, or changes the one that is named."""
        start: dict[str, Any] = {"handler": [entry_id, kind]}
        if subentry_id:
            start["subentry_id"] = subentry_id
        return Flow(self, "/api/config/config_entries/subentries/flow", start)


class Flow:
    """A dialogue with Home Assistant, filled in page by page."""

    def __init__(
        self, home: Home, path: str, start: dict[str, Any], flow_id: str = ""
    ) -> None:
        """Prepare; `start` shows the first page, of one that runs already `look`."""
        self._home = home
        self._path = path
        self._start = start
        self._flow_id = flow_id

    async def start(self) -> dict[str, Any]:
        """Return the first page."""
        page: dict[str, Any] = await self._home.request("POST", self._path, self._start)
        self._flow_id = page["flow_id"]
        return page

    async def look(self) -> dict[str, Any]:
        """Return the page that is shown now."""
        page: dict[str, Any] = await self._home.request(
            "GET", f"{self._path}/{self._flow_id}"
        )
        return page

    async def wait(self) -> dict[str, Any]:
        """Return the first page after one that waits for something. Raises HomeError."""
        try:
            async with asyncio.timeout(START_SECONDS):
                while True:
                    page = await self.look()
                    if page["type"] != "progress":
                        return page
                    await asyncio.sleep(0.3)
        except TimeoutError:
            raise HomeError("The page that waits has not gone on") from None

    async def fill(self, page: dict[str, Any]) -> dict[str, Any]:
        """Fill in the page that is shown and return what comes next. Raises HomeError."""
        answer: dict[str, Any] = await self._home.request(
            "POST", f"{self._path}/{self._flow_id}", page
        )
        if answer.get("errors"):
            raise HomeError(f"The form shows {answer['errors']}")
        return answer
