import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;

/**
 * The word count of Kafka Streams' own introduction, exactly once. Nothing is cached, so that a word seen n times is written n times,
 * with 1 to n; a line takes a moment, so that there is time to be killed in. Says `line` for each line that it took.
 */
public class WordCount {
    private static final int MILLISECONDS_PER_LINE = 3;

    public static void main(String[] args) {
        KafkaStreams streams = new KafkaStreams(topology(args[1], args[2]).build(), properties(args[0], args[3], args[4]));
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }

    private static StreamsBuilder topology(String input, String output) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> lines = builder.stream(input);
        lines.peek((key, line) -> takeYourTime())
            .flatMapValues(line -> Arrays.asList(line.toLowerCase().split("\\W+")))
            .filter((key, word) -> !word.isEmpty())
            .groupBy((key, word) -> word)
            .count()
            .toStream()
            .mapValues(count -> Long.toString(count))
            .to(output);
        return builder;
    }

    private static Properties properties(String bootstrap, String application, String directory) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
            "bootstrap.servers", bootstrap, "application.id", application, "state.dir", directory,
            "processing.guarantee", "exactly_once_v2", "statestore.cache.max.bytes", "0",
            "default.key.serde", Serdes.StringSerde.class, "default.value.serde", Serdes.StringSerde.class));
        // A static member: who comes after a crash gets the partitions at once.
        properties.putAll(Map.of("group.instance.id", application, "session.timeout.ms", "6000",
            "heartbeat.interval.ms", "500", "auto.offset.reset", "earliest", "max.poll.records", "20"));
        return properties;
    }

    private static void takeYourTime() {
        System.out.println("line");
        try {
            Thread.sleep(MILLISECONDS_PER_LINE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
