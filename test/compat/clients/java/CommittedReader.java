import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What a group of copiers left behind, as Apache's consumer sees it, in lines of words with tabs between them:
 * `committed PARTITION KEY VALUE` and `written …` are the records of the output under both isolations,
 * `offset PARTITION COMMITTED END` how far the group is in the input. No transaction is open any more when it begins to read.
 */
public class CommittedReader {
    private final String bootstrap;
    private final String group;

    public static void main(String[] args) throws InterruptedException {
        CommittedReader reader = new CommittedReader(args[0], args[3]);
        reader.offsets(args[1]);
        reader.waitUntilStable(args[2]);
        reader.records(args[2], "read_committed", "committed");
        reader.records(args[2], "read_uncommitted", "written");
    }

    private CommittedReader(String bootstrap, String group) {
        this.bootstrap = bootstrap;
        this.group = group;
    }

    private void offsets(String topic) {
        try (KafkaConsumer<String, String> consumer = consumer("read_committed")) {
            Set<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
            consumer.endOffsets(partitions).forEach((partition, end) -> {
                OffsetAndMetadata own = committed.get(partition);
                say("offset", partition.partition(), own == null ? 0 : own.offset(), end);
            });
        }
    }

    private void waitUntilStable(String topic) throws InterruptedException {
        try (KafkaConsumer<String, String> stable = consumer("read_committed");
             KafkaConsumer<String, String> all = consumer("read_uncommitted")) {
            Set<TopicPartition> partitions = partitions(all, topic);
            while (!stable.endOffsets(partitions).equals(all.endOffsets(partitions))) Thread.sleep(50);
        }
    }

    private void records(String topic, String isolation, String word) {
        try (KafkaConsumer<String, String> consumer = consumer(isolation)) {
            Set<TopicPartition> partitions = partitions(consumer, topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition)))
                consumer.poll(Duration.ofMillis(200)).forEach(record ->
                    say(word, record.partition(), record.key(), record.value()));
        }
    }

    private KafkaConsumer<String, String> consumer(String isolation) {
        return new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "group.id", group, "isolation.level", isolation, "enable.auto.commit", "false"),
            new StringDeserializer(), new StringDeserializer());
    }

    private static Set<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .collect(Collectors.toSet());
    }

    private static void say(Object... words) {
        System.out.println(List.of(words).stream().map(Object::toString).collect(Collectors.joining("\t")));
    }
}
