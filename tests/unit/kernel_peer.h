// SPDX-License-Identifier: BSD-3-Clause
// Two ends of a TCP connection on 127.0.0.1, and a thread that takes what comes.
#ifndef TESTS_KERNEL_PEER_H
#define TESTS_KERNEL_PEER_H

#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct Connection {
  int sender = -1, receiver = -1;

  Connection()
  {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto *any = reinterpret_cast<sockaddr *>(&address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sender = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, any, length) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, any, &length) != 0 || connect(sender, any, length) != 0 ||
        (receiver = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) < 0)
      throw std::runtime_error("no connection on 127.0.0.1");
    close(listener);
    timeval look = {0, 100000};
    setsockopt(sender, SOL_SOCKET, SO_SNDTIMEO, &look, sizeof(look));
  }
  ~Connection()
  {
    if (sender >= 0)
      close(sender);
    if (receiver >= 0)
      close(receiver);
  }
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;
};

// Takes up to `most` bytes in a thread of its own and then, where asked to, closes the connection.
class Taker
{
public:
  Taker(Connection &connection, size_t most, bool then_close)
      : thread_([this, &connection, most, then_close] { take(connection, most, then_close); })
  {
  }
  // All that came, once the sender has closed or the taker has enough.
  const std::string &bytes()
  {
    thread_.join();
    return bytes_;
  }

private:
  void take(Connection &connection, size_t most, bool then_close)
  {
    char buffer[65536];
    ssize_t got = 1;
    while (bytes_.size() < most && got > 0) {
      got = recv(connection.receiver, buffer, std::min(sizeof(buffer), most - bytes_.size()), 0);
      bytes_.append(buffer, got > 0 ? got : 0);
    }
    if (then_close) {
      close(connection.receiver);
      connection.receiver = -1;
    }
  }

  std::string bytes_;
  std::thread thread_;
};

#endif
