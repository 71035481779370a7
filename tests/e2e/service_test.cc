// SPDX-License-Identifier: BSD-3-Clause
// platter as a service: what it tells a manager (sd_notify(3)), and when it does not. The manager
// is the test, which listens on a socket of its own.
#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "expect.h"
#include "leftovers.h"
#include "netns.h"
#include "pcap_file.h"
#include "scratch.h"

namespace
{
class Manager
{
public:
  explicit Manager(const std::string &path) : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
  {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr *>(&address), sizeof(address)), 0);
  }
  ~Manager()
  {
    close(fd_);
  }

  // The next message; "": none came within so many seconds.
  std::string next(double seconds)
  {
    char text[4096];
    timeval limit = {(time_t)seconds, (suseconds_t)((seconds - (time_t)seconds) * 1e6) + 1};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ssize_t n = recv(fd_, text, sizeof(text), 0);
    return n > 0 ? std::string(text, n) : "";
  }

  // Reads until a message holds the text, and returns that; "": none did within so many seconds.
  std::string await(const std::string &text, double seconds = 20)
  {
    for (double end = monotonic() + seconds, left; (left = end - monotonic()) > 0;) {
      std::string message = next(left);
      if (message.find(text) != std::string::npos)
        return message;
    }
    return "";
  }

private:
  int fd_;
};

class Service : public testing::Test
{
protected:
  void TearDown() override
  {
    EXPECT_EQ(before.now(), "");
  }

  // Its standard output and error are the journal, which is read as err().
  std::unique_ptr<Process> run(const std::string &yaml)
  {
    Surroundings around;
    around.set = {"NOTIFY_SOCKET=" + dir / "notify", "WATCHDOG_USEC=400000"};
    around.before_exec = [] {
      const rlimit none = {0, 0}; // all its memory would be in a core file
      setrlimit(RLIMIT_CORE, &none);
      struct stat file;
      dup2(STDERR_FILENO, STDOUT_FILENO);
      fstat(STDERR_FILENO, &file);
      std::string stream = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
      setenv("JOURNAL_STREAM", stream.c_str(), 1);
    };
    return std::make_unique<Process>(platter_line({"run", dir.write("c.yaml", yaml)}), around);
  }

  Scratch dir;
  Manager manager{dir / "notify"};
  std::string prefix = unique_prefix("service");
  Leftovers before{prefix};
};
} // namespace

TEST_F(Service, SaysThatItIsReadyHowItGoesAndThatItStops)
{
  auto process = run(null_yaml(prefix));
  EXPECT_EQ(manager.next(20), "READY=1") << "nothing before that";
  std::string said = manager.next(20);
  EXPECT_EQ(said.find("STATUS=2 of 2 ports have a link; "), 0u) << said;
  for (int i = 0; i < 3; i++)
    EXPECT_EQ(manager.await("WATCHDOG=1"), "WATCHDOG=1");
  said = manager.await("STATUS=");
  EXPECT_EQ(said.find(" 0 packets/s in"), std::string::npos) << said;
  EXPECT_NE(said.find(" packets/s in, "), std::string::npos) << said;
  process->signal(SIGTERM);
  EXPECT_EQ(manager.await("STOPPING=1").find("STOPPING=1"), 0u);
  Ended ended = process->wait(20);
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(manager.next(0), "") << "nothing after that";
  EXPECT_NE(ended.err.find("\n<6>forwarding; Ctrl-C stops"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.err.find("<6>layout: pipeline, 2 workers"), 0u) << ended.err;
  EXPECT_NE(ended.err.find(": closed\n<6>pools: every mbuf came back\n"), std::string::npos);
}

// A worker in a driver that waits for the kernel: control goes on, and the watchdog bites. When the
// worker is back, so is the food.
TEST_F(Service, AWorkerThatStandsStillIsNotCoveredUp)
{
  write_frames(dir / "none.pcap", {});
  ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0666), 0);
  int pipe = open((dir / "pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  auto process =
      run(wire_yaml("net_null0,size=1500",
                    "net_pcap1,rx_pcap=" + dir / "none.pcap" + ",tx_pcap=" + dir / "pipe", prefix));
  EXPECT_NE(manager.await("READY=1"), "");
  EXPECT_NE(manager.await("of 2 workers stand still; "), "");
  for (double end = monotonic() + 0.8; monotonic() < end;)
    EXPECT_NE(manager.next(end - monotonic()), "WATCHDOG=1") << "twice the watchdog's interval";
  EXPECT_NE(manager.await("STATUS=1 of 2 workers stand still; "), "") << "control goes on";
  EXPECT_NE(process->err().find("\n<4>platter: worker "), std::string::npos) << process->err();
  auto take = [&] {
    for (char bytes[65536]; read(pipe, bytes, sizeof(bytes)) > 0;)
      ;
  };
  std::string message;
  EXPECT_TRUE(eventually([&] {
    take();
    return (message = manager.next(0)) == "WATCHDOG=1";
  }));
  process->signal(SIGTERM);
  EXPECT_TRUE(eventually([&] {
    take();
    return !process->running();
  }));
  EXPECT_EQ(process->wait(1).status, OK) << process->err();
  close(pipe);
}

// systemd ends what its watchdog caught by SIGABRT.
TEST_F(Service, EndsAtTheWatchdogsSignal)
{
  auto process = run(null_yaml(prefix));
  EXPECT_NE(manager.await("READY=1"), "");
  process->signal(SIGABRT);
  EXPECT_EQ(process->wait(10).status, 128 + SIGABRT);
  EXPECT_EQ(platter({"run", "--duration", "0.1", dir / "c.yaml"}).status, OK) << "clears up";
}

TEST_F(Service, AConfigurationThatIsWrongSaysWhere)
{
  auto process = run("ports: {left: {device: net_null0}}\n");
  Ended ended = process->wait(10);
  EXPECT_EQ(ended.status, USAGE);
  EXPECT_EQ(ended.err.find("<3>" + dir / "c.yaml:1:"), 0u) << ended.err;
  EXPECT_EQ(ended.err.find('\n'), ended.err.size() - 1) << "one line: " << ended.err;
}

TEST_F(Service, AStartThatFailsSaysWhy)
{
  auto process = run(wire_yaml("net_null0", "net_af_packet1,iface=not_there", prefix));
  std::string said = manager.next(20);
  EXPECT_EQ(said.find("STATUS="), 0u) << said;
  EXPECT_NE(said.find("not_there"), std::string::npos) << said;
  Ended ended = process->wait(10);
  EXPECT_EQ(ended.status, FAILED);
  EXPECT_EQ(ended.err.find("<3>" + dir / "c.yaml:"), 0u) << ended.err;
  EXPECT_EQ(manager.next(0), "") << "never ready";
}
