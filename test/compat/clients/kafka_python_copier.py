"""kafka-python as a copier: see ../copiers.ts. It knows the transactions of before Kafka 4.0 only."""

import sys

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata
from kafka.errors import KafkaError

ABORT_EVERY = 5
START_ME_AGAIN = 75


def main(bootstrap, source, target, group, transactional_id):
    consumer = KafkaConsumer(
        source,
        bootstrap_servers=bootstrap,
        group_id=group,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=3000,
        heartbeat_interval_ms=500,
    )
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=transactional_id)
    producer.init_transactions()
    transactions = 0
    while True:
        polled = consumer.poll(200, max_records=20)
        if polled:
            transactions += 1
            copy(polled, target, consumer, producer, transactions % ABORT_EVERY == 0)
        elif is_at_end(consumer):
            break
    consumer.close(autocommit=False)
    producer.close()


def copy(polled, target, consumer, producer, is_to_abort):
    try:
        producer.begin_transaction()
        say("begun")
        sent = [
            producer.send(target, b"copy of " + record.value, record.key)
            for records in polled.values()
            for record in records
        ]
        producer.flush()
        # It commits what it has, whether all of it arrived or not: that is for the program to see.
        for future in sent:
            future.get(timeout=0)
        say("sent")
        offsets = {partition: OffsetAndMetadata(records[-1].offset + 1, "", -1) for partition, records in polled.items()}
        producer.send_offsets_to_transaction(offsets, consumer.group_metadata())
        say("aborting" if is_to_abort else "committing")
        if not is_to_abort:
            producer.commit_transaction()
    except KafkaError as error:
        print(repr(error), file=sys.stderr)
        is_to_abort = True
    if is_to_abort:
        producer.abort_transaction()
        rewind(consumer)
    say("aborted" if is_to_abort else "committed")


def rewind(consumer):
    for partition in consumer.assignment():
        committed = consumer.committed(partition)
        if committed is None:
            consumer.seek_to_beginning(partition)
        else:
            consumer.seek(partition, committed)


def is_at_end(consumer):
    ends = consumer.end_offsets(consumer.assignment())
    return len(ends) > 0 and all(consumer.committed(partition) == end for partition, end in ends.items())


def say(event):
    print(event, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KafkaError as error:
        # Some calls do not wait for a broker that is away.
        print(repr(error), file=sys.stderr)
        sys.exit(START_ME_AGAIN)
