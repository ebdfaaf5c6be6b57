"""Learn the voice space, its cohort and calibration, and the speech head, and write them to one file."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from worker.models.runtime import prepare_torch

OUTPUT = Path(__file__).parents[1] / "worker" / "models" / "embedded_voices.safetensors"
SEED = 7


def main() -> None:
    """Command line."""
    cli = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    cli.add_argument(
        "--voices", type=Path, required=True, help="folder of FLAC files, each of another person"
    )
    cli.add_argument("--pack", type=Path, default=Path(".models/embedded"), help="pack with the two networks")
    cli.add_argument("--output", type=Path, default=OUTPUT)
    wanted = cli.parse_args()
    prepare_torch(0)
    _learn(wanted.voices, wanted.pack, wanted.output)


def _learn(folder: Path, pack_folder: Path, output: Path) -> None:
    from safetensors.numpy import save_file

    from training.calibration import calibrate, make_cohort
    from training.hearing import hear_voices
    from training.projection import learn_space
    from training.speech_head import train_head
    from training.voices import read_voices
    from worker.diarization.listening import Ears
    from worker.models.embedder import load_embedder
    from worker.models.learned import Learned
    from worker.models.pack import ModelPack
    from worker.models.segmentation import load_segmentation
    from worker.models.speech_head import SpeechHead

    pack = ModelPack.open(pack_folder)
    segmentation, embedder = load_segmentation(pack), load_embedder(pack)
    voices = list(read_voices(folder))
    _say(f"{len(voices)} voices")
    heard = hear_voices(embedder, voices, SEED)
    _say("heard")
    space = learn_space(heard)
    calibration = calibrate(heard)
    _say(f"calibrated: {calibration}")
    head = train_head(Ears(segmentation, SpeechHead(1), embedder, space), voices, SEED)
    _say("speech head trained")
    learned = Learned(space, make_cohort(space, heard), calibration, head)
    save_file({name: np.ascontiguousarray(one) for name, one in learned.to_tensors().items()}, output)
    _say(f"written to {output}")


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
