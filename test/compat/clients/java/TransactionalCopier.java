import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Apache's Java clients as a copier: see ../../copiers.ts. A static member, so that who comes after a crash gets the partitions at once. */
public class TransactionalCopier {
    private static final int ABORT_EVERY = 5;

    private final String input;
    private final String output;
    private final KafkaConsumer<String, String> consumer;
    private final KafkaProducer<String, String> producer;
    private int transactions = 0;

    public static void main(String[] args) {
        new TransactionalCopier(args[0], args[1], args[2], args[3], args[4]).run();
    }

    private TransactionalCopier(String bootstrap, String input, String output, String group, String transactionalId) {
        this.input = input;
        this.output = output;
        consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "group.id", group, "group.instance.id", group + "-member",
                "isolation.level", "read_committed", "enable.auto.commit", "false", "auto.offset.reset", "earliest",
                "max.poll.records", "20", "session.timeout.ms", "6000", "heartbeat.interval.ms", "500"),
            new StringDeserializer(), new StringDeserializer());
        producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "transactional.id", transactionalId, "reconnect.backoff.max.ms", "200"),
            new StringSerializer(), new StringSerializer());
    }

    private void run() {
        consumer.subscribe(List.of(input));
        producer.initTransactions();
        while (true) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
            if (!records.isEmpty()) copy(records);
            else if (isAtEnd()) break;
        }
        consumer.close();
        producer.close();
    }

    private void copy(ConsumerRecords<String, String> records) {
        boolean isToAbort = ++transactions % ABORT_EVERY == 0;
        try {
            producer.beginTransaction();
            say("begun");
            for (ConsumerRecord<String, String> record : records)
                producer.send(new ProducerRecord<>(output, record.key(), "copy of " + record.value()));
            producer.flush();
            say("sent");
            producer.sendOffsetsToTransaction(positions(), consumer.groupMetadata());
            say(isToAbort ? "aborting" : "committing");
            if (!isToAbort) producer.commitTransaction();
        } catch (KafkaException error) {
            System.err.println(error);
            isToAbort = true;
        }
        if (isToAbort) {
            producer.abortTransaction();
            rewind();
        }
        say(isToAbort ? "aborted" : "committed");
    }

    private Map<TopicPartition, OffsetAndMetadata> positions() {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (TopicPartition partition : consumer.assignment())
            positions.put(partition, new OffsetAndMetadata(consumer.position(partition)));
        return positions;
    }

    private void rewind() {
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(consumer.assignment());
        committed.forEach((partition, offset) -> {
            if (offset == null) consumer.seekToBeginning(Set.of(partition));
            else consumer.seek(partition, offset.offset());
        });
    }

    private boolean isAtEnd() {
        Set<TopicPartition> partitions = consumer.assignment();
        if (partitions.isEmpty()) return false;
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
        return consumer.endOffsets(partitions).entrySet().stream()
            .allMatch(end -> committed.get(end.getKey()) != null && committed.get(end.getKey()).offset() == end.getValue());
    }

    private static void say(String event) {
        System.out.println(event);
    }
}
