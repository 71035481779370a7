// SPDX-License-Identifier: BSD-3-Clause
// Residence times: packets are held back between receive and transmit for a time that is known.
#include "figures/residence.h"

#include <chrono>
#include <thread>

#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>

#include "testbed.h"
#include "zero_copy/copy_stage.h"

namespace
{

enum { IN, OUT };
enum { RECEIVER, SENDER };

constexpr double HELD = 0.005; // seconds

class Residence : public Testbed
{
protected:
  void SetUp() override
  {
    start(text({"in", "out"}, "forward: [wire: [in, out]]\nworkers: { cores: [0, 1] }\n"));
    ASSERT_EQ(datapath.n_handoffs, 2u) << "a packet crosses from one worker to the other";
    for (const char *name : {"net_ring_in", "net_ring_out"}) {
      uint16_t device;
      ASSERT_EQ(rte_eth_dev_get_port_by_name(name, &device), 0);
      devices.push_back(device);
    }
  }

  void TearDown() override
  {
    unwatch();
    Testbed::TearDown();
  }

  void watch()
  {
    ASSERT_EQ(residence_start(&residence, devices.data(), devices.size()), 0);
    flag = UINT64_C(1) << rte_mbuf_dynflag_lookup("platter_residence_marked", nullptr);
  }

  void unwatch()
  {
    residence_detach(residence);
    residence_free(residence);
    residence = nullptr;
  }

  void receive(const Packets &packets)
  {
    feed(IN, packets);
    for (size_t done = 0; done < packets.size(); done += BURST_MAX)
      turn(RECEIVER);
  }

  static void hold()
  {
    std::this_thread::sleep_for(std::chrono::duration<double>(HELD));
  }

  Packets send()
  {
    settle();
    return read(OUT);
  }

  Packets forward(const Packets &packets)
  {
    receive(packets);
    hold();
    return send();
  }

  bool marked(const rte_mbuf *m) const
  {
    return m->ol_flags & flag;
  }

  void expect_held(uint64_t packets, unsigned times = 1)
  {
    residence_times seen = residence_read(residence);
    EXPECT_EQ(seen.packets, packets);
    EXPECT_GE(seen.p50, times * HELD * 1e9);
    EXPECT_LE(seen.p50, seen.p99);
    EXPECT_LE(seen.p99, seen.p999);
    EXPECT_LE(seen.p999, seen.most);
  }

  std::vector<uint16_t> devices;
  struct residence *residence = nullptr;
  uint64_t flag = 0;
};

TEST_F(Residence, NothingWhereItIsOff)
{
  Packets packets = make_many(64, 100);
  std::vector<uint64_t> flags;
  for (const rte_mbuf *m : packets)
    flags.push_back(m->ol_flags);
  Packets out = forward(packets);
  ASSERT_EQ(out.size(), 64u);
  for (size_t i = 0; i < out.size(); i++)
    EXPECT_EQ(out[i]->ol_flags, flags[i]);
  EXPECT_EQ(residence_read(nullptr).packets, 0u);
  EXPECT_EQ(residence_read(nullptr).most, 0);
  residence_reset(nullptr);
  release(out);
}

TEST_F(Residence, AsLongAsTheyWereHeld)
{
  watch();
  EXPECT_EQ(residence_read(residence).packets, 0u);
  Packets out = forward(make_many(64, 100));
  EXPECT_EQ(out.size(), 64u);
  expect_held(1);
  for (const rte_mbuf *m : out)
    EXPECT_FALSE(marked(m)) << "a mark that stays would be taken for a new one";
  release(out);
}

TEST_F(Residence, OfFewPacketsAtATime)
{
  watch();
  for (unsigned n : {1, 2, 31})
    release(forward(make_many(n, 100)));
  expect_held(3);
}

TEST_F(Residence, WhoElseHoldsAPacketSeesNoChange)
{
  watch();
  Packets packets = make_many(33, 100);
  for (rte_mbuf *m : packets)
    rte_pktmbuf_refcnt_update(m, 1);
  receive(packets);
  std::vector<Look> before = look(packets);
  for (const rte_mbuf *m : packets)
    EXPECT_TRUE(marked(m));
  hold();
  Packets out = send();
  for (const rte_mbuf *m : packets)
    EXPECT_TRUE(marked(m)) << "written while others may read it";
  EXPECT_EQ(look(packets), before);
  expect_held(1);
  release(out);
  for (rte_mbuf *m : packets)
    m->ol_flags &= ~flag;
  release(packets);
}

TEST_F(Residence, ResetForgetsWhatWasAndWhatIsUnderWay)
{
  watch();
  release(forward(make_many(64, 100)));
  expect_held(1);
  receive(make_many(64, 100));
  residence_reset(residence);
  EXPECT_EQ(residence_read(residence).packets, 0u);
  hold();
  release(send());
  EXPECT_EQ(residence_read(residence).packets, 0u) << "came in before";
  for (unsigned i = 0; i < 200; i++) // until one is marked again
    release(forward(make_many(64, 100)));
  residence_times seen = residence_read(residence);
  EXPECT_GT(seen.packets, 0u);
  EXPECT_LE(seen.packets, 200u);
  EXPECT_GE(seen.p50, HELD * 1e9);
}

TEST_F(Residence, CopiesCarryTheMarkAlong)
{
  struct copy_stage data = {3};
  const trailing_stage copies = {&copy_stage, &data};
  ASSERT_EQ(forwarding_append(&forwarding, &copies, 1), 0);
  renew();
  watch();
  Packets packets = make_many(64, 500);
  for (rte_mbuf *m : packets)
    rte_pktmbuf_refcnt_update(m, 1);
  Packets out = forward(packets);
  ASSERT_EQ(out.size(), 64u);
  for (size_t i = 0; i < out.size(); i++)
    EXPECT_NE(out[i], packets[i]);
  expect_held(1);
  release(out);
  for (rte_mbuf *m : packets)
    m->ol_flags &= ~flag;
  release(packets);
}

TEST_F(Residence, DetachedItKeepsWhatItHas)
{
  watch();
  release(forward(make_many(64, 100)));
  residence_detach(residence);
  Packets out = forward(make_many(64, 100));
  for (const rte_mbuf *m : out)
    EXPECT_FALSE(marked(m));
  release(out);
  expect_held(1);
}

TEST_F(Residence, ADeviceThatIsNotThere)
{
  devices.push_back(RTE_MAX_ETHPORTS - 1);
  EXPECT_LT(residence_start(&residence, devices.data(), devices.size()), 0);
  EXPECT_EQ(residence, nullptr);
}

} // namespace
