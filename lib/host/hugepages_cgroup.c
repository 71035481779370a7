// SPDX-License-Identifier: BSD-3-Clause
// The kernel's documentation, admin-guide/cgroup-v1/hugetlb.rst and cgroup-v2.rst ("HugeTLB"), has
// the names of the files. Both versions count what is in use and, apart from it, what is reserved.
#include "host/hugepages_cgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct version {
  const char *mount; // below the root
  const char *limits[2], *uses[2];
};

static const struct version versions[] = {
    {"/sys/fs/cgroup/hugetlb",
     {"limit_in_bytes", "rsvd.limit_in_bytes"},
     {"usage_in_bytes", "rsvd.usage_in_bytes"}},
    {"/sys/fs/cgroup", {"max", "rsvd.max"}, {"current", "rsvd.current"}},
    {"/sys/fs/cgroup/unified", {"max", "rsvd.max"}, {"current", "rsvd.current"}},
};

struct search {
  const char *root;
  char page[32]; // "2MB"
  size_t left;
  char *file;
  size_t file_size;
};

// "2MB", as hugetlb_cgroup.c, mem_fmt, has it.
static void name_page(char *text, size_t size, unsigned long kb)
{
  if (kb >= 1024 * 1024)
    snprintf(text, size, "%luGB", kb / (1024 * 1024));
  else if (kb >= 1024)
    snprintf(text, size, "%luMB", kb / 1024);
  else
    snprintf(text, size, "%luKB", kb);
}

static bool read_bytes(const char *path, unsigned long long *bytes)
{
  char text[64] = "", *end;
  FILE *in = fopen(path, "r");
  if (in == NULL)
    return false;
  bool read = fgets(text, sizeof(text), in) != NULL;
  fclose(in);
  *bytes = strtoull(text, &end, 10);
  return read && end != text; // "max": none
}

static void look_at(struct search *s, const struct version *version, const char *directory)
{
  for (unsigned i = 0; i < 2; i++) {
    char path[PATH_MAX + 64];
    unsigned long long limit, used;
    snprintf(path, sizeof(path), "%s/hugetlb.%s.%s", directory, s->page, version->uses[i]);
    if (!read_bytes(path, &used))
      used = 0;
    snprintf(path, sizeof(path), "%s/hugetlb.%s.%s", directory, s->page, version->limits[i]);
    if (!read_bytes(path, &limit))
      continue;
    size_t left = limit > used ? limit - used : 0;
    if (left >= s->left)
      continue;
    s->left = left;
    snprintf(s->file, s->file_size, "%s", path + strlen(s->root));
  }
}

// The group and all above it, up to the mount. In a container the mount may be the group itself,
// and what the kernel calls it not be found there: then only the mount is looked at.
static void look_up(struct search *s, const struct version *version, const char *group)
{
  char mount[PATH_MAX / 2], path[PATH_MAX];
  snprintf(mount, sizeof(mount), "%s%s", s->root, version->mount);
  snprintf(path, sizeof(path), "%s%s", mount, strcmp(group, "/") != 0 ? group : "");
  for (;;) {
    look_at(s, version, path);
    char *slash = strrchr(path, '/');
    if (strlen(path) <= strlen(mount) || slash == NULL)
      return;
    *slash = '\0';
  }
}

// A line of /proc/PID/cgroup (cgroups(7)): "4:cpu,hugetlb:/group", of version 2 "0::/group".
static void read_line(struct search *s, char *line)
{
  char *controllers = strchr(line, ':');
  char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
  if (group == NULL)
    return;
  *group++ = '\0';
  group[strcspn(group, "\n")] = '\0';
  if (controllers[1] == '\0') {
    look_up(s, &versions[1], group);
    look_up(s, &versions[2], group);
  } else if (strstr(controllers, "hugetlb") != NULL) {
    look_up(s, &versions[0], group);
  }
}

size_t hugepages_cgroup_left(const char *root, unsigned long kb, char *file, size_t size)
{
  struct search s = {.root = root, .left = SIZE_MAX, .file = file, .file_size = size};
  char path[PATH_MAX], line[PATH_MAX / 2];
  *file = '\0';
  name_page(s.page, sizeof(s.page), kb);
  snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
  FILE *in = fopen(path, "r");
  while (in != NULL && fgets(line, sizeof(line), in) != NULL)
    read_line(&s, line);
  if (in != NULL)
    fclose(in);
  return s.left;
}
