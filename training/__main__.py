"""Learn the voice space, its cohort and calibration, and the speech head, and write them to one file.

With --only-confidence, only the weights that make confidence of scores are learned, and all else stays in the
file as it was: who gets a name does not change, and what is enrolled stays comparable.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    cli.add_argument("--output", type=Path, default=OUTPUT, help="the file (default: that of the product)")
    cli.add_argument(
        "--only-confidence",
        action="store_true",
        help="learn only confidence anew, of the voices and networks that the file was learned from",
    )
    wanted = cli.parse_args()
    prepare_torch(0)
    (_learn_confidence if wanted.only_confidence else _learn)(wanted.voices, wanted.pack, wanted.output)


def _learn_confidence(folder: Path, pack_folder: Path, output: Path) -> None:
    from safetensors.numpy import load_file

    from training.hearing import hear_voices
    from training.refitting import OtherVoicesError, with_confidence_learned_anew
    from training.voices import read_voices
    from worker.models.embedder import load_embedder
    from worker.models.pack import ModelPack

    embedder = load_embedder(ModelPack.open(pack_folder))
    heard = hear_voices(embedder, read_voices(folder), SEED)
    _say(f"{len(heard)} voices heard")
    try:
        tensors, difference = with_confidence_learned_anew(load_file(output), heard)
    except OtherVoicesError as error:
        sys.exit(str(error))
    _say(f"scores under a space learned anew differ by {difference:.2f} nats")
    _write(tensors, output)


def _learn(folder: Path, pack_folder: Path, output: Path) -> None:
    from training.calibration import calibrate
    from training.hearing import hear_voices
    from training.projection import learn_space
    from training.speech_head import train_head
    from training.trials import make_cohort
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
    _write(learned.to_tensors(), output)


def _write(tensors: Mapping[str, NDArray[np.float32]], output: Path) -> None:
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(one) for name, one in tensors.items()}, output)
    _say(f"written to {output}")


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
