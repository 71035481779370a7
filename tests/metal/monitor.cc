// SPDX-License-Identifier: BSD-3-Clause
#include "monitor.h"

#include <stdexcept>

#include <sys/socket.h>
#include <unistd.h>

#include "unix_socket.h"

Monitor::Monitor(const std::string &socket_path) : fd_(connect_unix(socket_path, SOCK_STREAM))
{
  struct timeval limit = {60, 0};
  if (fd_ < 0)
    throw std::runtime_error("qemu has no monitor at " + socket_path);
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  read_reply(); // the greeting
  execute("{\"execute\": \"qmp_capabilities\"}");
}

Monitor::~Monitor()
{
  close(fd_);
}

// One JSON object a line; events come between replies.
Json Monitor::read_reply()
{
  for (;;) {
    size_t end = pending_.find('\n');
    if (end == std::string::npos) {
      char part[4096];
      ssize_t n = recv(fd_, part, sizeof(part), 0);
      if (n <= 0)
        throw std::runtime_error("qemu's monitor does not answer");
      pending_.append(part, n);
      continue;
    }
    Json reply = Json::parse(pending_.substr(0, end));
    pending_.erase(0, end + 1);
    if (!reply["event"])
      return reply;
  }
}

Json Monitor::execute(const std::string &json)
{
  if (::send(fd_, json.data(), json.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error("qemu's monitor is gone");
  Json reply = read_reply();
  if (!reply["return"])
    throw std::runtime_error("qemu: " + json + ": " + reply.dump());
  return reply["return"];
}

std::string Monitor::run(const std::string &line)
{
  Json arguments(json_pack("{s:s, s:{s:s}}", "execute", "human-monitor-command", "arguments",
                           "command-line", line.c_str()));
  return execute(arguments.dump()).text();
}
