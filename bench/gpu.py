"""``make bench-gpu``: the engine on a CUDA device beside the same engine on the CPU, and beside stock.

Needs the model pack and a torch with CUDA, no service and no data. ``--device cpu`` runs the same code with
the CPU in the device's place, to see that it works. What CUDA devices measured is kept in ``RESULTS-GPU.md``.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.report import Section, write_report
from shared.settings import load_settings
from worker.models.runtime import prepare_torch

MINUTES, COMPARED_MINUTES = 60.0, 10.0
BATCHES = (16, 32, 64, 128, 256)
_REPORT = Path(__file__).with_name("RESULTS-GPU.md")


def main() -> int:
    """Print the sections; 1 where there is no device to measure."""
    cli = argparse.ArgumentParser(prog="make bench-gpu")
    cli.add_argument("--device", default="cuda", help="cuda, cuda:1, …; cpu for a dry run")
    cli.add_argument("--minutes", type=float, default=MINUTES, help="length of the recording that is timed")
    cli.add_argument(
        "--compared-minutes", type=float, default=COMPARED_MINUTES, help="of the one compared with the CPU"
    )
    cli.add_argument("--batches", default=",".join(map(str, BATCHES)), help="chunks at once, to be timed")
    wanted = cli.parse_args()
    prepare_torch(load_settings().torch_threads)
    import torch

    if wanted.device.startswith("cuda") and not torch.cuda.is_available():
        print(
            f"There is no CUDA device here (torch {torch.__version__}): nothing was measured. Run this on a "
            "machine with a GPU and a torch built for CUDA, or try the code with --device cpu.",
            file=sys.stderr,
        )
        return 1
    batches = [int(one) for one in wanted.batches.split(",")]
    device = torch.device(wanted.device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "no GPU"
    machine = f"{name}, torch {torch.__version__}, {os.cpu_count()} cores beside it"
    print(f"Device: {machine}.", flush=True)
    sections = []
    for section in measure_device(wanted.device, wanted.minutes, wanted.compared_minutes, batches):
        print("\n" + section.markdown(), flush=True)
        sections.append(section)
        if device.type == "cuda":
            write_report(_REPORT, sections, command="make bench-gpu", machine=machine)
    return 0


def measure_device(
    device_name: str, minutes: float, compared_minutes: float, batches: list[int]
) -> Iterator[Section]:
    """Whether the answers agree, how fast stock is, where the time goes, and which size of batch and number
    format are best.
    """
    import torch

    from bench.device_agreement import measure_agreement
    from bench.device_speed import measure_batches, measure_formats, measure_stages
    from bench.device_stock import measure_stock
    from bench.recordings import repeated_samples
    from bench.trunk import measure_trunk

    device = torch.device(device_name)
    timed, compared = repeated_samples(minutes * 60), repeated_samples(compared_minutes * 60)
    yield measure_agreement(device, compared)
    yield measure_stages(device, timed)
    yield measure_batches(device, timed, batches)
    yield measure_formats(device, timed, compared)
    yield measure_stock(device, compared)
    if device.type == "cuda":
        yield measure_trunk()


if __name__ == "__main__":
    sys.exit(main())
