"""The delay of an encoder that its file keeps silent about, where the sound's own bytes prove it.

Lossy encoders put a lead-in before the first sample. Most containers say how long it is, and ffmpeg cuts it
off. ADTS, LATM, MPEG-TS, FLV, fragmented MP4, ASF, and MP3 without a Xing tag do not. A stream cut out of a
longer one has no lead-in, so nothing is cut off without proof that the encoder began here.
"""

from pathlib import Path
from typing import Final

import numpy as np

from worker.audio.ffmpeg import CONTAINER, run_ffmpeg
from worker.audio.jail import JailBroken, OutputTooLong
from worker.audio.probing import Track, first_packet

LAVC_AAC_SAMPLES: Final = 1024
"""libavcodec's AAC encoder: one frame. It signs the first frame with its name."""

OTHER_AAC_SAMPLES: Final = 1856
"""Between vo-aacenc's 1600, Fraunhofer's 2048 and Apple's 2112, which do not sign: 256 wrong at most."""

MP3_SAMPLES: Final = 1105
"""LAME's 576 and the decoder's 529; LAME assumes it too for a file without a tag."""

_QUIET_PEAK: Final = 1e-4
_CPU_SECONDS: Final = 20
_MAX_FRAME_BYTES: Final = 1 << 20
_FLOAT_BYTES: Final = 4
_MPEG1: Final = 3


def undeclared_delay_seconds(path: Path, track: Track) -> float:
    """Seconds of lead-in at the start of ``track`` that the container does not declare, 0.0 without proof."""
    if track.declares_delay or not track.rate_hertz:
        return 0.0
    return _delay_samples(path, track) / track.rate_hertz


def _delay_samples(path: Path, track: Track) -> int:
    match track.codec:
        case "aac" | "aac_latm":
            if _is_signed(first_packet(path, track), b"Lavc"):
                return LAVC_AAC_SAMPLES
            return OTHER_AAC_SAMPLES if _begins_silent(path, track) else 0
        case "mp3":
            return MP3_SAMPLES if _starts_a_reservoir(first_packet(path, track)) else 0
        case "wmav1" | "wmav2":
            return _wma_frame_samples(track) if _is_lavf_asf(path) else 0
        case _:
            return 0


def _is_signed(packet: bytes, name: bytes) -> bool:
    # LATM packs its frames without regard to where bytes begin.
    bits = int.from_bytes(packet, "big")
    return any(name in (bits >> shift).to_bytes(len(packet), "big") for shift in range(8))


def _begins_silent(path: Path, track: Track) -> bool:
    """True when the first frame is the silence that an encoder starts with, not the middle of a sound."""
    output = ("-map", f"0:a:{track.index}", "-frames:a", "1", "-f", "f32le")
    try:
        limits = {"max_output_bytes": _MAX_FRAME_BYTES, "cpu_seconds": _CPU_SECONDS}
        frame = run_ffmpeg(path, CONTAINER, output, **limits)
    except (JailBroken, OutputTooLong):
        return False
    samples = np.frombuffer(frame, dtype="<f4", count=len(frame) // _FLOAT_BYTES)
    return bool(samples.size) and float(np.abs(samples).max()) < _QUIET_PEAK


def _starts_a_reservoir(frame: bytes) -> bool:
    """True for an MPEG audio layer III frame that takes no bits from one before it: an encoder's first."""
    side = 4 if len(frame) > 1 and frame[1] & 1 else 6  # a checksum follows the header when the bit is clear
    if len(frame) < side + 2:
        return False
    is_mpeg1 = frame[1] >> 3 & 3 == _MPEG1
    return frame[side] == 0 and not (is_mpeg1 and frame[side + 1] & 0x80)


def _wma_frame_samples(track: Track) -> int:
    """Length of a WMA frame, which is the whole delay of libavcodec's encoder."""
    # Version 1 keeps its shorter frame up to 32 kHz.
    second_hertz = 32_000 if track.codec == "wmav1" else 22_050
    steps = ((16_000, 512), (second_hertz, 1024), (48_000, 2048), (96_000, 4096))
    return next((samples for highest_hertz, samples in steps if track.rate_hertz <= highest_hertz), 0)


def _is_lavf_asf(path: Path) -> bool:
    with path.open("rb") as file:
        return "Lavf".encode("utf-16-le") in file.read(4096)
