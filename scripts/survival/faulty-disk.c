/*
 * A disk that fails at one chosen file operation: loaded in front of the C library (LD_PRELOAD), so that it sees every
 * operation of Node on the folder FAULT_FOLDER and on the files in it, counts them, and does FAULT_KIND at number
 * FAULT_AT (from 1). A process may change the three; another folder is counted anew.
 *
 *   kill    the process gets SIGKILL before the operation
 *   EIO     the operation is not done and fails
 *   torn    of the next write of more than a byte half is written, then SIGKILL
 *   short   half of it is written, which is said
 *   ENOSPC  the next operation that needs room is not done and fails
 *   full    so does every later one that needs room
 *
 * FAULT_LOG: a file that gets a line per operation: name, whether it needs room (1 or 0), bytes to be written, path in
 * the folder.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(name) *)real(#name))
#define FILES 4096

enum verdict { PASS, FAIL, HALF, TORN };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FILES]; /* of the open files in the folder */
static long count;
static int is_done;
static char counted[4096]; /* the folder that both are of */

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static const char *setting(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

/* What stands behind the folder in a path; NULL outside. */
static const char *inside(const char *path) {
  const char *folder = setting("FAULT_FOLDER");
  size_t length = strlen(folder);
  if (length == 0 || !path || strncmp(path, folder, length) != 0) return NULL;
  return path[length] == '/' || path[length] == 0 ? path + length : NULL;
}

static const char *path_of(int file) { return file >= 0 && file < FILES ? paths[file] : NULL; }

static void note(int file, const char *path) {
  if (file < 0 || file >= FILES) return;
  pthread_mutex_lock(&lock);
  free(paths[file]);
  paths[file] = path ? strdup(path) : NULL;
  pthread_mutex_unlock(&lock);
}

static void write_log(const char *name, int needs_room, size_t bytes, const char *path) {
  const char *log = setting("FAULT_LOG");
  char line[512];
  int file;
  if (*log == 0) return;
  file = REAL(open64)(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file < 0) abort();
  snprintf(line, sizeof line, "%s %d %zu %s\n", name, needs_room, bytes, *path ? path : "/");
  if (REAL(write)(file, line, strlen(line)) < 0) abort();
  REAL(close)(file);
}

static enum verdict once(enum verdict verdict, int error) {
  is_done = 1;
  errno = error;
  return verdict;
}

/* Counts an operation and says what becomes of it; does not return if the process is to die. */
static enum verdict judge(const char *name, const char *path, int needs_room, size_t bytes) {
  const char *kind = setting("FAULT_KIND");
  long at = atol(setting("FAULT_AT"));
  long number;
  if (!path) return PASS;
  pthread_mutex_lock(&lock);
  if (strcmp(counted, setting("FAULT_FOLDER")) != 0) {
    count = 0;
    is_done = 0;
    snprintf(counted, sizeof counted, "%s", setting("FAULT_FOLDER"));
  }
  number = ++count;
  write_log(name, needs_room, bytes, path);
  pthread_mutex_unlock(&lock);
  if (number < at || is_done) return PASS;
  if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(kind, "EIO") == 0) return once(FAIL, EIO);
  if (strcmp(kind, "torn") == 0 && bytes > 1) return TORN;
  if (strcmp(kind, "short") == 0 && bytes > 1) return once(HALF, 0);
  if (strcmp(kind, "ENOSPC") == 0 && needs_room) return once(FAIL, ENOSPC);
  if (strcmp(kind, "full") != 0 || !needs_room) return PASS;
  errno = ENOSPC;
  return FAIL;
}

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  int file;
  if (flags & O_CREAT) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  if (judge("open", inside(path), (flags & O_CREAT) != 0, 0) == FAIL) return -1;
  file = REAL(open64)(path, flags, mode);
  note(file, inside(path));
  return file;
}

