"""The version of what processes tell each other, by messages and in jobs' rows; see docs/adr/0009.

It goes up when a worker of the version before would do a job wrongly, not for what such a worker may ignore.
"""

SCHEMA_VERSION = 1

MESSAGE_HEADER = "rollcall_schema"
"""A header, not an argument: workers from before there were versions take no further arguments."""


def is_understood(version: object) -> bool:
    """Whether this process knows what a message means; one without a version is older than versions are."""
    return version is None or (isinstance(version, int) and version <= SCHEMA_VERSION)
