"""One measurement of semantic-router in a process of its own: measure_semantic_router.py '<task as JSON>'.

Answers with JSON on the last line of standard output. `run.ts` starts it and works out the figures, for both sides alike.
"""

import asyncio
import json
import resource
import sys
import time

import numpy as np
from minilm import MiniLM, MiniLMEncoder
from semantic_router import IndexedRouter, Route


def rows_of(file: str) -> list[dict]:
    with open(file, encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


def routes_of(file: str) -> list[Route]:
    with open(file, encoding="utf8") as text:
        return [Route(name=route["name"], utterances=route["examples"]) for route in json.load(text)["routes"]]


def resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def encode_texts(task: dict) -> dict:
    """Vectors of every text, once, for the tasks that look only at decisions."""
    texts = sorted({text for file in task["texts"] for text in json.load(open(file, encoding="utf8"))})
    by_length = sorted(texts, key=len)
    model = MiniLM("float32", 1)
    start = time.perf_counter()
    vectors = np.concatenate([model.encode(by_length[i : i + 64]) for i in range(0, len(by_length), 64)])
    seconds = time.perf_counter() - start
    np.save(task["vectors"], vectors)
    with open(task["order"], "w", encoding="utf8") as file:
        json.dump(by_length, file)
    return {"texts": len(texts), "seconds": seconds}


def known_vectors(task: dict) -> dict:
    with open(task["order"], encoding="utf8") as file:
        return dict(zip(json.load(file), np.load(task["vectors"])))


async def choose(router: IndexedRouter, texts: list[str]) -> list:
    return [await router.acall(text) for text in texts]


def decide(task: dict) -> dict:
    """The best route and its confidence for each row; with `data` after fitting the calibrator on it."""
    encoder = MiniLMEncoder("float32", known=known_vectors(task))
    outcomes = []
    for job in task["jobs"]:
        options = {name: job[name] for name in ("aggregation", "top_k") if name in job}
        router = IndexedRouter(encoder, routes_of(job["routes"]), **options)
        fitted = None
        if "data" in job:
            data = rows_of(job["data"])
            start = time.perf_counter()
            report = router.fit([row["text"] for row in data], [row["route"] for row in data])
            fitted = {"seconds": time.perf_counter() - start, "method": report.method}
        # Its asynchronous call decides the same without handing every query to a thread and back.
        choices = asyncio.run(choose(router, [row["text"] for row in rows_of(job["queries"])]))
        # Without a threshold it always answers with a route; with the calibrator, one as likely right as not is enough.
        decisions = [[c.name, c.confidence, fitted is None or c.confidence >= 0.5, -c.confidence] for c in choices]
        outcomes.append({"decisions": decisions, "fitted": fitted})
    return {"outcomes": outcomes}


def serve(task: dict) -> dict:
    """Start-up, memory and the time of whole calls, text in and decision out."""
    ready_start = time.perf_counter()
    routes = routes_of(task["routes"])
    router = IndexedRouter(MiniLMEncoder("float32", task["threads"]), routes)
    build_seconds = time.perf_counter() - ready_start
    queries = [row["text"] for row in rows_of(task["queries"])][: task["calls"]]
    router(queries[0])
    print("first decision", flush=True)
    resident_ready = resident_mb()
    for text in queries[:50]:
        router(text)
    rounds = []
    cpu_start = time.process_time()
    for _ in range(task["rounds"]):
        times = []
        for text in queries:
            start = time.perf_counter()
            router(text)
            times.append((time.perf_counter() - start) * 1e6)
        rounds.append(times)
    cpu_us = (time.process_time() - cpu_start) / len(queries) / task["rounds"] * 1e6
    encoder = router.encoder
    start = time.process_time()
    for text in queries:
        encoder([text])
    encode_cpu_us = (time.process_time() - start) / len(queries) * 1e6
    return {
        "buildSeconds": build_seconds,
        "residentReadyMb": resident_ready,
        "residentAfterMb": resident_mb(),
        "rounds": rounds,
        "cpuUs": cpu_us,
        "encodeCpuUs": encode_cpu_us,
    }


def installed_size(_: dict) -> dict:
    """Bytes of each installed distribution, by its own record of files."""
    from importlib.metadata import distributions, version

    sizes = {}
    for distribution in distributions():
        paths = [distribution.locate_file(file) for file in distribution.files or []]
        sizes[distribution.metadata["Name"].lower()] = sum(path.stat().st_size for path in paths if path.is_file())
    return {"bytes": sizes, "version": version("semantic-router"), "python": sys.version.split()[0]}


TASKS = {"encode": encode_texts, "decide": decide, "serve": serve, "size": installed_size}

if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf8") as file:
        given = json.load(file)
    print(json.dumps(TASKS[given["kind"]](given)))
