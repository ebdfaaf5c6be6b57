"""What the embedding network hears, and what it does not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from worker.models.embedder import Embedder

RATE = 16_000
Voice = Callable[[str, int], NDArray[np.float32]]
Samples = NDArray[np.float32]


def hertz_to_mel(hertz: float) -> float:
    """Slaney's scale: linear to 1 kHz, where it is 15, then 27 mel for each factor of 6.4."""
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * np.log(hertz / 1000) / np.log(6.4)


def mel_to_hertz(mel: float) -> float:
    return 200 * mel / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def mel_filters(num_mels: int = 40, fft_size: int = 400) -> NDArray[np.float64]:
    """Triangles of equal area (num_mels, fft_size // 2 + 1), evenly spaced in mel up to 8 kHz."""
    bins = np.arange(fft_size // 2 + 1) * RATE / fft_size
    edges = [mel_to_hertz(mel) for mel in np.linspace(0, hertz_to_mel(RATE / 2), num_mels + 2)]
    rows = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        triangle = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
        rows.append(np.maximum(0, triangle) * 2 / (high - low))
    return np.array(rows)


def mel_energies(samples: Samples) -> NDArray[np.float64]:
    """The front end written out: Hann windows of 400 every 160, power spectrum, filters, no logarithm."""
    padded = np.pad(samples.astype(np.float64), 200)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160] * window
    spectra: NDArray[np.float64] = np.abs(np.fft.rfft(frames)) ** 2
    return spectra @ mel_filters().T


def masked(embedder: "Embedder", samples: Samples, mask: list[float]) -> torch.Tensor:
    with torch.inference_mode():
        embedding: torch.Tensor = embedder(
            torch.from_numpy(samples)[None, None], weights=torch.tensor([mask])
        )[0]
    return embedding


def test_the_front_end_is_the_formula(embedder: "Embedder", conversation: Samples) -> None:
    ours = embedder.mel_energies(torch.from_numpy(conversation[: 5 * RATE])[None])[0].numpy()
    theirs = mel_energies(conversation[: 5 * RATE])
    assert np.abs(ours - theirs).max() < 1e-5 * theirs.max()


def test_an_embedding_is_a_unit_vector(embedder: "Embedder", conversation: Samples) -> None:
    assert np.linalg.norm(embedder.embed(conversation)) == pytest.approx(1.0, abs=1e-5)


def test_an_embedding_has_the_packs_dimension(embedder: "Embedder", conversation: Samples) -> None:
    assert embedder.embed(conversation).shape == (embedder.dimension,)


def test_a_voice_is_nearer_to_itself_than_to_another(embedder: "Embedder", voice_of: Voice) -> None:
    one, again, other = (
        embedder.embed(voice_of(*which)) for which in [("speaker90", 0), ("speaker90", 1), ("speaker91", 0)]
    )
    assert one @ again > one @ other + 0.05


def test_quiet_speech_sounds_like_the_same_voice(embedder: "Embedder", conversation: Samples) -> None:
    level = np.sqrt(np.mean(conversation**2))
    quiet, quieter = (conversation * (gain / level) for gain in (0.01, 0.001))
    assert embedder.embed(quiet) @ embedder.embed(quieter) > 0.9999


@pytest.mark.parametrize("num_samples", [1, 100, 1600, 4000])
def test_short_audio_has_an_embedding(embedder: "Embedder", conversation: Samples, num_samples: int) -> None:
    assert np.isfinite(embedder.embed(conversation[RATE * 8 :][:num_samples])).all()


def test_no_audio_has_none(embedder: "Embedder") -> None:
    with pytest.raises(ValueError, match="nothing"):
        embedder.embed(np.zeros(0, np.float32))


def test_silence_has_an_embedding_without_nan(embedder: "Embedder") -> None:
    assert np.isfinite(embedder.embed(np.zeros(RATE, np.float32))).all()


def test_a_mask_without_frames_gives_nan(embedder: "Embedder", conversation: Samples) -> None:
    assert masked(embedder, conversation[: 5 * RATE], [0.0] * 293).isnan().all()


def test_a_mask_with_one_frame_gives_an_embedding(embedder: "Embedder", conversation: Samples) -> None:
    assert masked(embedder, conversation[: 5 * RATE], [0.0] * 100 + [1.0] + [0.0] * 192).isfinite().all()


def test_a_mask_finer_than_the_frames_gives_an_embedding(embedder: "Embedder", conversation: Samples) -> None:
    assert masked(embedder, conversation[: 5 * RATE], [0.0] * 999 + [1.0] + [0.0] * 4000).isfinite().all()


def test_a_mask_of_everything_is_no_mask(embedder: "Embedder", conversation: Samples) -> None:
    whole = masked(embedder, conversation[: 5 * RATE], [1.0] * 293).numpy()
    assert whole == pytest.approx(embedder.embed(conversation[: 5 * RATE]), abs=1e-5)


def test_only_what_the_mask_selects_is_heard(embedder: "Embedder", conversation: Samples) -> None:
    changed = conversation[: 4 * RATE].copy()
    changed[2 * RATE + 400 :] = 0.5
    mask = [1.0] * 100 + [0.0] * 100
    both = [masked(embedder, samples, mask).numpy() for samples in (conversation[: 4 * RATE], changed)]
    assert both[0] == pytest.approx(both[1], abs=1e-4)


def test_the_selected_frames_are_joined(embedder: "Embedder", conversation: Samples) -> None:
    mask = np.repeat([1.0, 0.0, 1.0, 0.0], 50)
    selected = conversation[8 * RATE : 12 * RATE].reshape(4, RATE)[[0, 2]].ravel()
    embedding = masked(embedder, conversation[8 * RATE : 12 * RATE], mask.tolist()).numpy()
    assert embedding @ embedder.embed(selected) > 0.97


def test_neighbours_in_a_batch_do_not_matter(embedder: "Embedder", conversation: Samples) -> None:
    batch = torch.from_numpy(conversation[: 15 * RATE]).reshape(3, 1, 5 * RATE)
    masks = torch.zeros(3, 293)
    masks[0, :100], masks[2, 50:] = 1.0, 1.0
    with torch.inference_mode():
        together, alone = embedder(batch, weights=masks), embedder(batch[2:], weights=masks[2:])
    assert together[2].numpy() == pytest.approx(alone[0].numpy(), abs=1e-5)
