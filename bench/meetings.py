"""Diarization error on recordings with a reference, beside the stock pipeline on the same weights."""

from pathlib import Path

from bench.diarization_error import DiarizationError
from bench.recordings import read_meeting
from bench.report import Section
from shared.settings import load_settings
from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.engine import load_engine

PROMISED_RATIO = 0.9


def measure_meetings(folder: Path) -> Section:
    """Every NAME.flac of ``folder`` that has a NAME.rttm, by stock and by ours."""
    settings = load_settings()
    engine = load_engine(settings)
    from bench.stock import StockDiarizer
    from worker.models.pack import ModelPack

    stock = StockDiarizer(ModelPack.open(settings.pack_dir))
    of_stock, of_ours, rows = DiarizationError(), DiarizationError(), []
    recordings = [audio for audio in sorted(folder.glob("*.flac")) if audio.with_suffix(".rttm").exists()]
    for audio in recordings:
        samples, reference = read_meeting(audio)
        seconds = samples.size / SAMPLE_RATE_HERTZ
        errors = (
            of_stock.score(reference, stock.diarize(samples), seconds),
            of_ours.score(reference, engine.diarizer.diarize(samples).turns, seconds),
        )
        rows.append(_row(audio.stem, *errors))
    if not rows:
        raise FileNotFoundError(f"{folder} holds no NAME.flac with a NAME.rttm beside it")
    return Section(
        f"Diarization error on {len(rows)} meetings",
        ("recording", "stock error %", "ours error %", f"ratio (promised of all: ≤ {PROMISED_RATIO})"),
        [*rows, _row("all", of_stock.total, of_ours.total)],
        "No collar, overlap scored, voices mapped as fits best, nobody's number of voices given. "
        "All: each recording by how much is spoken in it.",
    )


def _row(name: str, stock_error: float, our_error: float) -> list[str]:
    ratio = f"{our_error / stock_error:.2f}" if stock_error else "–"
    return [name, f"{stock_error * 100:.1f}", f"{our_error * 100:.1f}", ratio]
