// SPDX-License-Identifier: BSD-3-Clause
// TCP and UDP between two kernels, by sockets of this process.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netns.h"

namespace
{
enum { PORT = 5001, PATIENCE = 30 }; // seconds that a send or receive may take

using Bytes = std::vector<unsigned char>;

// Every place of the stream has a byte that its neighbours and the same place of other frames have
// not: bytes lost, doubled or moved show.
Bytes pattern(size_t at, size_t size)
{
  Bytes bytes(size);
  for (size_t i = 0; i < size; i++)
    bytes[i] = static_cast<unsigned char>(((at + i) * 2654435761U) >> 13);
  return bytes;
}

[[noreturn]] void fail(const std::string &what)
{
  throw std::runtime_error(what + ": " + strerror(errno));
}

class Socket
{
public:
  explicit Socket(int fd) : fd_(fd)
  {
    struct timeval patience = {PATIENCE, 0};
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0)
      fail("no socket");
  }
  ~Socket()
  {
    close(fd_);
  }
  Socket(const Socket &) = delete;
  Socket &operator=(const Socket &) = delete;

  int fd() const
  {
    return fd_;
  }
  void send_all(const Bytes &bytes) const
  {
    for (size_t at = 0; at < bytes.size();) {
      ssize_t n = send(fd_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      if (n <= 0)
        fail("sending stopped");
      at += n;
    }
  }

private:
  int fd_;
};

struct sockaddr_storage address_of(const std::string &text, socklen_t *size)
{
  struct sockaddr_storage address = {};
  auto *v4 = reinterpret_cast<struct sockaddr_in *>(&address);
  auto *v6 = reinterpret_cast<struct sockaddr_in6 *>(&address);
  v4->sin_port = htons(PORT); // at the same place in both
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    address.ss_family = AF_INET;
    *size = sizeof(*v4);
  } else if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    address.ss_family = AF_INET6;
    *size = sizeof(*v6);
  } else {
    throw std::runtime_error("no address: " + text);
  }
  return address;
}

// A socket that listens at `address`, or with `remote` one that is connected to it.
int open_socket(int type, const std::string &text, bool remote)
{
  socklen_t size;
  struct sockaddr_storage address = address_of(text, &size);
  auto *general = reinterpret_cast<struct sockaddr *>(&address);
  int yes = 1, fd = socket(address.ss_family, type | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if ((remote ? connect(fd, general, size) : bind(fd, general, size)) != 0 ||
      (!remote && type == SOCK_STREAM && listen(fd, 1) != 0)) {
    close(fd);
    fail((remote ? "cannot connect to " : "cannot listen at ") + text);
  }
  return fd;
}

// Reads to the end of the stream. Throws where a byte differs or is missing.
void expect_stream(int fd, size_t size)
{
  Bytes part(65536);
  size_t at = 0;
  ssize_t n;
  while ((n = recv(fd, part.data(), part.size(), 0)) > 0) {
    Bytes expected = pattern(at, n);
    if (!std::equal(expected.begin(), expected.end(), part.begin()))
      throw std::runtime_error("wrong bytes behind byte " + std::to_string(at));
    at += n;
  }
  if (n < 0 || at != size)
    fail(std::to_string(at) + " of " + std::to_string(size) + " bytes came");
}

// Sends back what comes, until an empty datagram does.
void echo(int fd)
{
  Bytes part(65536);
  struct sockaddr_storage from;
  for (;;) {
    socklen_t size = sizeof(from);
    auto *general = reinterpret_cast<struct sockaddr *>(&from);
    ssize_t n = recvfrom(fd, part.data(), part.size(), 0, general, &size);
    if (n <= 0)
      return;
    sendto(fd, part.data(), n, 0, general, size);
  }
}
} // namespace

std::string transfer(const Namespace &from, const Namespace &to, const std::string &address,
                     size_t bytes)
{
  int listening = -1;
  std::string problem;
  to.inside([&] { listening = open_socket(SOCK_STREAM, address, false); });
  Socket server(listening);
  std::thread reader([&] {
    try {
      Socket accepted(accept(server.fd(), nullptr, nullptr));
      expect_stream(accepted.fd(), bytes);
    } catch (const std::exception &e) {
      problem = e.what();
    }
  });
  std::string own;
  try {
    from.inside(
        [&] { Socket(open_socket(SOCK_STREAM, address, true)).send_all(pattern(0, bytes)); });
  } catch (const std::exception &e) {
    own = e.what();
  }
  reader.join();
  return own.empty() ? problem : own + "; " + problem;
}

unsigned echo_datagrams(const Namespace &from, const Namespace &to, const std::string &address,
                        unsigned count, size_t bytes)
{
  int listening = -1;
  to.inside([&] { listening = open_socket(SOCK_DGRAM, address, false); });
  Socket server(listening);
  std::thread answerer([&] { echo(server.fd()); });
  unsigned same = 0;
  from.inside([&] {
    Socket client(open_socket(SOCK_DGRAM, address, true));
    for (unsigned i = 0; i < count; i++) {
      Bytes sent = pattern(i * bytes, bytes), got(bytes + 1);
      client.send_all(sent);
      got.resize(std::max<ssize_t>(0, recv(client.fd(), got.data(), got.size(), 0)));
      same += got == sent;
    }
  });
  to.inside([&] { // ends the answerer, whatever the ports between do
    Socket last(open_socket(SOCK_DGRAM, address, true));
    send(last.fd(), nullptr, 0, 0);
  });
  answerer.join();
  return same;
}
