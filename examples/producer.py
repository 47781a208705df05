"""Submits one preview job from Python: pip install bullmq==3.4.4

    python examples/producer.py redis://127.0.0.1:6379 file:///inbox/photo.jpg

Any BullMQ producer will do: the job's data is what schemas/preview-job.schema.json says. The priority keeps it in the
interactive lane, in front of the jobs that PreviewClient puts into turns; without one it would go before everybody.
"""

import asyncio
import json
import sys

from bullmq import Queue


async def main(redis_url: str, source_uri: str) -> int:
    queue = Queue("previews", {"connection": redis_url, "prefix": "bull"})
    payload = {
        "version": 1,
        "source": {"uri": source_uri},
        "outputs": [{"preset": "grid"}],
        "metadata": {"from": "python"},
    }
    try:
        # Without a limit the client would try for ever to reach a Redis that is not there.
        job = await asyncio.wait_for(queue.add("preview", payload, {"priority": 1, "attempts": 5}), timeout=10)
        while await queue.getJobState(job.id) not in ("completed", "failed"):
            await asyncio.sleep(0.2)
        done = await queue.getJob(job.id)
        print(json.dumps({"id": job.id, "failedReason": done.failedReason, "result": done.returnvalue}))
        return 0 if done.failedReason is None else 1
    except asyncio.TimeoutError:
        print("Redis did not answer within 10 s: check the address and the password", file=sys.stderr)
        return 1
    finally:
        await queue.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/producer.py REDIS_URL SOURCE_URI")
    sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2])))
