// SPDX-License-Identifier: BSD-3-Clause
#include "telemetry.h"

#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "process.h"

int telemetry_connect(const std::string &socket_path)
{
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, socket_path.c_str(), sizeof(address.sun_path) - 1);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

Telemetry::Telemetry(const std::string &socket_path, double seconds)
{
  double end = monotonic() + seconds;
  while ((fd_ = telemetry_connect(socket_path)) < 0 && monotonic() < end)
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
