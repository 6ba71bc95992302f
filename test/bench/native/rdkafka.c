/*
 * Records through librdkafka, the client under most languages' clients.
 *
 *   rdkafka produce BOOTSTRAP TOPIC COUNT VALUE_BYTES [NAME=VALUE …]
 *   rdkafka consume BOOTSTRAP TOPIC COUNT [NAME=VALUE …]
 *
 * The library is opened when this starts: Debian's kcat brings librdkafka.so.1, without its header. Prints one line of JSON.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PRODUCER 0
#define CONSUMER 1
#define COPY 0x2
#define BLOCK 0x4
#define OFFSET_BEGINNING -2

/* The head of rd_kafka_message_t: all that is read here. */
typedef struct {
  int err;
  void *topic;
  int32_t partition;
  void *payload;
  size_t length;
} Message;

static void *library;
static int64_t failed, delivered;

static void *named(const char *name) {
  void *found = dlsym(library, name);
  if (found == NULL) {
    fprintf(stderr, "librdkafka has no %s\n", name);
    exit(1);
  }
  return found;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(void *client, const Message *message, void *opaque) {
  (void)client;
  (void)opaque;
  delivered++;
  if (message->err != 0) failed++;
}

static void *clientOf(int kind, const char *bootstrap, char **settings, int count) {
  void *(*confNew)(void) = named("rd_kafka_conf_new");
  int (*confSet)(void *, const char *, const char *, char *, size_t) = named("rd_kafka_conf_set");
  void (*onDelivery)(void *, void (*)(void *, const Message *, void *)) = named("rd_kafka_conf_set_dr_msg_cb");
  void *(*make)(int, void *, char *, size_t) = named("rd_kafka_new");
  char error[512];
  void *conf = confNew();
  int bad = confSet(conf, "bootstrap.servers", bootstrap, error, sizeof error);
  for (int i = 0; i < count && bad == 0; i++) {
    char *value = strchr(settings[i], '=');
    if (value == NULL) exit(2);
    *value = 0;
    bad = confSet(conf, settings[i], value + 1, error, sizeof error);
  }
  if (kind == PRODUCER) onDelivery(conf, report);
  void *client = bad ? NULL : make(kind, conf, error, sizeof error);
  if (client == NULL) {
    fprintf(stderr, "%s\n", error);
    exit(1);
  }
  return client;
}

static void *topicOf(void *client, const char *name) {
  void *(*make)(void *, const char *, void *) = named("rd_kafka_topic_new");
  return make(client, name, NULL);
}

static void print(double seconds, int64_t count, double bytes) {
  printf("{\"seconds\":%.6f,\"requests\":%lld,\"bytes\":%.0f}\n", seconds, (long long)count, bytes);
}

static int produce(const char *bootstrap, const char *topicName, int64_t count, size_t bytes, char **settings, int many) {
  int (*send)(void *, int32_t, int, void *, size_t, const void *, size_t, void *) = named("rd_kafka_produce");
  int (*poll)(void *, int) = named("rd_kafka_poll");
  int (*flush)(void *, int) = named("rd_kafka_flush");
  void *client = clientOf(PRODUCER, bootstrap, settings, many);
  void *topic = topicOf(client, topicName);
  char *value = malloc(bytes);
  memset(value, 'k', bytes);
  double start = now();
  for (int64_t i = 0; i < count; i++) {
    while (send(topic, 0, COPY, value, bytes, NULL, 0, NULL) != 0) poll(client, 10);
    if ((i & 1023) == 0) poll(client, 0);
  }
  flush(client, 60000);
  double seconds = now() - start;
  if (failed > 0 || delivered != count) {
    fprintf(stderr, "%lld of %lld delivered, %lld failed\n", (long long)delivered, (long long)count, (long long)failed);
    return 1;
  }
  print(seconds, count, (double)count * (double)bytes);
  return 0;
}

static int64_t consumed, consumedBytes;

static void each(Message *message, void *opaque) {
  (void)opaque;
  if (message->err != 0) return;
  consumed++;
  consumedBytes += (int64_t)message->length;
}

static int consume(const char *bootstrap, const char *topicName, int64_t count, char **settings, int many) {
  int (*start)(void *, int32_t, int64_t) = named("rd_kafka_consume_start");
  int (*next)(void *, int32_t, int, void (*)(Message *, void *), void *) = named("rd_kafka_consume_callback");
  void *client = clientOf(CONSUMER, bootstrap, settings, many);
  void *topic = topicOf(client, topicName);
  double begin = now();
  if (start(topic, 0, OFFSET_BEGINNING) != 0) return 1;
  while (consumed < count) {
    if (now() - begin > 120) return 1;
    next(topic, 0, 100, each, NULL);
  }
  print(now() - begin, consumed, (double)consumedBytes);
  return 0;
}

int main(int count, char **arg) {
  library = dlopen("librdkafka.so.1", RTLD_NOW);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 3;
  }
  if (count >= 6 && strcmp(arg[1], "produce") == 0)
    return produce(arg[2], arg[3], atoll(arg[4]), (size_t)atoll(arg[5]), arg + 6, count - 6);
  if (count >= 5 && strcmp(arg[1], "consume") == 0) return consume(arg[2], arg[3], atoll(arg[4]), arg + 5, count - 5);
  return 2;
}
