// SPDX-License-Identifier: BSD-3-Clause
// The list in memory is what changes_undo goes by; the record on disk is the same list, for the
// next platter if this one is killed. Control thread; the record belongs to whoever has the runtime
// directory.
#include "host/interface/changes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/interface/interface.h"
#include "host/runtime_directory.h"

enum { CHANGES_MAX = 256, WHAT_MAX = 32 };

static const char record[] = "interfaces", unfinished[] = "interfaces.part";

struct change {
  unsigned index;
  char interface[IF_NAMESIZE];
  char what[WHAT_MAX];
  int before, after;
};

// In the order in which they were made. One record per process, as the runtime directory.
static struct {
  unsigned n;
  struct change change[CHANGES_MAX];
} made;

static int read_value(unsigned index, const char *what)
{
  if (strcmp(what, "mtu") == 0)
    return interface_mtu(index);
  if (strcmp(what, "up") == 0)
    return interface_is_up(index);
  return interface_feature(index, what);
}

static int write_value(unsigned index, const char *what, int value)
{
  if (strcmp(what, "mtu") == 0)
    return interface_set_mtu(index, value);
  if (strcmp(what, "up") == 0)
    return interface_set_up(index, value);
  return interface_set_feature(index, what, value);
}

// Interfaces have numbers of their own in each network namespace.
static unsigned long namespace(void)
{
  struct stat file;
  return stat("/proc/self/ns/net", &file) == 0 ? (unsigned long)file.st_ino : 0;
}

// A whole record takes the place of the one before. Where it cannot be written (a full disk), the
// changes are still given back at the end, only not after a kill.
static void write_record(void)
{
  int directory = runtime_directory_fd();
  if (directory < 0)
    return;
  if (made.n == 0) {
    unlinkat(directory, record, 0);
    return;
  }
  unlinkat(directory, unfinished, 0);
  int fd =
      openat(directory, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (out == NULL)
    return;
  fprintf(out, "namespace %lu\n", namespace());
  for (unsigned i = 0; i < made.n; i++) {
    const struct change *c = &made.change[i];
    fprintf(out, "%u %s %s %d %d\n", c->index, c->interface, c->what, c->before, c->after);
  }
  bool written = fflush(out) == 0 && !ferror(out);
  if (fclose(out) == 0 && written)
    renameat(directory, unfinished, directory, record);
  else
    unlinkat(directory, unfinished, 0);
}

static struct change *find(unsigned index, const char *what)
{
  for (unsigned i = 0; i < made.n; i++)
    if (made.change[i].index == index && strcmp(made.change[i].what, what) == 0)
      return &made.change[i];
  return NULL;
}

static void forget(struct change *change)
{
  unsigned behind = made.n - 1 - (change - made.change);
  memmove(change, change + 1, behind * sizeof(*change));
  made.n--;
}

int changes_make(unsigned index, const char *what, unsigned value)
{
  int before = read_value(index, what);
  if (before < 0 || before == (int)value)
    return before < 0 ? before : 0;
  struct change *change = find(index, what), old = {0};
  bool again = change != NULL;
  if (again) {
    old = *change;
  } else {
    if (made.n == CHANGES_MAX)
      return -ENOSPC;
    change = &made.change[made.n];
    *change = (struct change){.index = index, .before = before};
    if (if_indextoname(index, change->interface) == NULL)
      return -errno;
    snprintf(change->what, sizeof(change->what), "%s", what);
    made.n++;
  }
  change->after = value;
  write_record();
  int status = write_value(index, what, value);
  if (status == 0)
    return 0;
  if (again)
    *change = old;
  else
    forget(change);
  write_record();
  return status;
}

// Whether it is now as it was: a value that is neither is somebody else's. An interface that has
// gone needs nothing.
static int give_back(const struct change *change)
{
  char name[IF_NAMESIZE];
  if (if_indextoname(change->index, name) == NULL || strcmp(name, change->interface) != 0)
    return -ENODEV;
  int now = read_value(change->index, change->what);
  if (now != change->after)
    return now < 0 ? now : -ESTALE;
  return write_value(change->index, change->what, change->before);
}

static void undo(unsigned i)
{
  give_back(&made.change[i]);
  forget(&made.change[i]);
}

void changes_undo(unsigned index, const char *what)
{
  unsigned before = made.n;
  for (unsigned i = made.n; i-- > 0;)
    if (made.change[i].index == index && (what == NULL || strcmp(made.change[i].what, what) == 0))
      undo(i);
  if (made.n != before)
    write_record();
}

void changes_undo_all(void)
{
  while (made.n > 0)
    changes_undo(made.change[made.n - 1].index, NULL);
}

// An interface that has gone, or a value that is somebody else's, is nothing to mend.
static bool say(struct notes *notes, const struct change *change, int status)
{
  static const char begin[] = "a platter with this prefix was killed";
  if (status == 0)
    notes_add(notes, "%s; '%s' has its %s back: %d in place of %d", begin, change->interface,
              change->what, change->before, change->after);
  else if (status == -ENODEV || status == -ESTALE)
    return true;
  else
    notes_add(notes, "%s; '%s' cannot be given its %s of %d back (%s)", begin, change->interface,
              change->what, change->before, strerror(-status));
  return status == 0;
}

// The last change first. Of another network namespace nothing can be given back from here.
static bool restore(FILE *in, struct notes *notes)
{
  static struct change left[CHANGES_MAX];
  unsigned long where;
  unsigned n = 0;
  bool all = true;
  if (fscanf(in, "namespace %lu\n", &where) != 1 || where != namespace())
    return true;
  for (struct change *c = left;
       n < CHANGES_MAX && fscanf(in, "%u %15s %31s %d %d\n", &c->index, c->interface, c->what,
                                 &c->before, &c->after) == 5;
       c++)
    n++;
  while (n-- > 0)
    all &= say(notes, &left[n], give_back(&left[n]));
  return all;
}

bool changes_restore(struct notes *notes)
{
  int directory = runtime_directory_fd();
  int fd = directory >= 0 ? openat(directory, record, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
  FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
  if (in == NULL)
    return true;
  bool all = restore(in, notes);
  fclose(in);
  unlinkat(directory, record, 0);
  unlinkat(directory, unfinished, 0);
  return all;
}

bool changes_recorded(int parent, const char *name)
{
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s/%s", name, record);
  return faccessat(parent, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}
