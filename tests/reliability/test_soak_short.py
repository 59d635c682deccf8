"""A short soak: everything breaks for a while, and no promise with it."""

from pathlib import Path
import shutil
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_half_a_minute_of_chaos_breaks_no_promise(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.reliability", "--minutes", "0.4"]
    run = subprocess.run(
        [*command, "--seed", "11", "--keep", str(tmp_path / "soak")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    figures = dict(
        line.split(": ", 1) for line in run.stdout.splitlines() if ": " in line
    )
    assert int(figures["announced"]) > 10
    assert int(figures["on the air"]) > 10
    assert int(figures["syncs checked"]) > 5
    assert int(figures["kills"].split(",")[0]) > 4
