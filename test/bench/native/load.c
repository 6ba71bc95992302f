/*
 * Load on a broker by prebuilt frames, so that what is measured is the broker and not the client.
 *
 *   load produce HOST PORT FRAME COUNT CONNECTIONS WINDOW PER_SECOND ERROR_AT
 *   load consume HOST PORT FRAME OFFSET_AT HEAD_BYTES BATCH_BYTES BATCH_RECORDS FIRST_OFFSET END_OFFSET CONNECTIONS TIMES
 *   load tail    HOST PORT FRAME COUNT PER_SECOND ERROR_AT FETCH_FRAME OFFSET_AT HEAD_BYTES BATCH_BYTES BATCH_RECORDS FIRST_OFFSET
 *
 * FRAME is a file with one request, length included; to produce, with as many as shall be sent in turn. ERROR_AT is where the error
 * code lies in an answer, OFFSET_AT where the offset lies in a fetch request, HEAD_BYTES how long an answer to it is before its
 * records. PER_SECOND 0 sends as fast as the window allows; otherwise the time of each request is counted from when it was due. Each
 * connection consumes from FIRST_OFFSET to END_OFFSET, so many TIMES. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_HEAD_MAX 512
#define READ_BYTES (4 * 1024 * 1024)

typedef struct {
  uint8_t *bytes;
  size_t length;
} Frame;

typedef struct {
  Frame *all;
  int64_t count;
} Frames;

typedef struct {
  int fd;
  const Frame *frame;  /* the request that is being written */
  int64_t sent;        /* requests begun */
  size_t written;      /* bytes of the request that is being written; 0 between two */
  int64_t answered;
  size_t have;         /* bytes of the answer that is being read */
  size_t length;       /* its length with the four bytes of its length; 0 until known */
  uint8_t head[ANSWER_HEAD_MAX];
  double *due;         /* when each request that waits was due: a ring */
  int64_t ring;
} Lane;

static char scratch[READ_BYTES];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static Frame frameOf(const char *path) {
  struct stat s;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &s) < 0) die(path);
  Frame frame = {malloc((size_t)s.st_size), (size_t)s.st_size};
  if (read(fd, frame.bytes, frame.length) != (ssize_t)frame.length) die(path);
  close(fd);
  return frame;
}

/* The requests that lie in a file one behind the other. */
static Frames framesOf(const char *path) {
  Frame file = frameOf(path);
  Frames frames = {NULL, 0};
  for (size_t at = 0; at < file.length;) {
    uint32_t length;
    memcpy(&length, file.bytes + at, 4);
    frames.all = realloc(frames.all, sizeof(Frame) * (size_t)(frames.count + 1));
    frames.all[frames.count++] = (Frame){file.bytes + at, 4 + be32toh(length)};
    at += 4 + be32toh(length);
  }
  return frames;
}

static int connected(const char *host, const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  int on = 1;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  inet_pton(AF_INET, host, &to.sin_addr);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double share(const double *sorted, int64_t count, double part) {
  int64_t at = (int64_t)((double)count * part);
  return sorted[at < count ? at : count - 1] * 1e6;
}

static void report(double seconds, int64_t requests, double bytes, double *took, int64_t count) {
  printf("{\"seconds\":%.6f,\"requests\":%lld,\"bytes\":%.0f", seconds, (long long)requests, bytes);
  if (count > 0) {
    qsort(took, (size_t)count, sizeof *took, ascending);
    printf(",\"p50Us\":%.1f,\"p99Us\":%.1f,\"p999Us\":%.1f,\"maxUs\":%.1f", share(took, count, 0.5),
           share(took, count, 0.99), share(took, count, 0.999), took[count - 1] * 1e6);
  }
  printf("}\n");
}

/* Writes what the socket takes of the request in hand; true once it is whole on its way. */
static int push(Lane *lane) {
  const Frame *frame = lane->frame;
  while (lane->written < frame->length) {
    ssize_t n = send(lane->fd, frame->bytes + lane->written, frame->length - lane->written, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) return 0;
      die("send");
    }
    lane->written += (size_t)n;
  }
  lane->written = 0;
  return 1;
}

