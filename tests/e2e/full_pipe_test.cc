// SPDX-License-Identifier: BSD-3-Clause
// platter whose standard output or error nobody reads: a full pipe. Everything else goes on.
#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "appliance.h"
#include "expect.h"
#include "telemetry.h"

namespace
{
class FullPipe : public testing::TestWithParam<int>
{
protected:
  void SetUp() override
  {
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], std::string(4096, '.').data(), 4096) > 0)
      ;
    fcntl(ends[1], F_SETFL, 0);
  }
  void TearDown() override
  {
    close(ends[0]);
    close(ends[1]);
    EXPECT_EQ(before.now(), "");
  }

  // Has the pipe for its standard output or error.
  void start(const std::string &yaml, Surroundings around = {})
  {
    around.before_exec = [this, enter = around.before_exec] {
      if (enter)
        enter();
      dup2(ends[1], GetParam());
    };
    process = std::make_unique<Process>(platter_line({"run", "--watch", dir.write("c.yaml", yaml)}),
                                        around);
    ASSERT_TRUE(Telemetry(telemetry_path(prefix)).ready());
  }

  // What is on standard output may be trusted to be whole, or the status says so.
  void expect_end()
  {
    process->signal(SIGTERM);
    Ended ended = process->wait(20);
    bool out = GetParam() == STDOUT_FILENO;
    EXPECT_EQ(ended.status, out ? FAILED : OK) << ended.out << ended.err;
    if (out)
      EXPECT_NE(ended.err.find("standard output could not be written"), std::string::npos)
          << ended.err;
    else
      expect_closed_text(ended, true);
  }

  std::string get(const std::string &command, const std::string &name)
  {
    Json value = Telemetry(telemetry_path(prefix)).get(command)[name];
    return value.is_number() ? std::to_string(value.number()) : value.text();
  }

  bool becomes(const std::string &command, const std::string &name, const std::string &value)
  {
    return eventually([&] { return get(command, name) == value; });
  }

  int ends[2];
  Scratch dir;
  std::string prefix = unique_prefix("full-pipe");
  Leftovers before{prefix};
  std::unique_ptr<Process> process;
};
} // namespace

TEST_P(FullPipe, LearningHotplugFiguresAndTheStopGoOn)
{
  Kernels kernels;
  start("ports:\n  a: {device: \"net_af_packet0,iface=port_a\"}\n"
        "  b: {device: \"net_af_packet1,iface=port_b\"}\n"
        "forward: [{bridge: {ports: [a, b], name: lan}}]\n"
        "telemetry: {prefix: " +
            prefix + "}\nmemory: {hugepages: off}\n",
        kernels.middle.around());
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  EXPECT_TRUE(becomes("/platter/bridge,lan", "entries", "2")); // control learns in its own time
  kernels.middle.run("ip link del port_a");
  EXPECT_TRUE(becomes("/platter/port,a", "link", "absent"));
  connect(kernels.middle, "port_a", kernels.a, "eth0");
  give_addresses(kernels.a, 1);
  EXPECT_TRUE(becomes("/platter/port,a", "link", "up"));
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  expect_end();
}

INSTANTIATE_TEST_SUITE_P(Streams, FullPipe, testing::Values(STDOUT_FILENO, STDERR_FILENO),
                         [](const auto &param) {
                           return std::string(param.param == STDOUT_FILENO ? "Output" : "Error");
                         });
