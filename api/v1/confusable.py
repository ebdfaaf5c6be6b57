"""Speakers who are easily taken for each other; workers find them whenever a voice is enrolled or changes."""

from typing import Any

from flask import Response

from api.authentication import current_caller
from api.context import services
from api.v1 import enrolled, examples, resources
from api.v1.blueprint import V1Blueprint
from api.v1.paging import PageQuery, page, read_cursor
from shared.store.confusable import worst_first
from shared.wire import v1

confusable = V1Blueprint("confusable", "speakers who sound alike")


@confusable.get("/speakers/confusable")
@confusable.arguments(PageQuery, location="query")
@confusable.answers(
    200,
    resources.page_of(enrolled.Confusable),
    "A page of pairs.",
    example=examples.page(examples.CONFUSABLE),
)
@confusable.fails_with()
def list_confusable_speakers(query: dict[str, Any]) -> Response:
    """Pairs of speakers of whom one may get the other's name, worst first.

    They are compared as an identification compares voices at the service's target of false accepts. A speaker
    whose id is `confusable`, whom only the other dialect can make, cannot be read under this path, which is
    this list's; everything else about him works.
    """
    after = read_cursor(query["cursor"])
    with services().store.reading() as session:
        found = worst_first(session, current_caller().tenant_id, after=after, limit=query["limit"] + 1)
    return page(found, query["limit"], lambda pair: list(pair.position), v1.confusable_resource)
