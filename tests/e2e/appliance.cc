// SPDX-License-Identifier: BSD-3-Clause
#include "appliance.h"

#include <csignal>
#include <filesystem>

#include <sys/prctl.h>

#include <gtest/gtest.h>

#include "expect.h"
#include "telemetry.h"

// The namespace of the ports has no IPv6: the kernel there would send solicitations of its own
// through them, and packet sockets hear those like frames that came in.
Kernels::Kernels()
{
  middle.run("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
  connect(middle, "port_a", a, "eth0");
  connect(middle, "port_b", b, "eth0");
  give_addresses(a, 1);
  give_addresses(b, 2);
}

void give_addresses(const Namespace &kernel, int number, const std::string &interface)
{
  std::string n = std::to_string(number);
  kernel.run("ip addr add 10.0.0." + n + "/24 dev " + interface + "; ip addr add fd00::" + n +
             "/64 nodad dev " + interface + "; ip link set " + interface + " up");
}

void expect_reachable(const Kernels &kernels, size_t bytes)
{
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  ASSERT_TRUE(ping(kernels.b, "fd00::1"));
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2", 3, 1472, "-M do")) << "frames of full size";
  EXPECT_EQ(transfer(kernels.a, kernels.b, "10.0.0.2", bytes), "");
  EXPECT_EQ(transfer(kernels.b, kernels.a, "fd00::1", bytes), "");
}

Appliance::Appliance(const Namespace &where, const std::string &yaml, const std::string &prefix)
    : prefix_(prefix.empty() ? unique_prefix("e2e-net") : prefix), leftovers_(prefix_)
{
  std::string file = scratch_.write("config.yaml", yaml + "telemetry: {prefix: " + prefix_ + "}\n" +
                                                       memory_yaml());
  // Built with AddressSanitizer, platter would answer for what libxdp forgets (xsk_umem__create).
  Surroundings around = where.around();
  around.before_exec = [enter = around.before_exec] {
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed takes it along
    enter();
  };
  around.set = {"LSAN_OPTIONS=print_suppressions=0:suppressions=" +
                scratch_.write("forgotten", "leak:libxdp.so\n")};
  process_ = std::make_unique<Process>(platter_line({"run", file}), around);
  EXPECT_TRUE(process_->prints("forwarding;", 30)) << process_->out() << process_->err();
}

// One that was killed, as some tests do, leaves its runtime directory.
Appliance::~Appliance()
{
  process_.reset();
  std::error_code ignored;
  if (!keeps_directory_)
    std::filesystem::remove_all(runtime_directory(prefix_), ignored);
}

Json Appliance::get(const std::string &command) const
{
  return Telemetry(telemetry_path(prefix_)).get(command);
}

std::string Appliance::telemetry() const
{
  return telemetry_path(prefix_);
}

Ended Appliance::expect_clean_end(bool may_copy)
{
  process_->signal(SIGTERM);
  Ended ended = process_->wait(30);
  EXPECT_EQ(ended.status, OK) << ended.out << ended.err;
  expect_closed_text(ended, may_copy);
  EXPECT_EQ(ended.err.find("DPDK says"), std::string::npos) << ended.err;
  EXPECT_EQ(leftovers_.now(), "");
  return ended;
}

std::string wire_between(const std::string &a, const std::string &b, const std::string &more)
{
  return "ports:\n  a: {device: \"" + a + "\"}\n  b: {device: \"" + b +
         "\"}\nforward: [{wire: [a, b]}]\n" + more;
}
