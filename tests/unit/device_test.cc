// SPDX-License-Identifier: BSD-3-Clause
#include "ports/device/device.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

struct device_facts Read(const std::string &device)
{
  struct device_facts facts;
  EXPECT_TRUE(device_facts(device.c_str(), &facts)) << device;
  return facts;
}

unsigned TxQueues(const std::string &device)
{
  return Read(device).tx_queues;
}

TEST(Device, PciAddressIsNormalised)
{
  for (const char *device : {"0000:03:00.0", "03:00.0", "3:0.0", "0:3:0.0",
                             "0000:03:00.0,representor=[0-3]", "03:00.0,mprq_en=1"}) {
    struct device_facts facts = Read(device);
    EXPECT_TRUE(facts.pci) << device;
    EXPECT_STREQ(facts.name, "0000:03:00.0") << device;
    EXPECT_EQ(facts.driver, nullptr);
    EXPECT_EQ(facts.tx_queues, 0u);
    EXPECT_EQ(facts.copies, nullptr);
  }
  EXPECT_STREQ(Read("000A:AF:1F.7").name, "000a:af:1f.7");
  EXPECT_STREQ(Read("10000:01:00.0").name, "10000:01:00.0");
}

TEST(Device, RefusesWhatIsNeither)
{
  for (const char *device : {"",
                             ",",
                             "eth0",
                             "03:00",
                             "03:00.8",
                             "03:20.0",
                             "03:00.0x",
                             "003:00.0",
                             "03:000.0",
                             "g3:00.0",
                             "0000:03:00.0:1",
                             " 03:00.0",
                             "-3:00.0",
                             "0x3:00.0",
                             ":03:00.0",
                             "03:00.",
                             "123456789:03:00.0",
                             "net_",
                             "net_,iface=eth0",
                             "net_null 0",
                             "net_n\"ull",
                             "pcap0",
                             "/dev/net/tun",
                             "virtio"}) {
    struct device_facts facts;
    EXPECT_FALSE(device_facts(device, &facts)) << device;
  }
}

TEST(Device, NameHasALimit)
{
  std::string longest = "net_null" + std::string(DEVICE_NAME_MAX - 8, '1');
  EXPECT_EQ(Read(longest).name, longest);
  struct device_facts facts;
  EXPECT_FALSE(device_facts((longest + "1").c_str(), &facts));
  EXPECT_EQ(Read(longest + ",size=64").name, longest);
}

TEST(Device, VdevGoesToTheDriverItsNameBeginsWith)
{
  struct device_facts facts = Read("net_af_packet0,iface=veth0");
  EXPECT_FALSE(facts.pci);
  EXPECT_STREQ(facts.name, "net_af_packet0");
  EXPECT_STREQ(facts.driver, "net_af_packet");
  EXPECT_STREQ(Read("net_pcap_left,rx_pcap=a.pcap").driver, "net_pcap");
  EXPECT_STREQ(Read("net_null").driver, "net_null");
  EXPECT_STREQ(Read("eth_vhost0,iface=/tmp/s").driver, "net_vhost");
  EXPECT_STREQ(Read("virtio_user0,path=/tmp/s").driver, "net_virtio_user");
  EXPECT_STREQ(Read("net_virtio_user0").driver, "net_virtio_user");
  EXPECT_STREQ(Read("net_bonding0,mode=1").driver, "net_bonding");
}

TEST(Device, TellsTheInterfaceItStandsOn)
{
  EXPECT_STREQ(Read("net_af_packet0,iface=veth0,qpairs=2").interface, "veth0");
  EXPECT_STREQ(Read("net_pcap0,iface=eth0").interface, "eth0");
  EXPECT_STREQ(Read("net_pcap0,rx_pcap=a.pcap").interface, "");
  EXPECT_STREQ(Read("net_tap0,iface=tap0").interface, "") << "the driver makes it";
  EXPECT_STREQ(Read("net_af_packet0,iface=fifteen_letters").interface, "fifteen_letters");
  EXPECT_STREQ(Read("net_af_packet0,iface=sixteen__letters").interface, "");
}

TEST(Device, TellsTheInterfaceItSendsBy)
{
  EXPECT_STREQ(Read("net_af_packet0,iface=veth0").sender, "veth0");
  EXPECT_STREQ(Read("net_pcap0,iface=eth0").sender, "eth0");
  EXPECT_STREQ(Read("net_pcap0,rx_iface=eth0,tx_iface=eth1").sender, "eth1");
  EXPECT_STREQ(Read("net_pcap0,rx_iface=eth0,tx_pcap=out").sender, "");
  EXPECT_STREQ(Read("net_tap0,iface=tap0").sender, "");
}

TEST(Device, BuffersOfTheDriver)
{
  EXPECT_EQ(Read("net_af_packet0,iface=veth0").sends, 2048u - 32);
  EXPECT_EQ(Read("net_af_packet0,iface=veth0").cuts, 2048u - 66);
  EXPECT_EQ(Read("net_af_packet0,iface=veth0,framesz=1024").sends, 1024u - 32);
  EXPECT_EQ(Read("net_af_packet0,iface=veth0,framesz=1024").cuts, 1024u - 66);
  EXPECT_EQ(Read("net_memif0").sends, 2048u);
  EXPECT_EQ(Read("net_memif0,bsize=9216").sends, 9216u);
  EXPECT_EQ(Read("net_memif0,bsize=9216").cuts, 0u);
  EXPECT_EQ(Read("net_null0").sends, 0u);
  EXPECT_EQ(Read("0000:03:00.0").sends, 0u);
}

