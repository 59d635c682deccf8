"""Folded sections of forms whose settings lie flat in an entry's data."""

from collections.abc import Container, Mapping
from typing import Any

from homeassistant.data_entry_flow import section
import voluptuous as vol

type Sections = Mapping[str, Mapping[vol.Marker, Any]]
"""The fields of each section, by its name."""


def section_fields(
    sections: Sections, open_sections: Container[str]
) -> dict[vol.Marker, Any]:
    """Return sections as fields of a form, folded but for `open_sections`."""
    return {
        vol.Required(name): section(
            vol.Schema(dict(fields)), {"collapsed": name not in open_sections}
        )
        for name, fields in sections.items()
    }


def section_input(sections: Sections, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of the sections' settings as the form's input."""
    return {
        name: {
            str(field): data[str(field)]
            for field in fields
            if data.get(str(field)) is not None
        }
        for name, fields in sections.items()
    }


def section_data(sections: Sections, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's input as settings, None where a field was left empty."""
    return {
        str(field): user_input[name].get(str(field))
        for name, fields in sections.items()
        for field in fields
    }
