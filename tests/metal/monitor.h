// SPDX-License-Identifier: BSD-3-Clause
// qemu's monitor: its commands as a person would type them (set_link, device_del, device_add,
// info), carried by QMP (docs/interop/qmp-spec.txt in qemu), which says when one has failed.
#ifndef TESTS_METAL_MONITOR_H
#define TESTS_METAL_MONITOR_H

#include <string>

#include "json.h"

class Monitor
{
public:
  explicit Monitor(const std::string &socket_path); // throws where qemu is not there
  ~Monitor();
  Monitor(const Monitor &) = delete;
  Monitor &operator=(const Monitor &) = delete;

  // What it prints: "" for commands that only do something. Throws where QMP has an error.
  std::string run(const std::string &line);

private:
  Json read_reply();
  Json execute(const std::string &json);

  int fd_;
  std::string pending_;
};

#endif
