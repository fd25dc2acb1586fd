// Many TFTP clients in one program, for the bench: each with its own port, fetching one file again and again until the
// time is up. Small on purpose: on two cores a client that costs more than the server would measure itself.
//
//   tftpLoad <server> <port> <file> <clients> <blksize> <windowsize> <seconds> <path of the same file>
//
// Prints one line of JSON. What arrives is compared with the file at <path>, byte by byte, for the first client.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct client {
  int fd;
  int connected;
  uint32_t expected; // the block that comes next; it never rolls over here
  uint32_t acked;    // up to where the server was told
  uint16_t windowsize;
  uint16_t blksize;
  double heard;
};

static struct sockaddr_in server;
static const char *name;
static int asked_blksize, asked_windowsize;
static const uint8_t *wanted;
static size_t wanted_size;
static uint64_t bytes, files, timeouts, wrong, errors;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void ask(struct client *c) {
  char packet[600];
  int n = 0;
  packet[n++] = 0;
  packet[n++] = 1;
  n += sprintf(packet + n, "%s", name) + 1;
  n += sprintf(packet + n, "octet") + 1;
  if (asked_blksize != 512) {
    n += sprintf(packet + n, "blksize") + 1;
    n += sprintf(packet + n, "%d", asked_blksize) + 1;
  }
  if (asked_windowsize != 1) {
    n += sprintf(packet + n, "windowsize") + 1;
    n += sprintf(packet + n, "%d", asked_windowsize) + 1;
  }
  sendto(c->fd, packet, n, 0, (struct sockaddr *)&server, sizeof server);
}

static void ack(struct client *c, uint32_t block) {
  uint8_t packet[4] = {0, 4, (uint8_t)(block >> 8), (uint8_t)block};
  c->acked = block;
  send(c->fd, packet, sizeof packet, 0);
}

static void begin(struct client *c, int epoll, uint32_t index) {
  if (c->fd >= 0) close(c->fd);
  c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int room = 1 << 20;
  setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) exit(2);
  c->connected = 0;
  c->expected = 1;
  c->acked = 0;
  c->blksize = 512;
  c->windowsize = 1;
  c->heard = now();
  ask(c);
}

static void parse_oack(struct client *c, const char *p, const char *end) {
  while (p < end) {
    const char *value = p + strlen(p) + 1;
    if (value >= end) break;
    if (strcmp(p, "blksize") == 0) c->blksize = atoi(value);
    if (strcmp(p, "windowsize") == 0) c->windowsize = atoi(value);
    p = value + strlen(value) + 1;
  }
}

/** One datagram; 1 when the file is whole. */
static int heard(struct client *c, uint8_t *packet, int length, int first) {
  if (length < 4) return 0;
  uint16_t block = packet[2] << 8 | packet[3];
  switch (packet[1]) {
  case 6:
    packet[length < 1499 ? length : 1499] = 0;
    parse_oack(c, (char *)packet + 2, (char *)packet + length);
    ack(c, 0);
    return 0;
  case 5:
    errors++;
    return 1;
  case 3:
    break;
  default:
    return 0;
  }
  if (block != (uint16_t)c->expected) {
    // A gap: the server is told where to go on, once (RFC 7440 section 4).
    uint16_t ahead = block - (uint16_t)c->expected;
    if (ahead < 0x8000 && c->acked != c->expected - 1) ack(c, c->expected - 1);
    return 0;
  }
  int size = length - 4;
  if (first) {
    size_t at = (size_t)(c->expected - 1) * c->blksize;
    if (at + size > wanted_size || memcmp(wanted + at, packet + 4, size) != 0) wrong++;
  }
  bytes += size;
  uint32_t done = c->expected++;
  if (size < c->blksize) {
    ack(c, done);
    files++;
    return 1;
  }
  if (done - c->acked >= c->windowsize) ack(c, done);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 9) return 64;
  server.sin_family = AF_INET;
  server.sin_port = htons(atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &server.sin_addr);
  name = argv[3];
  int count = atoi(argv[4]);
  asked_blksize = atoi(argv[5]);
  asked_windowsize = atoi(argv[6]);
  double seconds = atof(argv[7]);
  int file = open(argv[8], O_RDONLY);
  struct stat stat;
  if (file < 0 || fstat(file, &stat) < 0) return 66;
  wanted_size = stat.st_size;
  wanted = mmap(NULL, wanted_size, PROT_READ, MAP_PRIVATE, file, 0);

  int epoll = epoll_create1(0);
  struct client *clients = calloc(count, sizeof *clients);
  double started = now();
  for (int i = 0; i < count; i++) {
    clients[i].fd = -1;
    begin(&clients[i], epoll, i);
  }
  struct epoll_event events[256];
  double looked = started;
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, 100);
    double at = now();
    if (at - started >= seconds) break;
    for (int i = 0; i < ready; i++) {
      uint32_t index = events[i].data.u32;
      struct client *c = &clients[index];
      c->heard = at;
      for (int turns = 0; turns < c->windowsize; turns++) {
        uint8_t packet[65536];
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        int n = c->connected ? recv(c->fd, packet, sizeof packet, 0)
                             : recvfrom(c->fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &length);
        if (n < 0) break;
        if (!c->connected) {
          connect(c->fd, (struct sockaddr *)&from, sizeof from);
          c->connected = 1;
        }
        if (heard(c, packet, n, index == 0)) {
          begin(c, epoll, index);
          break;
        }
      }
    }
    if (at - looked < 0.1) continue;
    looked = at;
    for (int i = 0; i < count; i++) {
      struct client *c = &clients[i];
      if (at - c->heard < 1) continue;
      timeouts++;
      c->heard = at;
      if (c->connected) ack(c, c->expected - 1);
      else ask(c);
    }
  }
  double took = now() - started;
  // No transfer is left running into the next measurement.
  for (int i = 0; i < count; i++)
    if (clients[i].connected) send(clients[i].fd, "\0\5\0\0done", 9, 0);
  printf("{\"seconds\":%.4f,\"bytes\":%llu,\"files\":%llu,\"timeouts\":%llu,\"wrong\":%llu,\"errors\":%llu}\n", took,
         (unsigned long long)bytes, (unsigned long long)files, (unsigned long long)timeouts,
         (unsigned long long)wrong, (unsigned long long)errors);
  return wrong ? 1 : 0;
}
