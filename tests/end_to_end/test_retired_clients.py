"""The retired service's own clients, pointed at this one by their host setting.

Skipped only where their packages cannot be installed.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.demo.conversation import Conversation
from deploy.demo.webhook import Receiver
from deploy.local.background import BackgroundStack
from shared.settings.environment import environment_with
from tests.end_to_end.deepaffects import segments_of

pytestmark = pytest.mark.one_machine("the clients are installed from the network, which hosts there have not")

# Its own pins (grpcio 1.13, protobuf 3.6) serve its streaming calls and cannot be built any more.
PYTHON_PACKAGES = ("deepaffects==1.4.1", "six", "python-dateutil", "pymediainfo", "urllib3", "certifi")
NODE_PACKAGE = "deep-affects@0.1.7"

PYTHON_CALLER = """
import base64, sys, deepaffects
host, key, audio, webhook = sys.argv[1:]
deepaffects.configuration.host = host
deepaffects.configuration.api_key["apikey"] = key
# What its from_file() makes of a WAV file; that needs a MediaInfo of its time.
content = base64.b64encode(open(audio, "rb").read()).decode()
body = deepaffects.DiarizeAudio(encoding="Wave", sample_rate=16000, content=content, speakers=2)
print(deepaffects.DiarizeApiV2().async_diarize_audio(body, webhook).request_id)
"""

NODE_CALLER = """
const deepAffects = require("deep-affects");
const [host, key, audio, webhook] = process.argv.slice(2);
const client = deepAffects.ApiClient.instance;
client.basePath = host;
client.authentications["UserSecurity"].apiKey = key;
const body = deepAffects.DiarizeAudio.fromFile(audio);
new deepAffects.DiarizeApiV2().asyncDiarizeAudio(body, webhook, (error, data) => {
  if (error) { console.error(error); process.exit(1); }
  console.log(data.request_id);
});
"""


@pytest.fixture(scope="session")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that calls with the official Python package."""
    folder = tmp_path_factory.mktemp("python-client")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder)]
    if subprocess.run([*install, *PYTHON_PACKAGES], capture_output=True, check=False).returncode:
        pytest.skip("the package deepaffects cannot be installed")
    script = folder / "caller.py"
    script.write_text(PYTHON_CALLER)
    return [sys.executable, str(script)]


@pytest.fixture(scope="session")
def node_client(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that calls with the official Node package."""
    folder = tmp_path_factory.mktemp("node-client")
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("there is no Node.js")
    install = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), NODE_PACKAGE]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("the package deep-affects cannot be installed")
    script = folder / "caller.js"
    script.write_text(NODE_CALLER)
    return [node, str(script)]


@pytest.mark.parametrize("caller", ["python_client", "node_client"])
def test_a_retired_client_gets_right_segments(
    request: pytest.FixtureRequest,
    stack: BackgroundStack,
    conversation: Conversation,
    receiver: Receiver,
    caller: str,
) -> None:
    command = [*request.getfixturevalue(caller), stack.url, stack.api_key]
    called = subprocess.run(
        [*command, str(conversation.audio), receiver.url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment_with(PYTHONPATH=str(Path(command[1]).parent)),
    )
    assert called.returncode == 0, called.stderr
    body = receiver.wait(60)
    assert body, stack.last_words()
    voices = {segment.speaker_id for segment in segments_of(body["response"])}
    expected = (called.stdout.strip(), 2, {"speaker1", "speaker2"})
    assert (body["request_id"], body["response"]["num_speakers"], voices) == expected, json.dumps(body)
