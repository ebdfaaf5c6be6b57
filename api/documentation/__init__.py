"""The OpenAPI document, made from the schemas that validate, and the page that shows it.

Each route says beside itself what it answers; this room only gathers that and serves it.
"""

from api.documentation.blueprint import DocumentedBlueprint
from api.documentation.fields import LenientWholeNumber, Pattern, WholeNumber
from api.documentation.serving import (
    DOCUMENTATION_ENDPOINTS,
    PAGE_PATH,
    configure_documentation,
    register_documentation,
)

__all__ = [
    "DOCUMENTATION_ENDPOINTS",
    "PAGE_PATH",
    "DocumentedBlueprint",
    "LenientWholeNumber",
    "Pattern",
    "WholeNumber",
    "configure_documentation",
    "register_documentation",
]
