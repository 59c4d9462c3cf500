"""Memory of `sinorus clean --jsonl` over a stream of generated texts: the peak must not grow with their number.

Usage: python -m benchmarks.streaming [SMALL LARGE]   (numbers of texts; 2,000 and 200,000 unless told)
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time

WORDS = [
    "trade",
    "rail",
    "gas",
    "yuan",
    "border",
    "north",
    "port",
    "grain",
    "treaty",
    "coal",
    "link",
    "table",
    "page",
    "news",
]


def text(rng: random.Random) -> str:
    """An article-like text of about six kilobytes, with furniture around it."""
    menu = [" ".join(rng.choices(WORDS, k=2)).title() for _ in range(12)]
    body = [" ".join(rng.choices(WORDS, k=70)).capitalize() + "." for _ in range(12)]
    return "\n\n".join([*menu[:8], *body, *menu[8:]])


def peak(count: int) -> tuple[float, float]:
    """Peak memory of the process in MB, and texts a second, for `count` texts."""
    command = [sys.executable, "-m", "sinorus_corpus", "clean", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        assert process.stdin  # noqa: S101 - asked for above
        rng, start = random.Random(0), time.time()  # noqa: S311 - not for secrets
        pool = [text(rng) for _ in range(500)]
        for number in range(count):
            line = json.dumps({"id": number, "text": pool[number % 500].replace("page", str(number))})
            process.stdin.write(line.encode() + b"\n")
        process.stdin.close()
        process.wait()
        seconds = time.time() - start
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, count / seconds


if __name__ == "__main__":
    small, large = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (2_000, 200_000)
    first, _ = peak(small)
    second, speed = peak(large)
    print(
        f"{small:,} texts: {first:.0f} MB; {large:,} texts: {second:.0f} MB; ratio {second / first:.2f}; {speed:,.0f} texts/s"
    )
