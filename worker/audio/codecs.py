"""The decoders that may run on a file: those of sound. Pictures in it are passed over without a look."""

from typing import Final

_PCM: Final = (
    "alaw,mulaw,bluray,dvd,s8,s8_planar,u8,s16be,s16be_planar,s16le,s16le_planar,u16be,u16le,s24be,s24le,"
    "s24le_planar,u24be,u24le,s32be,s32le,s32le_planar,u32be,u32le,s64be,s64le,f32be,f32le,f64be,f64le"
)
_ADPCM: Final = "ct,ima_qt,ima_wav,ima_oki,ms,sbpro_2,sbpro_3,sbpro_4,swf,yamaha"
_OTHERS: Final = (
    "aac,aac_latm,ac3,alac,als,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,ape,comfortnoise,dca,eac3,evrc,"
    "flac,g722,g723_1,g726,g726le,g729,gsm,gsm_ms,ilbc,mace3,mace6,mlp,mp1,mp1float,mp2,mp2float,mp3,mp3float,"
    "mpc7,mpc8,nellymoser,opus,libopus,qcelp,qdm2,s302m,speex,tak,truehd,truespeech,tta,vorbis,libvorbis,"
    "wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice"
)

AUDIO_DECODERS: Final = ",".join(
    [
        *(f"pcm_{kind}" for kind in _PCM.split(",")),
        *(f"adpcm_{kind}" for kind in _ADPCM.split(",")),
        *_OTHERS.split(","),
    ]
)
"""ffmpeg's names, for its option `-codec_whitelist`."""
