/*
 * PCA9685 chips behind /dev/i2c-*, loaded in front of the C library (LD_PRELOAD): open, ioctl (I2C_SLAVE, I2C_RDWR) and
 * write of a program go to registers in the file I2C_FILE, which several programs share. Every write to a chip goes
 * into a log there. What the registers do is that of the data sheet: auto-increment, sleep, the prescaler that is
 * written in sleep only, bits that read as zero. A byte takes 90 µs, as at 100 kHz.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
#define FILES 1024
#define ADDRESSES 128
#define LOG 65536
#define BYTE_NS 90000L

struct entry {
  uint64_t ns; /* CLOCK_MONOTONIC, when the transfer was over */
  uint8_t address, first, count, data[37];
};

/* test/support/simulated-i2c.ts knows this layout */
struct bus {
  uint32_t fails; /* nothing answers */
  uint32_t entries; /* written since the beginning */
  uint8_t present[ADDRESSES];
  uint8_t registers[ADDRESSES][256];
  struct entry log[LOG];
  pthread_mutex_t lock;
  uint32_t has_lock;
};

static struct bus *bus;
static uint8_t addresses[FILES]; /* of open files; 0xff: is one, with no address yet */
static uint8_t pointers[ADDRESSES];

static void map(int file) {
  pthread_mutexattr_t attributes;
  void *mapped = mmap(NULL, sizeof *bus, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped == MAP_FAILED) abort();
  bus = mapped;
  if (__atomic_exchange_n(&bus->has_lock, 1, __ATOMIC_SEQ_CST)) return;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&bus->lock, &attributes);
}

/* A transfer of the kernel goes on when its process is stopped or killed: so nobody waits long for the lock. */
static void begin(size_t bytes) {
  struct timespec until, takes = {0, (long)bytes * BYTE_NS};
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += 5000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  if (pthread_mutex_timedlock(&bus->lock, &until) == EOWNERDEAD) pthread_mutex_consistent(&bus->lock);
  nanosleep(&takes, NULL);
}

static void put(uint8_t *registers, uint8_t at, uint8_t value) {
  if (at == 0x00) registers[at] = value & 0x7f;
  else if (at >= 0x02 && at <= 0x05) registers[at] = value & 0xfe;
  else if (at == 0xfe) {
    if (registers[0] & 0x10) registers[at] = value < 3 ? 3 : value;
  } else if (at >= 0x06 && at <= 0x45) registers[at] = (at & 1) ? value & 0x1f : value;
  else registers[at] = value;
}

static int answers(unsigned address) {
  if (!bus->fails && address < ADDRESSES && bus->present[address]) return 1;
  errno = EREMOTEIO;
  return 0;
}

static void transfer(unsigned address, int reads, uint8_t *bytes, size_t count) {
  uint8_t *registers = bus->registers[address];
  if (reads) {
    for (size_t i = 0; i < count; i++) {
      bytes[i] = registers[pointers[address]];
      if (registers[0] & 0x20) pointers[address]++;
    }
    return;
  }
  pointers[address] = bytes[0];
  if (count == 1) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct entry *entry = &bus->log[__atomic_fetch_add(&bus->entries, 1, __ATOMIC_SEQ_CST) % LOG];
  entry->ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  entry->address = (uint8_t)address;
  entry->first = bytes[0];
  entry->count = (uint8_t)(count - 1);
  memcpy(entry->data, bytes + 1, count - 1 < sizeof entry->data ? count - 1 : sizeof entry->data);
  for (size_t i = 1; i < count; i++) {
    put(registers, pointers[address], bytes[i]);
    if (registers[0] & 0x20) pointers[address]++;
  }
}

static int is_ours(int file) { return file >= 0 && file < FILES && addresses[file] != 0; }

static int opened(const char *path, int flags, int mode, int (*really)(const char *, int, ...)) {
  if (strncmp(path, "/dev/i2c-", 9) != 0) return really(path, flags, mode);
  const char *shared = getenv("I2C_FILE");
  int file = really(shared ? shared : "", O_RDWR | O_CLOEXEC, 0);
  if (file < 0) return file;
  if (!bus) map(file);
  addresses[file] = 0xff;
  return file;
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = va_arg(more, int);
  va_end(more);
  return opened(path, flags, mode, REAL(open));
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = va_arg(more, int);
  va_end(more);
  return opened(path, flags, mode, REAL(open64));
}

int ioctl(int file, unsigned long request, ...) {
  va_list more;
  va_start(more, request);
  void *argument = va_arg(more, void *);
  va_end(more);
  if (!is_ours(file)) return REAL(ioctl)(file, request, argument);
  if (request == I2C_SLAVE) {
    addresses[file] = (uint8_t)(uintptr_t)argument;
    return 0;
  }
  if (request != I2C_RDWR) {
    errno = ENOTTY;
    return -1;
  }
  struct i2c_rdwr_ioctl_data *all = argument;
  size_t bytes = 0;
  for (uint32_t i = 0; i < all->nmsgs; i++) bytes += 1u + all->msgs[i].len;
  begin(bytes);
  int result = (int)all->nmsgs;
  for (uint32_t i = 0; i < all->nmsgs && result >= 0; i++) {
    struct i2c_msg *one = &all->msgs[i];
    if (answers(one->addr)) transfer(one->addr, one->flags & I2C_M_RD, one->buf, one->len);
    else result = -1;
  }
  pthread_mutex_unlock(&bus->lock);
  return result;
}

ssize_t write(int file, const void *bytes, size_t count) {
  if (!is_ours(file)) return REAL(write)(file, bytes, count);
  begin(1 + count);
  ssize_t result = -1;
  if (answers(addresses[file])) {
    uint8_t copy[256];
    memcpy(copy, bytes, count < sizeof copy ? count : sizeof copy);
    transfer(addresses[file], 0, copy, count);
    result = (ssize_t)count;
  }
  pthread_mutex_unlock(&bus->lock);
  return result;
}
