"""confluent-kafka (librdkafka) through the steps that every client takes: see ../steps.ts."""

import sys
import uuid

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic


def create(bootstrap, topic, partitions):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(topic, int(partitions), 1)]).values():
        future.result()


def produce(bootstrap, topic, file):
    failed = []

    def delivered(error, _message):
        if error is not None:
            failed.append(error)

    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": "lz4", "linger.ms": 5})
    with open(file, "rb") as lines:
        for line in lines:
            key, value = line.rstrip(b"\n").split(b"\t", 1)
            while True:
                try:
                    producer.produce(topic, value, key, on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
    producer.flush()
    if failed:
        raise KafkaException(failed[0])


def consume(bootstrap, topic, count, group=None):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group or f"reader-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    left = int(count)
    while left > 0:
        for message in consumer.consume(min(left, 500), 0.2):
            if message.error():
                if message.error().code() in (KafkaError._PARTITION_EOF, KafkaError.UNKNOWN_TOPIC_OR_PART):
                    continue
                raise KafkaException(message.error())
            show(message.partition(), message.offset(), message.key(), message.value())
            left -= 1
    if group:
        consumer.commit(asynchronous=False)
    consumer.close()


def member(bootstrap, topic, group):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 500,
        }
    )
    consumer.subscribe([topic])
    while True:
        consumer.poll(0.2)


def show(partition, offset, key, value):
    sys.stdout.buffer.write(b"%d\t%d\t%s\t%s\n" % (partition, offset, key, value))


if __name__ == "__main__":
    {"create": create, "produce": produce, "consume": consume, "member": member}[sys.argv[1]](*sys.argv[2:])
    sys.stdout.flush()
