"""A whole identification in process, beside the stock pipeline on the same weights and threads."""

from collections.abc import Sequence
from functools import partial

from bench.diarization_error import DiarizationError
from bench.in_process import enrolled_voices, identify, timed
from bench.recordings import packaged_samples, repeated_reference, repeated_samples
from bench.report import Section
from shared.settings import load_settings
from worker.engine import load_engine

MINUTES = (0.5, 1, 10, 60)
ROUNDS = 3
ONCE_FROM_MINUTES = 60
PROMISED_TIMES = 5


def measure_identification_speed(minutes: Sequence[float] = MINUTES, rounds: int = ROUNDS) -> Section:
    """Stock diarizes; ours diarizes, tells the line and matches two enrolled voices. Never both at once."""
    settings = load_settings()
    engine = load_engine(settings)
    # Only now may pyannote.audio be imported: the engine has seen to its settings.
    from bench.stock import StockDiarizer
    from worker.models.pack import ModelPack

    stock = StockDiarizer(ModelPack.open(settings.pack_dir))
    ours = partial(identify, engine, settings, enrolled_voices(engine, settings))
    stock.diarize(packaged_samples())
    rows = []
    for length in minutes:
        samples, times = repeated_samples(length * 60), 1 if length >= ONCE_FROM_MINUTES else rounds
        stock_seconds, stock_turns = timed(partial(stock.diarize, samples), times)
        our_seconds, answer = timed(partial(ours, samples), times)
        reference = repeated_reference(length * 60)
        errors = [
            DiarizationError().score(reference, found, length * 60)
            for found in (stock_turns, answer.diarization.turns)
        ]
        rows.append(_row(length, stock_seconds, our_seconds, errors))
    return Section(
        "Identification in process, beside the stock pipeline with the same weights and threads",
        (
            *("minutes", "stock seconds", "ours seconds", f"times faster (promised: ≥ {PROMISED_TIMES})"),
            *("ours, real time factor", "stock error %", "ours error %"),
        ),
        rows,
        "The packaged conversation, once and repeated, decoded before. Stock only diarizes; ours also tells "
        f"the line and matches two enrolled voices. Median of {rounds}, from {ONCE_FROM_MINUTES} minutes on "
        "one round, both warmed up. Error: diarization error rate without collar, overlap scored.",
    )


def _row(minutes: float, stock_seconds: float, our_seconds: float, errors: Sequence[float]) -> list[str]:
    return [
        *(f"{minutes:g}", f"{stock_seconds:.2f}", f"{our_seconds:.2f}", f"{stock_seconds / our_seconds:.1f}"),
        *(f"{our_seconds / minutes / 60:.4f}", *(f"{error * 100:.1f}" for error in errors)),
    ]
