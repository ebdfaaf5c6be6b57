"""The same audio has the same answer, however it is computed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.diarization.turns import Turn

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer

RUNS = 10


@pytest.fixture(scope="module")
def expected(diarizer: "Diarizer", conversation: NDArray[np.float32]) -> list[Turn]:
    return diarizer.diarize(conversation).turns


@pytest.fixture
def threads(device: object) -> Iterator[None]:
    """Whatever the test sets, the others have what they had."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_ten_runs_give_the_same_turns(
    diarizer: "Diarizer", conversation: NDArray[np.float32], expected: list[Turn]
) -> None:
    assert all(diarizer.diarize(conversation).turns == expected for _ in range(RUNS))


@pytest.fixture(params=[(1, 1), (3, 7), (32, 256)])
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many chunks, and so many windows, at once."""
    chunks, windows = request.param
    monkeypatch.setattr("worker.diarization.listening._CHUNKS_AT_ONCE", chunks)
    monkeypatch.setattr("worker.diarization.listening._WINDOWS_AT_ONCE", windows)


@pytest.mark.usefixtures("batches")
def test_the_size_of_batches_does_not_matter(
    diarizer: "Diarizer", conversation: NDArray[np.float32], expected: list[Turn]
) -> None:
    assert diarizer.diarize(conversation).turns == expected


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("number", [1, 2, 4])
def test_the_number_of_threads_does_not_matter(
    diarizer: "Diarizer", conversation: NDArray[np.float32], expected: list[Turn], number: int
) -> None:
    import torch

    torch.set_num_threads(number)
    assert diarizer.diarize(conversation).turns == expected
