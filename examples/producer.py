"""Submits one preview job from Python: pip install bullmq==3.4.4

    python examples/producer.py redis://127.0.0.1:6379 file:///inbox/photo.jpg

Any BullMQ producer will do: the job's data is what schemas/preview-job.schema.json says. The priority keeps it in the
interactive lane; without one it would go before everybody.
"""

import asyncio
import json
import sys

from bullmq import Queue


async def main(redis_url: str, source_uri: str) -> None:
    queue = Queue("previews", {"connection": redis_url, "prefix": "bull"})
    payload = {
        "version": 1,
        "source": {"uri": source_uri},
        "outputs": [{"preset": "grid"}],
        "metadata": {"from": "python"},
    }
    job = await queue.add("preview", payload, {"priority": 1, "attempts": 5})
    try:
        while await queue.getJobState(job.id) not in ("completed", "failed"):
            await asyncio.sleep(0.2)
        done = await queue.getJob(job.id)
        print(json.dumps({"id": job.id, "failedReason": done.failedReason, "result": done.returnvalue}))
    finally:
        await queue.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