/* Node closes and looks at files past the C library's functions. */
long syscall(long number, ...) {
  long a[6];
  enum verdict verdict = PASS;
  va_list more;
  va_start(more, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(more, long);
  va_end(more);
  if (number == SYS_close) {
    verdict = judge("close", path_of((int)a[0]), 0, 0);
    note((int)a[0], NULL);
  }
  if (number == SYS_statx) {
    const char *path = (const char *)a[1];
    verdict = judge("statx", path && *path ? inside(path) : path_of((int)a[0]), 0, 0);
    if (verdict == FAIL) return -1;
  }
  int error = errno;
  long result = ((long (*)(long, ...))real("syscall"))(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (verdict != FAIL) return result;
  errno = error; /* a file whose close fails is closed all the same */
  return -1;
}

static ssize_t half(int file, const void *from, size_t bytes, off_t at) {
  return at < 0 ? REAL(write)(file, from, bytes / 2) : REAL(pwrite64)(file, from, bytes / 2, at);
}

ssize_t write(int file, const void *from, size_t bytes) {
  enum verdict verdict = judge("write", path_of(file), 1, bytes);
  if (verdict == PASS) return REAL(write)(file, from, bytes);
  if (verdict == FAIL) return -1;
  ssize_t written = half(file, from, bytes, -1);
  if (verdict == TORN) kill(getpid(), SIGKILL);
  return written;
}

ssize_t pwrite64(int file, const void *from, size_t bytes, off64_t at) {
  enum verdict verdict = judge("pwrite", path_of(file), 1, bytes);
  if (verdict == PASS) return REAL(pwrite64)(file, from, bytes, at);
  if (verdict == FAIL) return -1;
  ssize_t written = half(file, from, bytes, at);
  if (verdict == TORN) kill(getpid(), SIGKILL);
  return written;
}

/* Of several pieces the first is what is written by halves. */
ssize_t writev(int file, const struct iovec *pieces, int pieceCount) {
  size_t bytes = pieceCount > 0 ? pieces[0].iov_len : 0;
  enum verdict verdict = judge("writev", path_of(file), 1, bytes);
  if (verdict == PASS) return REAL(writev)(file, pieces, pieceCount);
  if (verdict == FAIL) return -1;
  ssize_t written = half(file, pieces[0].iov_base, bytes, -1);
  if (verdict == TORN) kill(getpid(), SIGKILL);
  return written;
}

ssize_t pwritev64(int file, const struct iovec *pieces, int pieceCount, off64_t at) {
  size_t bytes = pieceCount > 0 ? pieces[0].iov_len : 0;
  enum verdict verdict = judge("pwritev", path_of(file), 1, bytes);
  if (verdict == PASS) return REAL(pwritev64)(file, pieces, pieceCount, at);
  if (verdict == FAIL) return -1;
  ssize_t written = half(file, pieces[0].iov_base, bytes, at);
  if (verdict == TORN) kill(getpid(), SIGKILL);
  return written;
}

#define ON_FILE(result, name, needsRoom, parameters, arguments)                       \
  result name parameters {                                                            \
    if (judge(#name, path_of(file), needsRoom, 0) == FAIL) return -1;                 \
    return REAL(name) arguments;                                                      \
  }

ON_FILE(ssize_t, read, 0, (int file, void *into, size_t bytes), (file, into, bytes))
ON_FILE(ssize_t, pread64, 0, (int file, void *into, size_t bytes, off64_t at), (file, into, bytes, at))
ON_FILE(ssize_t, readv, 0, (int file, const struct iovec *into, int pieces), (file, into, pieces))
ON_FILE(ssize_t, preadv64, 0, (int file, const struct iovec *into, int pieces, off64_t at), (file, into, pieces, at))
ON_FILE(int, fsync, 1, (int file), (file))
ON_FILE(int, fdatasync, 1, (int file), (file))
ON_FILE(int, ftruncate64, 1, (int file, off64_t length), (file, length))

#define ON_PATH(result, name, needsRoom, parameters, arguments)                       \
  result name parameters {                                                            \
    if (judge(#name, inside(path), needsRoom, 0) == FAIL) return -1;                  \
    return REAL(name) arguments;                                                      \
  }

ON_PATH(int, mkdir, 1, (const char *path, mode_t mode), (path, mode))
ON_PATH(int, rename, 1, (const char *path, const char *to), (path, to))
ON_PATH(int, link, 1, (const char *path, const char *to), (path, to))
ON_PATH(int, unlink, 0, (const char *path), (path))
ON_PATH(int, rmdir, 0, (const char *path), (path))
ON_PATH(int, access, 0, (const char *path, int mode), (path, mode))
ON_PATH(int, scandir64, 0,
        (const char *path, struct dirent64 ***into, int (*filter)(const struct dirent64 *),
         int (*compare)(const struct dirent64 **, const struct dirent64 **)),
        (path, into, filter, compare))

DIR *opendir(const char *path) {
  return judge("opendir", inside(path), 0, 0) == FAIL ? NULL : REAL(opendir)(path);
}

char *realpath(const char *path, char *into) {
  return judge("realpath", inside(path), 0, 0) == FAIL ? NULL : REAL(realpath)(path, into);
}