/* Reads what has come; calls `whole` for each answer, with its head. */
static void pull(Lane *lane, void (*whole)(Lane *)) {
  for (;;) {
    ssize_t n = recv(lane->fd, scratch, sizeof scratch, 0);
    if (n == 0) {
      fprintf(stderr, "the broker closed the connection\n");
      exit(1);
    }
    if (n < 0) {
      if (errno == EAGAIN) return;
      die("recv");
    }
    for (size_t at = 0; at < (size_t)n;) {
      size_t left = (size_t)n - at;
      size_t want = lane->length == 0 ? 4 - lane->have : lane->length - lane->have;
      size_t take = left < want ? left : want;
      if (lane->have < ANSWER_HEAD_MAX) {
        size_t room = ANSWER_HEAD_MAX - lane->have;
        memcpy(lane->head + lane->have, scratch + at, take < room ? take : room);
      }
      lane->have += take;
      at += take;
      if (lane->length == 0 && lane->have == 4) {
        uint32_t length;
        memcpy(&length, lane->head, 4);
        lane->length = 4 + be32toh(length);
      }
      if (lane->length > 0 && lane->have == lane->length) {
        whole(lane);
        lane->have = 0;
        lane->length = 0;
      }
    }
    if ((size_t)n < sizeof scratch) return;
  }
}

static size_t errorAt;
static double *tookAll;
static int64_t tookCount;

static void checkError(const Lane *lane, size_t at) {
  int16_t code;
  memcpy(&code, lane->head + at, 2);
  code = (int16_t)be16toh((uint16_t)code);
  if (code != 0) {
    fprintf(stderr, "the broker answered with error %d\n", code);
    exit(1);
  }
}

static void produced(Lane *lane) {
  checkError(lane, errorAt);
  if (tookAll != NULL) tookAll[tookCount++] = now() - lane->due[lane->answered % lane->ring];
  lane->answered++;
}

/* The next moment worth waking up for: pace in the last 200 µs by looking again and again, sleep before that. */
static void await(struct pollfd *fds, int count, double until) {
  double left = until - now();
  struct timespec wait = {0, 0};
  if (left > 200e-6) wait.tv_nsec = (long)((left - 150e-6 < 0.5 ? left - 150e-6 : 0.5) * 1e9);
  if (ppoll(fds, (nfds_t)count, &wait, NULL) < 0) die("ppoll");
}

static int produce(char **arg) {
  Frames frames = framesOf(arg[2]);
  int64_t count = atoll(arg[3]);
  int lanes = atoi(arg[4]);
  int64_t window = atoll(arg[5]);
  double perSecond = atof(arg[6]);
  errorAt = (size_t)atoll(arg[7]);
  int64_t ring = perSecond > 0 ? count : window;
  tookAll = malloc(sizeof(double) * (size_t)count);
  Lane *all = calloc((size_t)lanes, sizeof *all);
  struct pollfd *fds = calloc((size_t)lanes, sizeof *fds);
  for (int i = 0; i < lanes; i++) {
    all[i].fd = fds[i].fd = connected(arg[0], arg[1]);
    all[i].ring = ring;
    all[i].due = malloc(sizeof(double) * (size_t)ring);
  }
  int64_t begun = 0;
  double start = now();
  while (tookCount < count) {
    double due = perSecond > 0 ? start + (double)begun / perSecond : 0;
    if (perSecond > 0) {
      for (; begun < count && due <= now(); begun++, due = start + (double)begun / perSecond) {
        Lane *lane = &all[begun % lanes];
        lane->due[lane->sent++ % ring] = due;
        lane->frame = &frames.all[begun % frames.count];
        while (!push(lane)) pull(lane, produced);
      }
    } else {
      for (int i = 0; i < lanes; i++) {
        Lane *lane = &all[i];
        while (lane->written > 0 || (begun < count && lane->sent - lane->answered < window)) {
          if (lane->written == 0) {
            lane->due[lane->sent++ % ring] = now();
            lane->frame = &frames.all[begun++ % frames.count];
          }
          if (!push(lane)) break;
        }
      }
    }
    for (int i = 0; i < lanes; i++) fds[i].events = (short)(POLLIN | (all[i].written > 0 ? POLLOUT : 0));
    await(fds, lanes, perSecond > 0 && begun < count ? due : now() + 1);
    for (int i = 0; i < lanes; i++)
      if (fds[i].revents & ~POLLOUT) pull(&all[i], produced);
  }
  report(now() - start, count, (double)frames.all[0].length * (double)count, tookAll, tookCount);
  return 0;
}

static Frame fetchFrame;
static size_t offsetAt, headBytes, batchBytes;
static int64_t batchRecords, firstOffset, endOffset, nextOffset[256], timesLeft[256];
static double fetchedBytes;
static Lane *consumers;

static void ask(Lane *lane) {
  uint64_t offset = htobe64((uint64_t)nextOffset[lane - consumers]);
  memcpy(fetchFrame.bytes + offsetAt, &offset, 8);
  lane->frame = &fetchFrame;
  while (!push(lane)) {}
}

