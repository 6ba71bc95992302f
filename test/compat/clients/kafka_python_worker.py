"""kafka-python at work while brokers come and go: see ../workers.ts."""

import logging
import signal
import sys

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaConnectionError

# It knows the brokers of its last metadata only: once these were one, and that one goes, it never finds the others again.
RECONNECT = {"reconnect_backoff_max_ms": 500, "metadata_max_age_ms": 2000}
# Longer than it takes to join a group. kafka-python 3.0.12 joins again when a topic's partitions become known; where a poll ends in
# between, it takes itself for joined (need_rejoin() is false by then), never looks at what it was assigned, and reads nothing for good.
POLL_MS = 10_000


def produce(bootstrap, topic):
    failed = []

    def refused(error):
        failed.append(error)
        sys.stderr.write(f"{type(error).__name__} {error}\n")

    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","), acks="all", enable_idempotence=True, **RECONNECT
    )
    for line in sys.stdin.buffer:
        key, value = line.rstrip(b"\n").split(b"\t", 1)
        producer.send(topic, value, key).add_errback(refused)
    producer.flush()
    producer.close()
    sys.exit(1 if failed else 0)


def once(bootstrap, topic, acks, value):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        acks=acks if acks == "all" else int(acks),
        enable_idempotence=False,
        retries=0,
        request_timeout_ms=5000,
    )
    try:
        producer.send(topic, value.encode(), b"once", partition=0).get(timeout=30)
        say(b"acked")
    except Exception as error:
        say(type(error).__name__.encode())
    producer.close(timeout=5)


def read(bootstrap, topic, group):
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("kafka.cluster").setLevel(logging.WARNING)
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap.split(","),
        group_id=group,
        auto_offset_reset="earliest",
        auto_commit_interval_ms=500,
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        **RECONNECT,
    )
    while not stopped:
        try:
            polled = consumer.poll(POLL_MS)
        except KafkaConnectionError:
            continue  # It tells of a broker that is away; others try the next by themselves.
        for records in polled.values():
            for record in records:
                say(record.value)
    consumer.close()


def say(line):
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    {"produce": produce, "once": once, "read": read}[sys.argv[1]](*sys.argv[2:])
