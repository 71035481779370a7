// SPDX-License-Identifier: BSD-3-Clause
#include "telemetry.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "process.h"
#include "unix_socket.h"

Telemetry::Telemetry(const std::string &socket_path, double seconds)
{
  double end = monotonic() + seconds;
  while ((fd_ = connect_unix(socket_path, SOCK_SEQPACKET)) < 0 && monotonic() < end)
    rest(0.01);
  if (fd_ < 0)
    return;
  struct timeval limit = {static_cast<time_t>(seconds), 0};
  limit.tv_usec = static_cast<suseconds_t>((seconds - limit.tv_sec) * 1e6);
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  greeting_ = Json::parse(receive());
}

Telemetry::~Telemetry()
{
  if (fd_ >= 0)
    close(fd_);
}

bool Telemetry::ready(double seconds) const
{
  for (double end = monotonic() + seconds; greeted() && monotonic() < end; rest(0.005))
    if (get("/platter/info")["pid"].is_number())
      return true;
  return false;
}

bool Telemetry::send(const std::string &bytes) const
{
  return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

std::string Telemetry::receive() const
{
  char reply[32768];
  ssize_t n = recv(fd_, reply, sizeof(reply), 0);
  return n > 0 ? std::string(reply, n) : std::string();
}

Json Telemetry::ask(const std::string &command) const
{
  return send(command) ? Json::parse(receive()) : Json();
}

Json Telemetry::get(const std::string &command) const
{
  return ask(command)[command.substr(0, command.find(','))];
}

std::string runtime_directory(const std::string &prefix)
{
  return "/var/run/dpdk/" + prefix;
}

std::string telemetry_path(const std::string &prefix)
{
  return runtime_directory(prefix) + "/dpdk_telemetry.v2";
}