/* The error code of the one partition stands 38 bytes before the records; the last batch may be cut off, as Kafka does. */
static int64_t wholeBatches(const Lane *lane) {
  checkError(lane, headBytes - 38);
  return (int64_t)((lane->length - headBytes) / batchBytes);
}

static void fetched(Lane *lane) {
  int64_t batches = wholeBatches(lane);
  nextOffset[lane - consumers] += batches * batchRecords;
  fetchedBytes += (double)batches * (double)batchBytes;
  if (nextOffset[lane - consumers] >= endOffset && --timesLeft[lane - consumers] > 0)
    nextOffset[lane - consumers] = firstOffset;
  if (nextOffset[lane - consumers] < endOffset) ask(lane);
  else lane->answered = -1;
}

static int consume(char **arg) {
  fetchFrame = frameOf(arg[2]);
  offsetAt = (size_t)atoll(arg[3]);
  headBytes = (size_t)atoll(arg[4]);
  batchBytes = (size_t)atoll(arg[5]);
  batchRecords = atoll(arg[6]);
  firstOffset = atoll(arg[7]);
  endOffset = atoll(arg[8]);
  int lanes = atoi(arg[9]);
  int64_t times = atoll(arg[10]);
  consumers = calloc((size_t)lanes, sizeof *consumers);
  struct pollfd *fds = calloc((size_t)lanes, sizeof *fds);
  double start = now();
  for (int i = 0; i < lanes; i++) {
    consumers[i].fd = fds[i].fd = connected(arg[0], arg[1]);
    fds[i].events = POLLIN;
    nextOffset[i] = firstOffset;
    timesLeft[i] = times;
    ask(&consumers[i]);
  }
  for (int left = lanes; left > 0;) {
    await(fds, lanes, now() + 1);
    left = 0;
    for (int i = 0; i < lanes; i++) {
      if (fds[i].revents != 0) pull(&consumers[i], fetched);
      if (consumers[i].answered < 0) fds[i].fd = -1;
      else left++;
    }
  }
  report(now() - start, 0, fetchedBytes, NULL, 0);
  return 0;
}

static double *dueOf;

static void tailed(Lane *lane) {
  int64_t batches = wholeBatches(lane);
  double at = now();
  for (int64_t i = 0; i < batches; i++, tookCount++)
    tookAll[tookCount] = at - dueOf[(nextOffset[0] - firstOffset) / batchRecords + i];
  nextOffset[0] += batches * batchRecords;
  if (nextOffset[0] < endOffset) ask(lane);
}

static void acknowledged(Lane *lane) {
  checkError(lane, errorAt);
  lane->answered++;
}

/* From the moment at which a record was due to be sent to that at which a waiting consumer has it. */
static int tail(char **arg) {
  Frame frame = frameOf(arg[2]);
  int64_t count = atoll(arg[3]);
  double perSecond = atof(arg[4]);
  errorAt = (size_t)atoll(arg[5]);
  fetchFrame = frameOf(arg[6]);
  offsetAt = (size_t)atoll(arg[7]);
  headBytes = (size_t)atoll(arg[8]);
  batchBytes = (size_t)atoll(arg[9]);
  batchRecords = atoll(arg[10]);
  firstOffset = nextOffset[0] = atoll(arg[11]);
  endOffset = firstOffset + count * batchRecords;
  tookAll = malloc(sizeof(double) * (size_t)count);
  dueOf = malloc(sizeof(double) * (size_t)count);
  Lane both[2] = {0};
  struct pollfd fds[2];
  consumers = &both[0];
  for (int i = 0; i < 2; i++) both[i].fd = fds[i].fd = connected(arg[0], arg[1]), fds[i].events = POLLIN;
  ask(&both[0]);
  double start = now() + 0.05;
  int64_t begun = 0;
  while (tookCount < count) {
    double due = start + (double)begun / perSecond;
    for (; begun < count && due <= now(); due = start + (double)begun / perSecond) {
      dueOf[begun++] = due;
      both[1].frame = &frame;
      while (!push(&both[1])) {}
    }
    await(fds, 2, begun < count ? due : now() + 1);
    if (fds[0].revents != 0) pull(&both[0], tailed);
    if (fds[1].revents != 0) pull(&both[1], acknowledged);
  }
  report(now() - start, count, 0, tookAll, tookCount);
  return 0;
}

int main(int count, char **arg) {
  if (count >= 10 && strcmp(arg[1], "produce") == 0) return produce(arg + 2);
  if (count >= 13 && strcmp(arg[1], "consume") == 0) return consume(arg + 2);
  if (count >= 14 && strcmp(arg[1], "tail") == 0) return tail(arg + 2);
  fprintf(stderr, "load produce|consume|tail …: see the head of its source\n");
  return 2;
}
