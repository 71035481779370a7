// SPDX-License-Identifier: BSD-3-Clause
// platter between kernels: two of them, A and B, each with a cable to a third namespace where
// platter runs, so that the host's own interfaces are never touched.
#ifndef TESTS_E2E_APPLIANCE_H
#define TESTS_E2E_APPLIANCE_H

#include <memory>
#include <string>

#include "json.h"
#include "leftovers.h"
#include "netns.h"
#include "process.h"
#include "scratch.h"

struct Kernels {
  Kernels();

  // Interface "eth0" of a: 10.0.0.1 and fd00::1; of b: 10.0.0.2 and fd00::2. Their cables end in
  // `middle` at "port_a" and "port_b".
  Namespace a, b, middle;
};

// Gives A's (1) or B's (2) interface its addresses and brings it up.
void give_addresses(const Namespace &kernel, int number, const std::string &interface = "eth0");

// Pings and transfers both ways, IPv4 and IPv6.
void expect_reachable(const Kernels &kernels, size_t bytes = 1 << 20);

class Appliance
{
public:
  // A configuration without its `telemetry` and `memory`: the prefix is this appliance's own, and
  // memory_yaml says which pages. Forwards when the constructor is through; else the test fails.
  // `prefix`: else one of its own.
  Appliance(const Namespace &where, const std::string &yaml, const std::string &prefix = "");
  ~Appliance();

  // The reply's value from its telemetry; asked on a connection of its own.
  Json get(const std::string &command) const;

  // The path of its telemetry socket, for who asks often.
  std::string telemetry() const;

  Process &process()
  {
    return *process_;
  }

  // Leaves what a platter that was killed has left, for the next one.
  void keep_directory()
  {
    keeps_directory_ = true;
  }

  // Ends it by SIGTERM: exit status 0, the accounting closed, pools full, nothing left behind, and,
  // unless it may, nothing copied.
  Ended expect_clean_end(bool may_copy = false);

private:
  std::string prefix_;
  bool keeps_directory_ = false;
  Leftovers leftovers_;
  Scratch scratch_;
  std::unique_ptr<Process> process_;
};

// "ports: {a: {device: …}, b: {device: …}}" and a wire between them; `more`: top-level lines.
std::string wire_between(const std::string &a, const std::string &b, const std::string &more = "");

#endif
