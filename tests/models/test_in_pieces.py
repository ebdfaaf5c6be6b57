"""A module that is given its batch in parts."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import torch


@pytest.mark.parametrize("at_once", [1, 3, 8, 100])
def test_parts_give_what_the_whole_batch_gives(device: "torch.device", at_once: int) -> None:
    import torch

    from worker.models.segmentation import InPieces

    layer, batch = torch.nn.Conv1d(1, 4, 5).to(device), torch.randn(8, 1, 50, device=device)
    with torch.inference_mode():
        assert torch.allclose(InPieces(layer, at_once)(batch), layer(batch), atol=1e-6)
