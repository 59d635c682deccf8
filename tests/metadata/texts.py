"""Ways through the translations."""

from collections.abc import Iterator
import string

from .files import INTEGRATION, Json

LANGUAGES = sorted((INTEGRATION / "translations").glob("*.json"))


def placeholders(text: str) -> set[str]:
    """Return the names in braces; ValueError where a brace stands alone."""
    return {
        name for _, name, _, _ in string.Formatter().parse(text) if name is not None
    }


def flows(texts: Json) -> Iterator[tuple[str, Json]]:
    """Yield every flow: of the entry, its options, its subentries, its repairs."""
    for name in ("config", "options"):
        if name in texts:
            yield name, texts[name]
    for kind, flow in texts.get("config_subentries", {}).items():
        yield f"config_subentries.{kind}", flow
    for issue, content in texts.get("issues", {}).items():
        if "fix_flow" in content:
            yield f"issues.{issue}", content["fix_flow"]


def forms(texts: Json) -> Iterator[tuple[str, Json]]:
    """Yield every step of every flow, and every section of a step."""
    for flow_name, flow in flows(texts):
        for step_name, step in flow["step"].items():
            yield f"{flow_name}.{step_name}", step
            for name, section in step.get("sections", {}).items():
                yield f"{flow_name}.{step_name}.{name}", section
