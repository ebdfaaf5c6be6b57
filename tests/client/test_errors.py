"""The tree of errors, and the service's codes in it."""

import pytest

from client import errors
from shared.errors import all_errors
from shared.errors.root import RollcallError as ServiceError

KINDS = list(all_errors())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_refusal_of_the_service_has_a_class_of_its_status(kind: type[ServiceError]) -> None:
    found = errors.refused_by_status(kind.http_status)
    expects_fault = kind.http_status >= 500 and kind.http_status != 503
    assert (found is errors.ServiceFault) == expects_fault


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set((errors.__doc__ or "").replace("├── ", " ").replace("└── ", " ").split())

    def below(kind: type[errors.RollcallError]) -> set[str]:
        return {kind.__name__}.union(*(below(child) for child in kind.__subclasses__()))

    # The command's own errors are no part of the client.
    assert below(errors.RollcallError) - drawn == set()
