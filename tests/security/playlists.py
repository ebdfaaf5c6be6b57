"""Files that send a reader to other files: to themselves, to this machine's secrets, into the network."""

from typing import Final

SELF: Final = "audio"
"""The name under which a playlist lies, so that it can name itself."""


def playlists(target: str) -> dict[str, bytes]:
    """For each kind one that names ``target``, plain and behind bytes that pass for an MP3 file's."""
    plain = {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{target}\n#EXT-X-ENDLIST\n",
        "m3u8 with a key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:5,\n{target}\n',
        "ffconcat": f"ffconcat version 1.0\nfile '{target}'\n",
        "sdp": f"v=0\ns=x\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na=control:{target}\n",
        "xspf": f"<playlist><trackList><track><location>{target}</location></track></trackList></playlist>",
        "pls": f"[playlist]\nFile1={target}\nNumberOfEntries=1\n",
        "asx": f'<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
        "dash": f"<MPD><Period><AdaptationSet><BaseURL>{target}</BaseURL></AdaptationSet></Period></MPD>",
        "smil": f'<smil><body><audio src="{target}"/></body></smil>',
        "rtsp": f"RTSPtext\nrtsp://{target}\n",
    }
    written = {kind: text.encode() for kind, text in plain.items()}
    hidden = {
        f"{kind} behind a tag": b"ID3\x04\x00\x00\x00\x00\x00\x00" + text for kind, text in written.items()
    }
    followed = {f"{kind} with other bytes": text + bytes(64) for kind, text in written.items()}
    return {**written, **hidden, **followed}
