"""What the judge says: failures, and what is counted apart."""

from collections import Counter
from dataclasses import dataclass, field

from .evidence import Evidence


@dataclass(frozen=True, slots=True)
class Failure:
    """A promise that was broken, by one message."""

    rule: str
    tag: str
    what: str
    ids: tuple[str, ...] = ()

    def tell(self, evidence: Evidence) -> str:
        """Return the failure with its whole story."""
        lines = [f"{self.rule}: {self.tag}: {self.what}"]
        lines += [f"    {line}" for line in evidence.story(self.tag, self.ids)]
        return "\n".join(lines)


@dataclass(slots=True)
class Verdict:
    """All failures, and the figures beside them."""

    failures: list[Failure] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    apart: Counter[str] = field(default_factory=Counter)

    def fail(self, rule: str, tag: str, what: str, *ids: str) -> None:
        """Note a broken promise."""
        self.failures.append(Failure(rule, tag, what, ids))

    def add(self, other: Verdict) -> None:
        """Take in another verdict."""
        self.failures += other.failures
        self.counts += other.counts
        self.apart += other.apart

    @property
    def rules(self) -> Counter[str]:
        """How often each rule was broken."""
        return Counter(failure.rule for failure in self.failures)
