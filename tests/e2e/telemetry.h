// SPDX-License-Identifier: BSD-3-Clause
// A client of the telemetry socket (DPDK's protocol, version 2: SEQPACKET, a command per packet,
// JSON back).
#ifndef TESTS_E2E_TELEMETRY_H
#define TESTS_E2E_TELEMETRY_H

#include <string>

#include "json.h"

class Telemetry
{
public:
  // Connects and reads the greeting, if it can within so many seconds.
  explicit Telemetry(const std::string &socket_path, double seconds = 5);
  ~Telemetry();
  Telemetry(const Telemetry &) = delete;
  Telemetry &operator=(const Telemetry &) = delete;

  bool greeted() const
  {
    return static_cast<bool>(greeting_);
  }
  const Json &greeting() const
  {
    return greeting_;
  }

  // Waits until platter's own commands answer: the socket is there before they are.
  bool ready(double seconds = 30) const;

  // The whole reply to a command such as "/platter/port,left"; nothing where none came.
  Json ask(const std::string &command) const;

  // The reply's value for the command: what stands behind its name.
  Json get(const std::string &command) const;

  bool send(const std::string &bytes) const; // and does not wait for the reply
  std::string receive() const;               // "" where none came in time

private:
  int fd_ = -1;
  Json greeting_;
};

// Where root's DPDK has its sockets.
std::string runtime_directory(const std::string &prefix);
std::string telemetry_path(const std::string &prefix);

#endif
