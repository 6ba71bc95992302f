import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Apache's Java clients at work while brokers come and go: see ../../workers.ts. */
public class Worker {
    public static void main(String[] args) throws Exception {
        if (args[0].equals("produce")) produce(args[1], args[2]);
        else if (args[0].equals("once")) once(args[1], args[2], args[3], args[4]);
        else read(args[1], args[2], args[3]);
    }

    private static void produce(String bootstrap, String topic) throws Exception {
        AtomicInteger failures = new AtomicInteger();
        try (KafkaProducer<String, String> producer = producer(Map.of("bootstrap.servers", bootstrap))) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] pair = line.split("\t", 2);
                producer.send(new ProducerRecord<>(topic, pair[0], pair[1]), (metadata, error) -> {
                    if (error == null) return;
                    failures.incrementAndGet();
                    System.err.println(error);
                });
            }
        }
        System.exit(failures.get() == 0 ? 0 : 1);
    }

    private static void once(String bootstrap, String topic, String acks, String value) throws InterruptedException {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", acks, "enable.idempotence", "false",
            "retries", "0", "request.timeout.ms", "5000", "delivery.timeout.ms", "30000");
        try (KafkaProducer<String, String> producer = producer(settings)) {
            producer.send(new ProducerRecord<>(topic, 0, "once", value)).get();
            say("acked");
        } catch (ExecutionException error) {
            say(error.getCause().getClass().getSimpleName());
        }
    }

    private static void read(String bootstrap, String topic, String group) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "group.id", group, "auto.offset.reset", "earliest",
                "auto.commit.interval.ms", "500", "session.timeout.ms", "6000", "heartbeat.interval.ms", "500"),
            new StringDeserializer(), new StringDeserializer());
        Thread reading = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                reading.join();
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }));
        try (consumer) {
            consumer.subscribe(List.of(topic));
            while (true)
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) say(record.value());
        } catch (WakeupException stopped) {
            // It was told to end.
        }
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