TEST(Device, WhatDriversOfNicsCopy)
{
  EXPECT_STREQ(driver_of_nic("net_e1000_em")->copies, "nothing");
  EXPECT_STREQ(driver_of_nic("net_ixgbe_vf")->copies, "nothing");
  EXPECT_STREQ(driver_of_nic("net_vmxnet3")->copies, "short frames, on receive and transmit");
  EXPECT_STREQ(driver_of_nic("net_virtio")->copies, "nothing, but the other side does");
  EXPECT_EQ(driver_of_nic("net_new_nic")->copies, nullptr);
  struct device_facts facts = Read("0000:03:00.0");
  EXPECT_TRUE(facts.special->holds_sent);
  device_is_nic(&facts, "net_e1000_em");
  EXPECT_STREQ(facts.copies, "nothing");
}

TEST(Device, AfXdpWantsAndKeepsMoreMbufsThanOthers)
{
  EXPECT_EQ(Read("net_af_xdp0,iface=eth0").special->descriptors, 2048u);
  EXPECT_TRUE(Read("net_af_xdp0,iface=eth0").special->keeps_mbufs);
  EXPECT_EQ(Read("net_af_packet0,iface=eth0").special->descriptors, 0u);
  EXPECT_FALSE(Read("net_af_packet0,iface=eth0").special->keeps_mbufs);
}

TEST(Device, UnknownVdevIsAVdevAllTheSame)
{
  struct device_facts facts = Read("net_softnic0,firmware=f.cli");
  EXPECT_FALSE(facts.pci);
  EXPECT_STREQ(facts.name, "net_softnic0");
  EXPECT_EQ(facts.driver, nullptr);
  EXPECT_EQ(facts.tx_queues, 0u);
  EXPECT_EQ(facts.copies, nullptr);
}

TEST(Device, TransmitQueuesByArgument)
{
  EXPECT_EQ(TxQueues("net_af_packet0,iface=veth0"), 1u);
  EXPECT_EQ(TxQueues("net_af_packet0,iface=veth0,qpairs=4"), 4u);
  EXPECT_EQ(TxQueues("net_af_packet0,qpairs=2,iface=veth0"), 2u);
  EXPECT_EQ(TxQueues("net_af_packet0,iface=qpairs=9"), 1u);
  EXPECT_EQ(TxQueues("net_af_packet0,xqpairs=9"), 1u);
  EXPECT_EQ(TxQueues("net_af_packet0,qpair=9,qpairsx=9"), 1u);
  EXPECT_EQ(TxQueues("net_af_xdp0,iface=eth0"), 1u);
  EXPECT_EQ(TxQueues("net_af_xdp0,iface=eth0,queue_count=3"), 3u);
  EXPECT_EQ(TxQueues("net_vhost0,iface=/tmp/s,queues=2"), 2u);
  EXPECT_EQ(TxQueues("virtio_user0,path=/tmp/s,queues=8"), 8u);
}

TEST(Device, AnArgumentThatIsNoNumberGivesNothing)
{
  for (const char *value : {"", "x", "4x", "-1", " 4", "99999999999999999999"})
    EXPECT_EQ(TxQueues("net_af_packet0,qpairs=" + std::string(value)), 0u) << value;
  EXPECT_EQ(TxQueues("net_af_packet0,qpairs"), 0u);
}

TEST(Device, TransmitQueuesOfTheDriver)
{
  EXPECT_EQ(TxQueues("net_tap0,iface=tap0"), 16u);
  EXPECT_EQ(TxQueues("net_ring0"), 16u);
  EXPECT_EQ(TxQueues("net_null0"), 1024u);
  EXPECT_EQ(TxQueues("net_memif0,role=server"), 1u);
  EXPECT_EQ(TxQueues("net_bonding0,mode=0"), 0u);
}

TEST(Device, PcapCountsItsArguments)
{
  EXPECT_EQ(TxQueues("net_pcap0,iface=eth0"), 1u);
  EXPECT_EQ(TxQueues("net_pcap0,rx_pcap=a.pcap,tx_pcap=b.pcap"), 1u);
  EXPECT_EQ(TxQueues("net_pcap0,tx_pcap=b.pcap,tx_pcap=c.pcap"), 2u);
  EXPECT_EQ(TxQueues("net_pcap0,rx_pcap=a.pcap,tx_iface=eth0"), 1u);
  EXPECT_EQ(TxQueues("net_pcap0,tx_iface=eth0,tx_pcap=b.pcap,tx_pcap=c.pcap"), 2u);
  EXPECT_EQ(TxQueues("net_pcap0,rx_pcap=a.pcap,rx_pcap=b.pcap"), 2u); // dropped, a queue for each
  EXPECT_EQ(TxQueues("net_pcap0,rx_iface=a,rx_iface_in=b,rx_iface_in=c"), 3u);
  EXPECT_EQ(TxQueues("net_pcap0"), 0u); // which the driver refuses
}

TEST(Device, WhatTheDriverCopies)
{
  for (const char *driver : {"net_pcap", "net_af_packet", "net_tap", "net_vhost"})
    EXPECT_STREQ(Read(driver).copies, "on receive and transmit") << driver;
  EXPECT_NE(std::string(Read("net_memif").copies).find("zero-copy"), std::string::npos);
  EXPECT_NE(std::string(Read("net_af_xdp").copies).find("transmit"), std::string::npos);
  for (const char *nothing : {"net_null0", "net_null0,size=64", "net_null0,copy=0", "net_ring0"})
    EXPECT_STREQ(Read(nothing).copies, "nothing") << nothing;
  EXPECT_STREQ(Read("net_null0,size=64,copy=1").copies, "on receive and transmit");
  EXPECT_EQ(std::string(Read("net_virtio_user0").copies).find("nothing, but "), 0u);
  for (const char *unknown : {"net_bonding0", "net_softnic0"})
    EXPECT_EQ(Read(unknown).copies, nullptr) << unknown;
}

} // namespace
