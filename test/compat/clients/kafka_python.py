"""kafka-python, 2.0.2 and newest, through the steps that every client takes: see ../steps.ts."""

import sys
import uuid

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic


def create(bootstrap, topic, partitions):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, int(partitions), 1)])
    admin.close()


def produce(bootstrap, topic, file):
    producer = KafkaProducer(bootstrap_servers=bootstrap, compression_type="gzip", linger_ms=5)
    sent = []
    with open(file, "rb") as lines:
        for line in lines:
            key, value = line.rstrip(b"\n").split(b"\t", 1)
            sent.append(producer.send(topic, value, key))
    producer.flush()
    for future in sent:
        future.get(timeout=30)
    producer.close()


def consume(bootstrap, topic, count, group=None):
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group or f"reader-{uuid.uuid4()}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=500,
    )
    left = int(count)
    while left > 0:
        for records in consumer.poll(200, max_records=min(left, 500)).values():
            for record in records:
                sys.stdout.buffer.write(b"%d\t%d\t%s\t%s\n" % (record.partition, record.offset, record.key, record.value))
                left -= 1
    if group:
        consumer.commit()
    consumer.close(autocommit=False)


def member(bootstrap, topic, group):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
    )
    consumer.subscribe([topic])
    while True:
        consumer.poll(200)


if __name__ == "__main__":
    {"create": create, "produce": produce, "consume": consume, "member": member}[sys.argv[1]](*sys.argv[2:])
    sys.stdout.flush()
