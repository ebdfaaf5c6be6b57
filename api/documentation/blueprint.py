"""A blueprint whose routes say what they answer."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from flask_smorest import Blueprint
from marshmallow import Schema

from shared.errors import InternalError, Overloaded, RollcallError

View = Callable[..., Any]
Decorator = Callable[[View], View]

RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
}


class DocumentedBlueprint(Blueprint):
    """A flask-smorest blueprint; each dialect names the shape of its errors."""

    ERROR_SCHEMA: ClassVar[type[Schema]]
    ERROR_CONTENT_TYPE: ClassVar[str] = "application/json"
    OPERATION_PREFIX: ClassVar[str] = ""
    # What may happen to any request of the dialect.
    COMMON_ERRORS: ClassVar[tuple[type[RollcallError], ...]] = (InternalError, Overloaded)

    def arguments(self, schema: type[Schema], **options: Any) -> Decorator:
        """Parse by one schema that is made once, not one for each request."""
        decorate: Decorator = super().arguments(schema(), **options)
        return decorate

    def alt_response(self, status: int, **options: Any) -> Decorator:
        """Document an answer; nothing changes at run time, where flask-smorest would add a call."""
        decorate: Decorator = super().alt_response(status, **options)
        return lambda view: _as_documented(view, decorate(view))

    def answers(
        self,
        status: int,
        schema: type[Schema] | Mapping[str, Any] | None,
        description: str,
        *,
        example: Any = None,
        content_type: str | None = None,
        headers: Mapping[str, Any] | None = None,
        links: Mapping[str, Any] | None = None,
    ) -> Decorator:
        """Document an answer; nothing changes at run time."""
        documented: Decorator = self.alt_response(
            status,
            schema=schema,
            description=description,
            example=example,
            content_type=content_type,
            headers=headers,
            success=True,
        )
        if not links:
            return documented
        linked: Decorator = self.doc(responses={status: {"links": links}})
        return lambda view: linked(documented(view))

    def fails_with(self, *errors: type[RollcallError]) -> Decorator:
        """Document the errors of a route, and those of every route."""
        by_status: dict[int, list[type[RollcallError]]] = defaultdict(list)
        for error in (*errors, *self.COMMON_ERRORS):
            by_status[error.http_status].append(error)

        def decorate(view: View) -> View:
            for status, group in sorted(by_status.items()):
                described = "\n".join(f"- `{one.code}`: {_first_line(one)}" for one in group)
                retry = RETRY_AFTER if any(issubclass(one, Overloaded) for one in group) else None
                view = self.alt_response(
                    status,
                    schema=self.ERROR_SCHEMA,
                    content_type=self.ERROR_CONTENT_TYPE,
                    description=described,
                    headers=retry,
                )(view)
            return view

        return decorate


def _as_documented(view: View, wrapped: View) -> View:
    view._apidoc = wrapped._apidoc  # type: ignore[attr-defined]
    return view


def _first_line(error: type[RollcallError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]
