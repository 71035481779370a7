// SPDX-License-Identifier: BSD-3-Clause
#include "leftovers.h"

#include <cstdlib>

#include "scratch.h"

namespace
{
bool looks_like_ours(const std::string &name)
{
  return name.rfind("rte", 0) == 0 || name.rfind("platter", 0) == 0 || name.rfind("dpdk", 0) == 0;
}

std::set<std::string> look(const std::string &mine)
{
  std::set<std::string> found;
  for (const char *directory : {"/var/run/dpdk", "/tmp/dpdk", "/dev/hugepages", "/tmp", "/dev/shm"})
    for (const std::string &name : list_directory(directory)) {
      bool own = directory[1] == 'v' || directory == std::string("/tmp/dpdk") ||
                 directory == std::string("/dev/hugepages");
      bool counts =
          mine.empty() ? own || looks_like_ours(name) : name.find(mine) != std::string::npos;
      // The parent of runtime directories stays: others use it too.
      if (counts && name != "dpdk")
        found.insert(std::string(directory) + "/" + name);
    }
  return found;
}
} // namespace

long free_hugepages()
{
  std::string text = read_file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
  return strtol(text.c_str(), nullptr, 10);
}

Leftovers::Leftovers(const std::string &mine) : mine_(mine), paths_(look(mine)) {}

std::string Leftovers::now() const
{
  std::string text;
  for (const std::string &path : look(mine_))
    if (paths_.count(path) == 0)
      text += path + "\n";
  return text;
}
