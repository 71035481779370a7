// SPDX-License-Identifier: BSD-3-Clause
// What DPDK says about devices that go comes to the port that it is about, whatever became of
// others. Virtual devices stand in for NICs: the names are all that matters.
#define ALLOW_EXPERIMENTAL_API // rte_dev_event_callback_process, in DPDK since 18.05
#include <string>

#include <gtest/gtest.h>
#include <rte_bus_vdev.h>
#include <rte_dev.h>

#include "ports/internal.h"
#include "ports/port.h"

namespace
{

class Nic
{
public:
  struct port port = {};

  explicit Nic(const std::string &name) : name_(name)
  {
    EXPECT_EQ(rte_vdev_init(name_.c_str(), nullptr), 0);
    EXPECT_EQ(rte_eth_dev_get_port_by_name(name_.c_str(), &port.id), 0);
    port.facts.pci = true;
    snprintf(port.facts.name, sizeof(port.facts.name), "%s", name_.c_str());
    start();
  }
  ~Nic()
  {
    port_listen_no_more(&port);
    rte_vdev_uninit(name_.c_str());
  }
  void start()
  {
    port_listen(&port);
    port.started = true;
  }
  void stop()
  {
    port_listen_no_more(&port);
    port.started = false;
  }
  // As the kernel has it said before a NIC is unplugged. Whether the port has heard.
  bool unplug()
  {
    rte_dev_event_callback_process(name_.c_str(), RTE_DEV_EVENT_REMOVE);
    return port_leaves(&port);
  }

private:
  std::string name_;
};

TEST(Absence, EachNicIsHeardOfHoweverOftenOthersWent)
{
  Nic a("net_null0"), b("net_null1");
  for (unsigned round = 0; round < 3; round++) {
    EXPECT_TRUE(a.unplug()) << round;
    EXPECT_FALSE(port_leaves(&b.port)) << round;
    a.stop();
    EXPECT_TRUE(b.unplug()) << round;
    b.stop();
    b.start();
    a.start();
    EXPECT_FALSE(port_leaves(&a.port) || port_leaves(&b.port)) << round;
  }
}

TEST(Absence, WhatIsSaidWhileThePortHasNoDeviceIsNotAboutTheNextOne)
{
  Nic nic("net_null0");
  nic.stop();
  EXPECT_FALSE(nic.unplug());
  nic.start();
  EXPECT_FALSE(port_leaves(&nic.port));
  EXPECT_TRUE(nic.unplug());
}

// A driver that finds something, but no port.
TEST(Absence, WhatGivesNoPortIsLetGo)
{
  struct config_port config = {};
  snprintf(config.name, sizeof(config.name), "left");
  struct port port = {};
  port.config = &config;
  port.device = "net_vdev_netvsc0,iface=no_such_one";
  port.absent = true;
  for (unsigned round = 0; round < 2; round++) {
    char error[512];
    EXPECT_EQ(port_probe(&port, error, sizeof(error)), -ENODEV) << error;
    EXPECT_NE(std::string(error).find("it gave no port"), std::string::npos) << error;
    EXPECT_FALSE(port.probed);
    EXPECT_TRUE(port.absent);
    EXPECT_NE(rte_eal_hotplug_remove("vdev", port.facts.name), 0) << "it was still there";
  }
}

} // namespace
