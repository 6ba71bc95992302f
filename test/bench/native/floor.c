/*
 * The least that a broker can do: reads a produce request, writes its bytes to a file and answers; answers a fetch with bytes of
 * that file. Checks nothing, understands nothing: what it answers was made beforehand, only the correlation id is put in.
 *
 *   floor PORT DIRECTORY OFFSET_AT HEAD_BYTES BATCH_BYTES BATCH_RECORDS
 *
 * DIRECTORY has `KEY.answer` for each API key that it serves: an answer whole, length and correlation id included. For Fetch that is
 * the HEAD_BYTES before the records. The records of a produce request are its last BATCH_BYTES; with BATCH_BYTES 0 all of it is
 * written. OFFSET_AT is where a fetch request has its offset.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define KEYS 128
#define PRODUCE 0
#define FETCH 1
#define FETCH_BYTES_MAX (8 * 1024 * 1024)
#define REQUEST_BYTES_MAX (104 * 1024 * 1024)

typedef struct {
  uint8_t *bytes;
  size_t length;
} Answer;

typedef struct {
  int fd;
  uint8_t *in;
  size_t inSize, have;
  uint8_t *out;
  size_t outSize, outLength, outAt;
  int isWaiting; /* a fetch at the end of the file */
  uint64_t fetchOffset;
  uint32_t correlation;
} Peer;

static Answer answers[KEYS];
static Peer *peers[CONNECTIONS_MAX];
static int logFd, epollFd, waiting;
static size_t offsetAt, headBytes, batchBytes, batchRecords;
static uint64_t fileBytes;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void *roomFor(void *bytes, size_t *size, size_t need) {
  if (*size >= need) return bytes;
  while (*size < need) *size = *size == 0 ? 65536 : *size * 2;
  return realloc(bytes, *size);
}

static void loadAnswers(const char *directory) {
  for (int key = 0; key < KEYS; key++) {
    char path[4096];
    struct stat s;
    snprintf(path, sizeof path, "%s/%d.answer", directory, key);
    int fd = open(path, O_RDONLY);
    if (fd < 0) continue;
    if (fstat(fd, &s) < 0) die(path);
    answers[key].length = (size_t)s.st_size;
    answers[key].bytes = malloc(answers[key].length);
    if (read(fd, answers[key].bytes, answers[key].length) != (ssize_t)answers[key].length) die(path);
    close(fd);
  }
}

static void flush(Peer *peer) {
  while (peer->outAt < peer->outLength) {
    ssize_t n = send(peer->fd, peer->out + peer->outAt, peer->outLength - peer->outAt, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) return;
      struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.fd = peer->fd};
      epoll_ctl(epollFd, EPOLL_CTL_MOD, peer->fd, &event);
      return;
    }
    peer->outAt += (size_t)n;
  }
  peer->outAt = peer->outLength = 0;
}

static uint8_t *append(Peer *peer, const Answer *answer, uint32_t correlation, size_t more) {
  peer->out = roomFor(peer->out, &peer->outSize, peer->outLength + answer->length + more);
  uint8_t *at = peer->out + peer->outLength;
  memcpy(at, answer->bytes, answer->length);
  memcpy(at + 4, &correlation, 4);
  peer->outLength += answer->length + more;
  return at;
}

static void answerFetch(Peer *peer) {
  uint64_t from = peer->fetchOffset / batchRecords * batchBytes;
  if (from >= fileBytes) {
    waiting += !peer->isWaiting;
    peer->isWaiting = 1;
    return;
  }
  waiting -= peer->isWaiting;
  peer->isWaiting = 0;
  size_t bytes = fileBytes - from < FETCH_BYTES_MAX ? fileBytes - from : FETCH_BYTES_MAX;
  uint8_t *at = append(peer, &answers[FETCH], peer->correlation, bytes);
  uint32_t length = htobe32((uint32_t)(headBytes - 4 + bytes)), records = htobe32((uint32_t)bytes);
  memcpy(at, &length, 4);
  memcpy(at + headBytes - 4, &records, 4);
  if (pread(logFd, at + headBytes, bytes, (off_t)from) != (ssize_t)bytes) die("pread");
}

