"""How ffmpeg is called: one untrusted file in, one stream of bytes out, and no other file or address."""

from pathlib import Path
from typing import Final

# Containers that hold their audio themselves: none of these demuxers opens a second file or an address.
_FORMATS: Final = (
    "wav,w64,aiff,au,caf,voc,nistsphere,sox,flac,ogg,mp3,aac,loas,latm,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,"
    "asf,amr,amrnb,amrwb,ac3,eac3,ape,wv,tta,mpc,mpc8,tak,dts,gsm,g722,qcp,avi,flv,mpegts,mpeg"
)

CONTAINER: Final = ("-format_whitelist", _FORMATS)
"""Input options for a file that says itself what it is."""


def ffmpeg_command(path: Path, source: tuple[str, ...], output: tuple[str, ...]) -> list[str]:
    """The command that reads ``path`` with the input options ``source`` and writes as ``output`` says."""
    # Here, because delivery workers import this code too and have no ffmpeg.
    import imageio_ffmpeg

    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1"),
        *("-protocol_whitelist", "file,pipe", *source),
        # With its protocol written out, no file name can pass for another protocol or an option.
        *("-i", f"file:{path.resolve()}", *output),
        "pipe:1",
    ]
