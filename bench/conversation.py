"""A synchronous identification over HTTP, beside the diarization pipeline alone on the same models."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.report import Section
from client import RollcallClient
from deploy.demo.conversation import cut_out, own_turns, packaged_conversation
from deploy.demo.service import temporary_service

SECONDS = 75
ROUNDS = 3


def measure_conversation() -> Section:
    """First the whole service over HTTP, then the pipeline alone in this process; never both at once."""
    conversation = packaged_conversation()
    names = sorted({segment.speaker_id for segment in conversation.reference})
    with TemporaryDirectory() as folder:
        audio = Path(folder) / "conversation.wav"
        audio.write_bytes(_repeated(conversation.audio))
        with temporary_service() as client:
            for name in names:
                client.enroll(name, cut_out(conversation.audio, own_turns(conversation.reference, name)))
            served = [_served_seconds(client, audio, names) for _ in range(ROUNDS)]
        alone = _pipeline_seconds(audio)
    ratio = median(served) / alone
    return Section(
        f"Synchronous identification of a {SECONDS} s conversation, warm worker",
        ("what", f"seconds (median of {ROUNDS})", "real time factor", "ratio"),
        [
            ("stock diarization alone, in process", f"{alone:.2f}", f"{alone / SECONDS:.3f}", "1"),
            (
                "whole call over HTTP",
                f"{median(served):.2f}",
                f"{median(served) / SECONDS:.3f}",
                f"{ratio:.2f}",
            ),
        ],
        "The packaged conversation, repeated. The service is stopped before the pipeline is timed.",
    )


def _repeated(audio: Path) -> bytes:
    from pydub import AudioSegment

    recording = AudioSegment.from_wav(str(audio))
    times = SECONDS * 1000 // len(recording) + 1
    return bytes((recording * times)[: SECONDS * 1000].export(format="wav").read())


def _served_seconds(client: RollcallClient, audio: Path, names: list[str]) -> float:
    started = time.perf_counter()
    client.identify(audio, names)
    return time.perf_counter() - started


def _pipeline_seconds(audio: Path) -> float:
    """The stock pipeline on decoded samples, warmed up once."""
    from shared.settings import load_settings
    from worker.audio.decoding import decode
    from worker.models.runtime import prepare_torch

    settings = load_settings()
    prepare_torch(settings.torch_threads)
    from bench.stock import StockDiarizer
    from worker.models.pack import ModelPack

    stock = StockDiarizer(ModelPack.open(settings.pack_dir))
    samples = decode(audio, max_seconds=SECONDS + 1)
    timings = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        stock.diarize(samples)
        timings.append(time.perf_counter() - started)
    return median(timings[1:])
