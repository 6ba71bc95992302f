"""confluent-kafka (librdkafka) as a copier: see ../copiers.ts."""

import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition

ABORT_EVERY = 5
SECONDS = 60


def main(bootstrap, source, target, group, transactional_id):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "session.timeout.ms": 3000,
            "heartbeat.interval.ms": 500,
        }
    )
    producer = Producer(
        {"bootstrap.servers": bootstrap, "transactional.id": transactional_id, "reconnect.backoff.max.ms": 200}
    )
    producer.init_transactions(SECONDS)
    consumer.subscribe([source])
    transactions = 0
    while True:
        messages = [message for message in consumer.consume(20, 0.2) if not failed(message)]
        if messages:
            transactions += 1
            copy(messages, target, consumer, producer, transactions % ABORT_EVERY == 0)
        elif is_at_end(consumer):
            break
    consumer.close()


def copy(messages, target, consumer, producer, is_to_abort):
    try:
        producer.begin_transaction()
        say("begun")
        for message in messages:
            producer.produce(target, b"copy of " + message.value(), message.key())
        producer.flush(SECONDS)
        say("sent")
        next_offsets = {(m.topic(), m.partition()): m.offset() + 1 for m in messages}
        offsets = [TopicPartition(topic, partition, at) for (topic, partition), at in next_offsets.items()]
        producer.send_offsets_to_transaction(offsets, consumer.consumer_group_metadata(), SECONDS)
        say("aborting" if is_to_abort else "committing")
        if not is_to_abort:
            producer.commit_transaction(SECONDS)
    except KafkaException as error:
        print(error, file=sys.stderr)
        if not error.args[0].txn_requires_abort():
            raise
        is_to_abort = True
    if is_to_abort:
        producer.abort_transaction(SECONDS)
        rewind(consumer)
    say("aborted" if is_to_abort else "committed")


def rewind(consumer):
    for partition in consumer.committed(consumer.assignment(), SECONDS):
        if partition.offset < 0:
            partition.offset = OFFSET_BEGINNING
        consumer.seek(partition)


def failed(message):
    """What librdkafka cannot get over by itself is fatal."""
    if message.error() is not None and message.error().fatal():
        raise KafkaException(message.error())
    return message.error() is not None


def is_at_end(consumer):
    committed = consumer.committed(consumer.assignment(), SECONDS)
    return len(committed) > 0 and all(
        consumer.get_watermark_offsets(partition, SECONDS)[1] == partition.offset for partition in committed
    )


def say(event):
    print(event, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
