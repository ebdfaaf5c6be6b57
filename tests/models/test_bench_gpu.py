"""What ``make bench-gpu`` measures, with the CPU in the device's place."""

import pytest
import torch

from bench.gpu import measure_device


@pytest.fixture(scope="module")
def tables(device: torch.device) -> str:
    """All that is printed, of a few seconds of a conversation."""
    measured = measure_device(device.type, minutes=0.1, compared_minutes=0.25, batches=[16])
    return "".join(section.markdown() for section in measured)


def test_a_device_is_compared_with_the_cpu(tables: str) -> None:
    assert "| turns equal within 0.02 s | yes |" in tables


def test_every_number_format_is_timed_or_said_to_be_none_of_the_devices(tables: str) -> None:
    assert "| TF32, networks in bfloat16 |" in tables


def test_the_engine_stands_beside_stock(tables: str) -> None:
    assert "| stock pipeline |" in tables
