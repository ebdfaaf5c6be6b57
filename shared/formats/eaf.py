"""EAF, the format of the annotation program ELAN: XML, with a tier for each speaker.

Annotations of a tier do not overlap, so overlapping segments of one speaker are joined.
Source: Max Planck Institute for Psycholinguistics, "EAF Annotation Format, version 3.0".
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shared.domain import Segment
from shared.formats.tiers import tiers

SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
KIND = "speech"


def to_eaf(segments: Sequence[Segment], recording: str) -> str:
    """The segments as an ELAN document, to the millisecond; ELAN asks for the recording when it opens it."""
    document = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "Rollcall",
            # It must have one; the same answer is the same bytes whenever it is asked for.
            "DATE": "1970-01-01T00:00:00+00:00",
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": SCHEMA,
        },
    )
    header = SubElement(document, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    SubElement(header, "PROPERTY", NAME="recording").text = recording
    slots = SubElement(document, "TIME_ORDER")
    for name, stretches in tiers(segments).items():
        tier = SubElement(document, "TIER", LINGUISTIC_TYPE_REF=KIND, PARTICIPANT=name, TIER_ID=name)
        for start_seconds, end_seconds in stretches:
            _annotate(tier, slots, name, start_seconds, end_seconds)
    SubElement(
        document,
        "LINGUISTIC_TYPE",
        GRAPHIC_REFERENCES="false",
        LINGUISTIC_TYPE_ID=KIND,
        TIME_ALIGNABLE="true",
    )
    indent(document)
    return tostring(document, encoding="unicode", xml_declaration=True) + "\n"


def _annotate(tier: Element, slots: Element, name: str, start_seconds: float, end_seconds: float) -> None:
    first = len(slots) + 1
    ids = [f"ts{first}", f"ts{first + 1}"]
    for slot_id, seconds in zip(ids, (start_seconds, end_seconds), strict=True):
        SubElement(slots, "TIME_SLOT", TIME_SLOT_ID=slot_id, TIME_VALUE=str(round(seconds * 1000)))
    annotation = SubElement(
        SubElement(tier, "ANNOTATION"),
        "ALIGNABLE_ANNOTATION",
        ANNOTATION_ID=f"a{len(slots) // 2}",
        TIME_SLOT_REF1=ids[0],
        TIME_SLOT_REF2=ids[1],
    )
    SubElement(annotation, "ANNOTATION_VALUE").text = name
