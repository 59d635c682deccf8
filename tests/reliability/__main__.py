"""The soak's command line: `scripts/soak`."""

from argparse import ArgumentParser
import asyncio
from pathlib import Path
import shutil
import sys
import tempfile
import time

from .evidence import read_folder
from .judge import judge, tell
from .sabotage_names import SABOTAGES
from .soak import Figures, Settings, Soak

HISTOGRAM = ("queued", "sending", "accepted", "stored", "announcing")


def main() -> None:
    """Run, print the figures, and end with 1 if any promise was broken."""
    parser = ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="of chaos")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--scale", type=float, default=20.0, help="of time")
    parser.add_argument("--sabotage", choices=SABOTAGES, default="")
    parser.add_argument(
        "--home-assistant", action="store_true", help="run real Home Assistant"
    )
    parser.add_argument("--keep", type=Path, help="leave all logs in this folder")
    args = parser.parse_args()
    seed = int(time.time()) % 100_000 if args.seed is None else args.seed
    settings = Settings(
        seconds=args.minutes * 60,
        seed=seed,
        scale=args.scale,
        sabotage=args.sabotage,
        home_assistant=args.home_assistant,
    )
    folder = args.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(
        f"seed {seed}, {args.minutes:g} minutes at {args.scale:g} x, logs in {folder}"
    )
    soak = Soak(settings, folder)
    asyncio.run(soak.run())
    evidence = read_folder(folder)
    verdict = judge(evidence)
    verdict.add(soak.syncs)
    print(figures(soak.figures))
    print(tell(verdict, evidence))
    if not verdict.failures and args.keep is None:
        shutil.rmtree(folder)
    sys.exit(bool(verdict.failures))


def figures(counted: Figures) -> str:
    """Return what the run counted of itself, in words."""
    states = ", ".join(f"{name} {counted.states[name]}" for name in HISTOGRAM)
    aims = ", ".join(f"{name} {number}" for name, number in counted.aims.most_common())
    memory = counted.memory or [0.0]
    return (
        f"kills: {counted.kills}, stops in order: {counted.stops}\n"
        f"states that kills found: {states}\n"
        f"kills by aim: {aims}\n"
        f"memory: {memory[0]:.1f} MB after the first start, "
        f"{memory[-1]:.1f} MB at the end, {max(memory):.1f} MB at most"
    )


if __name__ == "__main__":
    main()
