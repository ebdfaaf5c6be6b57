"""``python -m deploy.demo [--audio FILE --enroll "alice=a.wav bob=b.wav"]``."""

import argparse
import sys
import time
from contextlib import ExitStack

from rich.console import Console
from rich.markup import escape

from client import RollcallError
from deploy.demo.conversation import Unusable, packaged_conversation, users_conversation
from deploy.demo.service import temporary_service
from deploy.demo.story import Story, WentWrong
from deploy.demo.webhook import webhook_receiver
from deploy.local.background import DidNotStart


def main() -> int:
    """0 only if the demo showed all that it promises."""
    cli = argparse.ArgumentParser(prog="make demo", description="See the service work on a recording.")
    cli.add_argument("--audio", default="", help="your recording, in any common format")
    cli.add_argument("--enroll", default="", help='voices to look for: "alice=a.wav bob=b.wav"')
    wanted = cli.parse_args()
    console = Console()
    try:
        _run(console, wanted.audio, wanted.enroll)
    except (Unusable, DidNotStart, WentWrong, RollcallError) as error:
        console.print(f"\n[red]The demo failed:[/red] {escape(str(error))}", highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(console: Console, audio: str, enroll: str) -> None:
    own = bool(audio or enroll)
    if own and not audio:
        raise Unusable("ENROLL needs a recording to look in; add AUDIO=conversation.wav.")
    conversation = users_conversation(audio, enroll) if own else packaged_conversation()
    started = time.monotonic()
    with ExitStack() as running:
        with console.status("Starting Redis, gateway and workers, loading the models…"):
            client = running.enter_context(temporary_service())
        console.print(f"The service is ready after {time.monotonic() - started:.0f} s.")
        story = Story(console, client, running.enter_context(webhook_receiver()))
        if own:
            story.users_own(conversation)
        else:
            story.packaged(conversation)
        console.print("\nStopping everything…")
    console.print(f"\n[green]Done[/green] in {time.monotonic() - started:.0f} s; everything is stopped.")


if __name__ == "__main__":
    sys.exit(main())
