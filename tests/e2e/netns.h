// SPDX-License-Identifier: BSD-3-Clause
// Kernels to talk to: network namespaces, cables between them, and traffic in them.
//
// The namespaces have no names, only file descriptors of this process: the kernel removes them,
// and every interface in them, when the test ends, in whatever way it ends.
#ifndef TESTS_E2E_NETNS_H
#define TESTS_E2E_NETNS_H

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "process.h"

class Namespace
{
public:
  Namespace(); // its loopback is up
  ~Namespace();
  Namespace(const Namespace &) = delete;
  Namespace &operator=(const Namespace &) = delete;

  // What `ip link … netns PATH` takes, in this and other processes.
  std::string path() const;

  // For a program that is to run inside.
  Surroundings around() const;

  // Runs a shell command inside; throws with its output where it fails.
  std::string run(const std::string &command) const;

  // Runs `work` inside, on a thread of its own; what it throws is thrown here.
  void inside(const std::function<void()> &work) const;

private:
  int fd_ = -1;
};

// A cable: a veth pair with one end in each namespace. Both ends are up, and their offloads off:
// see netns.cc.
void connect(const Namespace &here, const std::string &name, const Namespace &there,
             const std::string &peer);

// Waits until the condition holds. False after so many seconds.
bool eventually(const std::function<bool()> &condition, double seconds = 15);

// Whether `count` pings of `size` bytes come back, `options` as ping takes them. It waits first
// until one gets through: address resolution takes its time where the last attempt failed.
testing::AssertionResult ping(const Namespace &from, const std::string &address, unsigned count = 3,
                              unsigned size = 56, const std::string &options = "");

// Sends so many bytes over TCP to a server inside `to` at `address`, which compares each; "", or
// what went wrong.
std::string transfer(const Namespace &from, const Namespace &to, const std::string &address,
                     size_t bytes);

// Sends datagrams of so many bytes to `to`, which sends each back; how many came back unchanged.
unsigned echo_datagrams(const Namespace &from, const Namespace &to, const std::string &address,
                        unsigned count, size_t bytes);

#endif
