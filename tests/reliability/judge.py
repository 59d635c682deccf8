"""The judge: `python -m tests.reliability.judge FOLDER` looks at a run again."""

from pathlib import Path
import sys

from .evidence import Evidence, read_folder
from .judge_incoming import judge_incoming
from .judge_outgoing import judge_outgoing
from .verdicts import Verdict

SHOWN = 12


def judge(evidence: Evidence) -> Verdict:
    """Return the verdict on everything."""
    verdict = judge_incoming(evidence)
    verdict.add(judge_outgoing(evidence))
    for line in evidence.bus:
        if line.kind == "crash":
            verdict.fail("crash", "", f"{line['task']}: {line['error']}")
    return verdict


def tell(verdict: Verdict, evidence: Evidence, shown: int = SHOWN) -> str:
    """Return the verdict in words: figures, what is counted apart, failures."""
    out = [f"{name}: {number}" for name, number in sorted(verdict.counts.items())]
    out += ["counted apart:"]
    out += [f"  {name}: {number}" for name, number in sorted(verdict.apart.items())]
    if not verdict.failures:
        return "\n".join([*out, "failures: none"])
    out += [f"failures: {len(verdict.failures)}, {dict(verdict.rules)}"]
    out += [failure.tell(evidence) for failure in verdict.failures[:shown]]
    return "\n".join(out)


def main() -> None:
    """Judge a folder and end with 1 if anything failed."""
    evidence = read_folder(Path(sys.argv[1]))
    verdict = judge(evidence)
    print(tell(verdict, evidence))
    sys.exit(bool(verdict.failures))


if __name__ == "__main__":
    main()
