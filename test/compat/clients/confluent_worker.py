"""confluent-kafka (librdkafka) at work while brokers come and go: see ../workers.ts."""

import signal
import sys

from confluent_kafka import Consumer, Producer

RECONNECT = {"reconnect.backoff.max.ms": 500}


def produce(bootstrap, topic):
    failed = []

    def delivered(error, _message):
        if error is not None:
            failed.append(error)
            sys.stderr.write(f"{error.name()} {error.str()}\n")

    producer = Producer({**RECONNECT, "bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 1})
    for line in sys.stdin.buffer:
        key, value = line.rstrip(b"\n").split(b"\t", 1)
        producer.produce(topic, value, key, on_delivery=delivered)
        producer.poll(0)
    producer.flush()
    sys.exit(1 if failed else 0)


def once(bootstrap, topic, acks, value):
    def delivered(error, _message):
        say(("acked" if error is None else error.name()).encode())

    settings = {"bootstrap.servers": bootstrap, "acks": acks, "retries": 0, "request.timeout.ms": 5000}
    producer = Producer(settings)
    producer.produce(topic, value, "once", 0, on_delivery=delivered)
    producer.flush()


def read(bootstrap, topic, group):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    settings = {"group.id": group, "auto.offset.reset": "earliest", "auto.commit.interval.ms": 500}
    consumer = Consumer({**RECONNECT, **settings, "bootstrap.servers": bootstrap, "session.timeout.ms": 6000})
    consumer.subscribe([topic])
    while not stopped:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            say(message.value())
    consumer.close()


def say(line):
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    {"produce": produce, "once": once, "read": read}[sys.argv[1]](*sys.argv[2:])