static void serve(Peer *peer, const uint8_t *frame, size_t length) {
  uint16_t key;
  uint32_t correlation;
  memcpy(&key, frame + 4, 2);
  memcpy(&correlation, frame + 8, 4);
  key = be16toh(key);
  if (key >= KEYS || answers[key].bytes == NULL) {
    fprintf(stderr, "floor has no answer for API key %d\n", key);
    exit(1);
  }
  if (key == FETCH) {
    memcpy(&peer->fetchOffset, frame + offsetAt, 8);
    peer->fetchOffset = be64toh(peer->fetchOffset);
    peer->correlation = correlation;
    answerFetch(peer);
    return;
  }
  if (key == PRODUCE) {
    size_t bytes = batchBytes > 0 ? batchBytes : length;
    if (write(logFd, frame + length - bytes, bytes) != (ssize_t)bytes) die("write");
    fileBytes += bytes;
  }
  append(peer, &answers[key], correlation, 0);
}

static void take(Peer *peer) {
  for (;;) {
    size_t need = peer->have + 65536;
    if (peer->have >= 4) {
      uint32_t length;
      memcpy(&length, peer->in, 4);
      if (4 + be32toh(length) > need) need = 4 + be32toh(length);
    }
    if (need > REQUEST_BYTES_MAX) exit(1);
    peer->in = roomFor(peer->in, &peer->inSize, need);
    ssize_t n = recv(peer->fd, peer->in + peer->have, peer->inSize - peer->have, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
      peers[peer->fd] = NULL;
      waiting -= peer->isWaiting;
      close(peer->fd);
      free(peer->in);
      free(peer->out);
      free(peer);
      return;
    }
    if (n < 0) return;
    peer->have += (size_t)n;
    size_t at = 0;
    while (peer->have - at >= 4) {
      uint32_t length;
      memcpy(&length, peer->in + at, 4);
      size_t whole = 4 + be32toh(length);
      if (peer->have - at < whole) break;
      serve(peer, peer->in + at, whole);
      at += whole;
    }
    memmove(peer->in, peer->in + at, peer->have - at);
    peer->have -= at;
    flush(peer);
    if (waiting > 0)
      for (int fd = 0; fd < CONNECTIONS_MAX; fd++)
        if (peers[fd] != NULL && peers[fd]->isWaiting) answerFetch(peers[fd]), flush(peers[fd]);
  }
}

int main(int count, char **arg) {
  if (count != 7) return 2;
  loadAnswers(arg[2]);
  offsetAt = (size_t)atoll(arg[3]);
  headBytes = (size_t)atoll(arg[4]);
  batchBytes = (size_t)atoll(arg[5]);
  batchRecords = (size_t)atoll(arg[6]);
  char path[4096];
  snprintf(path, sizeof path, "%s/log", arg[2]);
  logFd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
  if (logFd < 0) die(path);

  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arg[1]))};
  inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
  int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0 || listen(listener, 128) < 0) die("listen");
  epollFd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epollFd, EPOLL_CTL_ADD, listener, &event);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct epoll_event events[64];
    int many = epoll_wait(epollFd, events, 64, -1);
    for (int i = 0; i < many; i++) {
      if (events[i].data.fd == listener) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0 || fd >= CONNECTIONS_MAX) continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        peers[fd] = calloc(1, sizeof(Peer));
        peers[fd]->fd = fd;
        struct epoll_event next = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(epollFd, EPOLL_CTL_ADD, fd, &next);
        continue;
      }
      Peer *peer = peers[events[i].data.fd];
      if (peer == NULL) continue;
      if (events[i].events & EPOLLOUT) {
        struct epoll_event quiet = {.events = EPOLLIN, .data.fd = peer->fd};
        epoll_ctl(epollFd, EPOLL_CTL_MOD, peer->fd, &quiet);
        flush(peer);
      }
      if (events[i].events & ~(uint32_t)EPOLLOUT) take(peer);
    }
  }
}
