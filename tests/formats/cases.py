"""The formats that are measured, each with rates and numbers of channels."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Format:
    """One row of the table: how ffmpeg writes it, and at which rates (Hz) and numbers of channels."""

    name: str
    file: str
    options: tuple[str, ...] = ()
    tried: tuple[tuple[int, int], ...] = ((16_000, 1),)
    hint: str = ""


TELEPHONE: Final = ((8_000, 1),)
COMMON: Final = ((8_000, 1), (16_000, 1), (44_100, 2))
FULL: Final = ((48_000, 1), (48_000, 2))
CINEMA: Final = ((48_000, 2), (48_000, 6))

FORMATS: Final = (
    Format("WAV, 16 bit", "a.wav", tried=((8_000, 1), (44_100, 2), (48_000, 3), (48_000, 8), (192_000, 1))),
    Format("WAV, 24 bit", "a.wav", ("-c:a", "pcm_s24le"), ((96_000, 2),)),
    Format("WAV, 32 bit float", "a.wav", ("-c:a", "pcm_f32le"), ((44_100, 4),)),
    Format("WAV, 8 bit", "a.wav", ("-c:a", "pcm_u8"), ((11_025, 1),)),
    Format("WAV, µ-law", "a.wav", ("-c:a", "pcm_mulaw"), ((8_000, 1), (8_000, 2))),
    Format("WAV, A-law", "a.wav", ("-c:a", "pcm_alaw"), TELEPHONE),
    Format("WAV, IMA ADPCM", "a.wav", ("-c:a", "adpcm_ima_wav"), TELEPHONE),
    Format("WAV, Microsoft ADPCM", "a.wav", ("-c:a", "adpcm_ms"), TELEPHONE),
    Format("WAV, G.726", "a.wav", ("-c:a", "g726"), TELEPHONE),
    Format("WAV, G.723.1", "a.wav", ("-c:a", "g723_1", "-b:a", "6300"), TELEPHONE),
    Format("WAV, MP3 inside", "a.wav", ("-c:a", "mp3"), TELEPHONE),
    Format("RF64", "a.wav", ("-rf64", "always"), ((48_000, 2),)),
    Format("Wave64", "a.w64", tried=((44_100, 2),)),
    Format("AIFF", "a.aiff", tried=((44_100, 2),)),
    Format("AU", "a.au", tried=((8_000, 1),)),
    Format("CAF", "a.caf", tried=((44_100, 2),)),
    Format("FLAC", "a.flac", tried=((8_000, 1), (48_000, 8), (192_000, 2))),
    Format("WavPack", "a.wv", tried=((44_100, 2),)),
    Format("TTA", "a.tta", tried=((44_100, 2),)),
    Format("MP3, constant rate", "a.mp3", ("-b:a", "32k"), COMMON),
    Format("MP3, variable rate", "a.mp3", ("-q:a", "4"), COMMON),
    Format("MP3 without Xing tag", "a.mp3", ("-write_xing", "0"), COMMON),
    Format("MP2", "a.mp2", tried=((16_000, 1), (48_000, 2))),
    Format("Ogg Vorbis", "a.ogg", ("-c:a", "libvorbis"), COMMON),
    Format("Ogg Opus", "a.opus", ("-c:a", "libopus"), ((8_000, 1), *FULL)),
    Format("Ogg FLAC", "a.oga", ("-c:a", "flac"), ((16_000, 1),)),
    Format("M4A, AAC", "a.m4a", ("-c:a", "aac"), ((8_000, 1), (44_100, 2), (48_000, 6), (96_000, 2))),
    Format("M4A, ALAC", "a.m4a", ("-c:a", "alac"), ((44_100, 2),)),
    Format("MP4, Opus", "a.mp4", ("-c:a", "libopus"), FULL),
    Format("MP4, AAC, fragments", "a.mp4", ("-c:a", "aac", "-movflags", "empty_moov+frag_keyframe"), COMMON),
    Format("MOV, AAC", "a.mov", ("-c:a", "aac"), ((44_100, 2),)),
    Format("WebM, Opus", "a.webm", ("-c:a", "libopus"), FULL),
    Format("WebM, Vorbis", "a.webm", ("-c:a", "libvorbis"), ((44_100, 2),)),
    Format("Matroska, AAC", "a.mka", ("-c:a", "aac"), COMMON),
    Format("AAC, raw (ADTS)", "a.aac", ("-c:a", "aac"), (*COMMON, (48_000, 6))),
    Format("AAC, raw (LATM)", "a.latm", ("-c:a", "aac", "-f", "latm"), COMMON),
    Format("MPEG-TS, AAC", "a.ts", ("-c:a", "aac"), COMMON),
    Format("FLV, AAC", "a.flv", ("-c:a", "aac"), COMMON),
    Format("AVI, MP3", "a.avi", ("-c:a", "mp3"), ((44_100, 2),)),
    Format("MPEG-PS, MP2", "a.mpg", ("-c:a", "mp2"), ((48_000, 2),)),
    Format("WMA 1", "a.wma", ("-c:a", "wmav1"), ((8_000, 1), (32_000, 1), (44_100, 2))),
    Format("WMA 2", "a.wma", ("-c:a", "wmav2"), ((8_000, 1), (32_000, 1), (44_100, 2))),
    Format("AC-3", "a.ac3", tried=CINEMA),
    Format("E-AC-3", "a.eac3", tried=CINEMA),
    Format("DTS", "a.dts", ("-c:a", "dca", "-strict", "-2"), CINEMA),
    Format("AMR-NB", "a.amr", tried=TELEPHONE),
    Format("3GP, AMR-NB", "a.3gp", tried=TELEPHONE),
    Format("headerless `LINEAR16`, `PCM`", "a.raw", ("-f", "s16le"), ((8_000, 1), (16_000, 1)), "LINEAR16"),
    Format("headerless `MULAW`", "a.raw", ("-f", "mulaw"), TELEPHONE, "MULAW"),
    Format("headerless `ALAW`", "a.raw", ("-f", "alaw"), TELEPHONE, "ALAW"),
    Format("headerless `G722`", "a.raw", ("-f", "g722"), ((16_000, 1),), "G722"),
)
