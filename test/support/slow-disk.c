// A disk as tests want it, put in front of the C library with LD_PRELOAD:
// every fsync and fdatasync takes DISK_SYNC_MICROS longer; while the file DISK_FULL_FLAG exists, writes at a place
// of a file find no space.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_for_disk(void) {
  const char *micros = getenv("DISK_SYNC_MICROS");
  if (micros) usleep((useconds_t)atoi(micros));
}

static int is_full(void) {
  const char *flag = getenv("DISK_FULL_FLAG");
  return flag && access(flag, F_OK) == 0;
}

int fsync(int file) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_for_disk();
  return next(file);
}

int fdatasync(int file) {
  int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_for_disk();
  return next(file);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  ssize_t (*next)(int, const void *, size_t, off_t) =
      (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
  if (is_full()) {
    errno = ENOSPC;
    return -1;
  }
  return next(file, bytes, count, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  ssize_t (*next)(int, const void *, size_t, off64_t) =
      (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  if (is_full()) {
    errno = ENOSPC;
    return -1;
  }
  return next(file, bytes, count, place);
}
