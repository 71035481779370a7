// SPDX-License-Identifier: BSD-3-Clause
// A platter that forwards while a test talks to its telemetry socket. At the end of each test
// packets must still flow and everything be accounted for.
#ifndef TESTS_E2E_UNDER_TRAFFIC_H
#define TESTS_E2E_UNDER_TRAFFIC_H

#include <csignal>
#include <memory>

#include <gtest/gtest.h>

#include "expect.h"
#include "leftovers.h"
#include "scratch.h"
#include "telemetry.h"

class UnderTraffic : public testing::Test
{
protected:
  void SetUp() override
  {
    process = std::make_unique<Process>(platter_line(
        {"run",
         dir.write("c.yaml", null_yaml(prefix, memory_yaml() + "workers: {cores: [0, 1]}\n")),
         "--json"}));
    client = std::make_unique<Telemetry>(path);
    ASSERT_TRUE(client->ready());
  }

  // Whatever the test did: packets still flow, and in the end everything is accounted for.
  void TearDown() override
  {
    if (process->running()) {
      int64_t start = received();
      double end = monotonic() + 10;
      while (received() <= start && monotonic() < end)
        rest(0.02);
      EXPECT_GT(received(), start) << "packets no longer flow";
    }
    client.reset();
    process->signal(SIGTERM);
    Ended ended = process->wait(10);
    EXPECT_EQ(ended.status, OK) << ended.err;
    expect_closed(ended);
    EXPECT_EQ(before.now(), "");
  }

  int64_t received()
  {
    return Telemetry(path).get("/platter/accounting")["received"].number();
  }

  std::string error(const std::string &command)
  {
    return client->get(command)["error"].text();
  }

  Scratch dir;
  std::string prefix = unique_prefix("telemetry");
  std::string path = telemetry_path(prefix);
  Leftovers before{prefix};
  std::unique_ptr<Process> process;
  std::unique_ptr<Telemetry> client;
};

#endif
