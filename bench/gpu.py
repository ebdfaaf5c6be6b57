"""``make bench-gpu``: the engine on a CUDA device beside the same engine on the CPU.

Needs the model pack and a torch with CUDA, no service and no data. ``--device cpu`` runs the same code with
the CPU in the device's place, to see that it works.
"""

import argparse
import os
import sys

from bench.report import Section
from shared.settings import load_settings
from worker.models.runtime import prepare_torch

MINUTES, COMPARED_MINUTES = 60.0, 10.0
BATCHES = (16, 32, 64, 128, 256)


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
    for section in measure_device(wanted.device, wanted.minutes, wanted.compared_minutes, batches):
        print("\n" + section.markdown(), flush=True)
    return 0


def measure_device(
    device_name: str, minutes: float, compared_minutes: float, batches: list[int]
) -> list[Section]:
    """Whether the answers agree, where the time goes, and what size of batch and number format are best."""
    import torch

    from bench.device_agreement import measure_agreement
    from bench.device_speed import measure_batches, measure_formats, measure_stages
    from bench.recordings import repeated_samples

    device = torch.device(device_name)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU, {os.cpu_count()} cores"
    print(f"Device: {name}; torch {torch.__version__}.", flush=True)
    timed, compared = repeated_samples(minutes * 60), repeated_samples(compared_minutes * 60)
    return [
        measure_agreement(device, compared),
        measure_stages(device, timed),
        measure_batches(device, timed, batches),
        measure_formats(device, timed, compared),
    ]


if __name__ == "__main__":
    sys.exit(main())
