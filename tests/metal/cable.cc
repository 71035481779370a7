// SPDX-License-Identifier: BSD-3-Clause
#include "cable.h"

#include <cstring>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "process.h"

namespace
{
struct sockaddr_un address_of(const std::string &path)
{
  struct sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}
} // namespace

Cable::Cable(const std::string &directory, const std::string &name)
    : name_(name), near_(directory + "/" + name + ".host"), far_(directory + "/" + name + ".nic"),
      fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
{
  struct sockaddr_un address = address_of(near_);
  if (fd_ < 0 || bind(fd_, reinterpret_cast<sockaddr *>(&address), sizeof(address)) != 0)
    throw std::runtime_error("cannot make the socket " + near_);
}

Cable::~Cable()
{
  close(fd_);
}

std::string Cable::netdev() const
{
  return "dgram,id=" + name_ + ",local.type=unix,local.path=" + far_ +
         ",remote.type=unix,remote.path=" + near_;
}

bool Cable::send(const std::string &frame) const
{
  struct sockaddr_un address = address_of(far_);
  return sendto(fd_, frame.data(), frame.size(), MSG_DONTWAIT,
                reinterpret_cast<sockaddr *>(&address),
                sizeof(address)) == static_cast<ssize_t>(frame.size());
}

bool Cable::receive(std::string &frame, double seconds) const
{
  struct pollfd ready = {fd_, POLLIN, 0};
  char bytes[65536];
  if (poll(&ready, 1, static_cast<int>(seconds * 1000)) != 1)
    return false;
  ssize_t n = recv(fd_, bytes, sizeof(bytes), MSG_DONTWAIT);
  if (n < 0)
    return false;
  frame.assign(bytes, n);
  return true;
}

Frames Cable::receive_all(double seconds) const
{
  Frames frames;
  std::string frame;
  while (receive(frame, seconds))
    frames.push_back(frame);
  return frames;
}

Frames carry(const Cable &from, const Cable &to, const Frames &frames, double patience,
             unsigned window)
{
  Frames came;
  std::string frame;
  size_t sent = 0;
  double progress = monotonic();
  while (came.size() < frames.size() && monotonic() - progress < patience) {
    bool may_send = sent < frames.size() && sent < came.size() + window;
    if (may_send && from.send(frames[sent]))
      sent++;
    else if (to.receive(frame, 0.002)) {
      came.push_back(frame);
      progress = monotonic();
    }
  }
  for (const std::string &more : to.receive_all())
    came.push_back(more);
  return came;
}
