// SPDX-License-Identifier: BSD-3-Clause
#include "netns.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace
{
[[noreturn]] void fail(const std::string &what)
{
  throw std::runtime_error(what + ": " + strerror(errno));
}

// A thread of its own has a namespace of its own; what it throws reaches the caller.
void on_thread(const std::function<void()> &work)
{
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown)
    std::rethrow_exception(thrown);
}
} // namespace

Namespace::Namespace()
{
  on_thread([this] {
    if (unshare(CLONE_NEWNET) != 0)
      fail("cannot make a network namespace (are you root?)");
    fd_ = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd_ < 0)
      fail("cannot open the network namespace");
  });
  run("ip link set lo up");
}

Namespace::~Namespace()
{
  close(fd_);
}

std::string Namespace::path() const
{
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fd_);
}

Surroundings Namespace::around() const
{
  Surroundings around;
  around.before_exec = [fd = fd_] {
    if (setns(fd, CLONE_NEWNET) != 0)
      _exit(126);
  };
  return around;
}

std::string Namespace::run(const std::string &command) const
{
  Ended ended = Process({"sh", "-ec", command}, around()).wait();
  if (ended.status != 0)
    throw std::runtime_error("'" + command + "': " + ended.out + ended.err);
  return ended.out;
}

void Namespace::inside(const std::function<void()> &work) const
{
  on_thread([&] {
    if (setns(fd_, CLONE_NEWNET) != 0)
      fail("cannot enter the network namespace");
    work();
  });
}

// A veth pair is no cable until its offloads are off: it hands over TCP segments of 64 KB, which no
// port of 1500 bytes can take, and leaves checksums for a NIC to fill in that does not exist. Tags
// of VLANs stay beside the frame, where packet sockets find them: the port has to put them back.
void connect(const Namespace &here, const std::string &name, const Namespace &there,
             const std::string &peer)
{
  const std::string off = " tx off tso off gso off gro off >/dev/null";
  here.run("ip link add " + name + " type veth peer name " + peer + " netns " + there.path() +
           "; ip link set " + name + " up; ethtool -K " + name + off);
  there.run("ip link set " + peer + " up; ethtool -K " + peer + off);
}

bool eventually(const std::function<bool()> &condition, double seconds)
{
  double end = monotonic() + seconds;
  while (!condition()) {
    if (monotonic() > end)
      return false;
    rest(0.05);
  }
  return true;
}

// With a deadline (-w) ping sends until so many replies came. Without one it gives the last reply
// two round trips, which is too short where the scheduler makes the next round trip longer.
testing::AssertionResult ping(const Namespace &from, const std::string &address, unsigned count,
                              unsigned size, const std::string &options)
{
  auto pings = [&](unsigned n) -> testing::AssertionResult {
    std::string command = "exec ping -q -i 0.05 -w 20 -c " + std::to_string(n) + " -s " +
                          std::to_string(size) + " " + options + " " + address;
    Ended ended = Process({"sh", "-c", command}, from.around()).wait();
    size_t at = ended.out.find("transmitted, ");
    if (at != std::string::npos &&
        std::stoul(ended.out.substr(at + 13)) >= n) // late ones count too
      return testing::AssertionSuccess();
    return testing::AssertionFailure() << ended.out << ended.err;
  };
  return eventually([&] { return static_cast<bool>(pings(1)); }, 20) ? pings(count)
                                                                     : pings(1) << "for 20 seconds";
}
