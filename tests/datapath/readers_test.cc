// SPDX-License-Identifier: BSD-3-Clause
// Packets with several readers: mirrors, packets split off, and writing beside readers. The tests
// play the stages themselves, on a worker's burst, and then have dispatch act on it.
#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include "testbed.h"

namespace
{

enum { A, B, C, D, N_PORTS };
constexpr portset ALL = 0xf;

constexpr portset bit(unsigned port)
{
  return portset{1} << port;
}

label test_rule = {"test_rule", "dropped by a rule of a test", 0};
[[maybe_unused]] const bool test_rule_is_known = (label_register(&drop_reasons, &test_rule), true);

class Readers : public Testbed
{
protected:
  void SetUp() override
  {
    start(text({"a", "b", "c", "d"}, "forward: [test_flood: [a, b, c, d]]\n"
                                     "workers: { cores: [0, 1] }\n"));
  }

  // A burst received on port A, as worker 0 would treat it.
  void play(const Packets &packets, const std::function<void(burst &)> &stages, portset up = ALL)
  {
    worker *w = datapath.worker[0];
    burst *b = &w->burst;
    ASSERT_LE(packets.size(), static_cast<size_t>(BURST_MAX));
    b->count = packets.size();
    b->port = A;
    b->up = up;
    b->generation = generation;
    std::copy(packets.begin(), packets.end(), b->packet);
    burst_begin(b);
    w->counters.received[A] += packets.size();
    stages(*b);
    dispatch(b, w->egress, &w->counters);
    settle();
  }

  // Overwrites the first byte of packet `i` as a stage would.
  static void write(burst &b, unsigned i, uint8_t value)
  {
    rte_mbuf *m = burst_writable(&b, i, 1);
    ASSERT_NE(m, nullptr);
    *rte_pktmbuf_mtod(m, uint8_t *) = value;
  }

  // What lies at a port, and nothing is left there.
  std::vector<Bytes> take(unsigned port)
  {
    Packets packets = read(port);
    std::vector<Bytes> bytes = bytes_of(packets);
    release(packets);
    return bytes;
  }
};

TEST_F(Readers, AMirrorOfWhatNobodyWritesIsTheSameBuffer)
{
  for (unsigned n : {1u, 2u, 31u, 63u, 64u})
    for (unsigned segments : {1u, 3u}) {
      Packets packets = make_many(n, 90, segments);
      std::vector<Look> before = look(packets);
      play(packets, [n](burst &b) {
        for (unsigned i = 0; i < n; i++)
          burst_mirror(&b, i, bit(C));
        burst_send_all(&b, bit(B));
      });
      for (unsigned port : {B, C}) {
        Packets out = read(port);
        EXPECT_EQ(look(out), before) << port;
        release(out);
      }
    }
  EXPECT_EQ(sum_dropped(count_all()), 0u);
  expect_no_copies();
}

TEST_F(Readers, WhoWritesLeavesThemTheOldBytes)
{
  for (size_t length : {60u, 128u, 129u, 1514u, 9000u}) {
    Packets packets = make_many(5, length, length < 2000 ? 2 : 8);
    std::vector<Bytes> before = bytes_of(packets), after = before;
    for (Bytes &bytes : after)
      bytes[0] = 0xee;
    uint64_t copied = copied_bytes("header_rewrite") + copied_bytes("short_frame");
    play(packets, [](burst &b) {
      for (unsigned i = 0; i < 5; i++) {
        burst_mirror(&b, i, bit(C) | bit(D));
        burst_send(&b, i, bit(B));
        write(b, i, 0xee);
      }
    });
    EXPECT_EQ(take(B), after) << length;
    EXPECT_EQ(take(C), before) << length;
    EXPECT_EQ(take(D), before) << length;
    EXPECT_EQ(copied_bytes("header_rewrite") + copied_bytes("short_frame") - copied,
              5 * (length <= 128 ? length : 1))
        << length;
  }
}

TEST_F(Readers, ReadersOfWhatWasWrittenSeeIt)
{
  Packets packets = make_many(1, 200);
  play(packets, [](burst &b) {
    burst_send_all(&b, bit(B));
    burst_mirror(&b, 0, bit(C));
    write(b, 0, 1);
    burst_mirror(&b, 0, bit(D));
    write(b, 0, 2);
  });
  EXPECT_EQ(take(B)[0][0], 2);
  EXPECT_EQ(take(D)[0][0], 1);
  EXPECT_EQ(take(C)[0], pattern(200, 0));
}

TEST_F(Readers, WhatIsDroppedCanBeRead)
{
  play(make_many(7, 90), [](burst &b) {
    for (unsigned i = 0; i < b.count; i++)
      burst_mirror(&b, i, bit(C));
    burst_drop_all(&b, &test_rule);
  });
  EXPECT_EQ(dropped(A, "test_rule"), 7u);
  EXPECT_EQ(take(C).size(), 7u);
  EXPECT_EQ(count_all().cloned, 7u);
}

TEST_F(Readers, OnePortGetsAPacketOnce)
{
  play(make_many(3, 90), [](burst &b) {
    burst_send_all(&b, bit(B));
    burst_mirror(&b, 1, bit(B));
  });
  EXPECT_EQ(take(B).size(), 3u);
  EXPECT_EQ(count_all().cloned, 0u);
}

TEST_F(Readers, APortThatIsDownCostsItsReadersOnly)
{
  play(
      make_many(9, 90),
      [](burst &b) {
        burst_send_all(&b, bit(B));
        for (unsigned i = 0; i < 9; i++)
          burst_mirror(&b, i, bit(C) | bit(D));
      },
      ALL & ~bit(C));
  EXPECT_EQ(take(B).size(), 9u);
  EXPECT_EQ(take(D).size(), 9u);
  EXPECT_TRUE(take(C).empty());
  EXPECT_EQ(dropped(C, "mirror_down"), 9u);
}

TEST_F(Readers, DetachedReadersOfPortsThatAreDown)
{
  play(
      make_many(2, 300),
      [](burst &b) {
        burst_send_all(&b, bit(B));
        for (unsigned i = 0; i < 2; i++) {
          burst_mirror(&b, i, bit(C) | bit(D));
          write(b, i, 9);
        }
      },
      bit(A) | bit(B));
  EXPECT_EQ(take(B).size(), 2u);
  EXPECT_EQ(dropped(C, "mirror_down"), 2u);
  EXPECT_EQ(dropped(D, "mirror_down"), 2u);
}

TEST_F(Readers, AFullPortCostsItsReadersOnly)
{
  plug(C);
  uint64_t n_fed = 0;
  for (unsigned i = 0; i < 300; i++, n_fed += 33)
    play(make_many(33, 60),
         [](burst &b) {
           burst_send_all(&b, bit(B));
           for (unsigned k = 0; k < b.count; k++)
             burst_mirror(&b, k, bit(C));
         }),
        release(read(B));
  counters all = count_all();
  EXPECT_EQ(all.transmitted[B], n_fed);
  EXPECT_GT(dropped(C, "mirror_full"), 0u);
  EXPECT_EQ(sum_dropped(all), dropped(C, "mirror_full"));
  unplug(C);
  settle();
  release(read(C));
}

TEST_F(Readers, SettledPacketsKeepTheirVerdict)
{
  play(make_many(4, 90), [](burst &b) {
    burst_drop(&b, 0, &test_rule);
    burst_settle(&b, 0);
    burst_send(&b, 1, bit(D));
    burst_settle(&b, 1);
    burst_send_all(&b, bit(B));
    EXPECT_TRUE(burst_settled(&b, 0) && burst_settled(&b, 1) && !burst_settled(&b, 2));
  });
  EXPECT_EQ(dropped(A, "test_rule"), 1u);
  EXPECT_EQ(take(D).size(), 1u);
  EXPECT_EQ(take(B).size(), 2u);
}

TEST_F(Readers, NoMoreSlotsThanThereAre)
{
  play(make_many(64, 300), [](burst &b) {
    burst_send_all(&b, bit(B) | bit(C));
    for (unsigned i = 0; b.count < BURST_SLOTS; i++)
      burst_split(&b, i % 64, 0);
    EXPECT_EQ(burst_split(&b, 3, bit(C)), -1);
    EXPECT_EQ(burst_verdict(&b, 3), bit(B) | bit(C));
    burst_mirror(&b, 3, bit(D));
    EXPECT_NE(burst_writable(&b, 3, 1), nullptr) << "without a slot for the readers";
    EXPECT_EQ(b.readers[3], 0u);
  });
  EXPECT_EQ(take(B).size(), 64u);
  EXPECT_EQ(take(C).size(), 64u);
  EXPECT_TRUE(take(D).empty());
  EXPECT_EQ(dropped(D, "mirror_full"), 1u);
  EXPECT_EQ(dropped(A, "no_verdict"), 192u) << "split off for nobody";
}

// Ports send packets in the order they came, whatever was split off on the way.
TEST_F(Readers, WhatWasSplitOffLeavesInOrder)
{
  for (unsigned n : {1u, 2u, 31u, 63u, 64u}) {
    Packets packets = make_many(n, 300);
    std::vector<Bytes> before = bytes_of(packets), changed = before;
    for (Bytes &bytes : changed)
      bytes[0] = 0xee;
    play(packets, [n](burst &b) {
      burst_send_all(&b, bit(B) | bit(C));
      for (unsigned i = 0; i < n; i += 2) {
        burst_mirror(&b, i, bit(D));
        int slot = burst_split(&b, i, bit(C));
        ASSERT_GE(slot, 0);
        write(b, slot, 0xee);
        burst_mirror(&b, slot, bit(D));
        write(b, i, 0xee);
      }
    });
    std::vector<Bytes> at_c = before, at_d;
    for (unsigned i = 0; i < n; i++) {
      at_c[i] = i % 2 == 0 ? changed[i] : before[i];
      if (i % 2 == 0) { // its readers' slot, or the one split off: whichever was made first
        at_d.push_back(changed[i]);
        at_d.push_back(before[i]);
      }
    }
    EXPECT_EQ(take(B), at_c) << n;
    EXPECT_EQ(take(C), at_c) << n;
    EXPECT_EQ(take(D), at_d) << n;
  }
}

TEST_F(Readers, WhoIsForwardedToAndReadsGetsBothInOrder)
{
  Packets packets = make_many(64, 90);
  std::vector<Bytes> before = bytes_of(packets);
  play(packets, [](burst &b) {
    for (unsigned i = 0; i < 64; i++) {
      burst_send(&b, i, i % 3 == 0 ? bit(B) : bit(C));
      burst_mirror(&b, i, i % 3 == 1 ? bit(B) : bit(D));
    }
  });
  std::vector<Bytes> at_b;
  for (unsigned i = 0; i < 64; i++)
    if (i % 3 != 2)
      at_b.push_back(before[i]);
  EXPECT_EQ(take(B), at_b);
  take(C);
  take(D);
}

// A form of a packet that nobody wants any more, as the port gets another: no drop.
TEST_F(Readers, AFormThatIsReleasedCostsNothing)
{
  play(make_many(2, 300), [](burst &b) {
    burst_send_all(&b, bit(B) | bit(C));
    for (unsigned i = 0; i < 2; i++) {
      int slot = burst_split(&b, i, bit(C));
      burst_send(&b, i, bit(D));
      burst_release(&b, slot);
    }
    burst_mirror(&b, 0, bit(C));
  });
  EXPECT_EQ(take(D).size(), 2u);
  EXPECT_EQ(take(C).size(), 1u);
  EXPECT_EQ(sum_dropped(count_all()), 0u);
  EXPECT_EQ(count_all().cloned, 1u);
}

TEST_F(Readers, NoHeaderMbufLeft)
{
  Packets held;
  rte_mempool *headers = datapath.worker[0]->copier.headers;
  for (rte_mbuf *m; (m = rte_pktmbuf_alloc(headers)) != nullptr;)
    held.push_back(m);
  play(make_many(1, 300), [](burst &b) {
    burst_send_all(&b, bit(B));
    burst_mirror(&b, 0, bit(C));
    EXPECT_EQ(burst_writable(&b, 0, 14), nullptr);
    EXPECT_EQ(b.count, 1);
    EXPECT_EQ(rte_mbuf_refcnt_read(b.packet[0]), 1);
  });
  EXPECT_EQ(take(B), take(C));
  release(held);
}

// Thousands of random mixtures of all of these, against a model that knows no buffers.
class Mixture : public Readers
{
protected:
  struct Slot {
    Bytes bytes;
    portset verdict, readers;
  };

  static constexpr unsigned HOW_MANY = 4000;

  void step(burst &b, std::vector<Slot> &model)
  {
    unsigned i = random() % model.size();
    portset ports = random() & ALL;
    switch (random() % 5) {
    case 0:
      burst_mirror(&b, i, ports);
      model[i].readers |= ports;
      break;
    case 1:
      if (ports != 0) {
        burst_send(&b, i, ports);
        model[i].verdict = ports;
      }
      break;
    case 2:
      if (burst_verdict(&b, i) != 0) {
        burst_drop(&b, i, &test_rule);
        model[i].verdict = 0;
      }
      break;
    case 3: {
      uint8_t value = random();
      if (model[i].readers != 0) {
        model.push_back({model[i].bytes, 0, model[i].readers});
        model[i].readers = 0;
      }
      write(b, i, value);
      model[i].bytes[0] = value;
      break;
    }
    case 4:
      ports &= model[i].verdict;
      if (ports != 0 && ports != model[i].verdict) {
        ASSERT_GE(burst_split(&b, i, ports), 0);
        model.push_back({model[i].bytes, ports, 0});
        model[i].verdict &= ~ports;
      }
    }
    ASSERT_EQ(b.count, model.size());
  }

  std::mt19937 random{20240229};
};

TEST_F(Mixture, LeavesAsAModelSays)
{
  for (unsigned round = 0; round < HOW_MANY && !HasFailure(); round++) {
    SCOPED_TRACE(round);
    Packets packets;
    std::vector<Slot> model;
    unsigned n = 1 + random() % 12;
    for (unsigned i = 0; i < n; i++) {
      size_t length = std::array{60, 64, 65, 127, 128, 129, 1514, 9000}[random() % 8];
      Bytes bytes = pattern(length, random());
      packets.push_back(make(bytes, split(length, (length < 2000 ? 1 : 8) + random() % 4)));
      model.push_back({bytes, 0, 0});
    }
    portset up = random() & ALL;
    play(
        packets,
        [&](burst &b) {
          for (unsigned steps = random() % (4 * n); steps > 0; steps--)
            step(b, model);
        },
        up);
    std::map<unsigned, std::vector<Bytes>> expected;
    for (const Slot &slot : model)
      for (unsigned port = 0; port < N_PORTS; port++)
        if (((slot.verdict | (slot.readers & up)) & bit(port)) != 0)
          expected[port].push_back(slot.bytes);
    for (unsigned port = 0; port < N_PORTS; port++) {
      std::vector<Bytes> out = take(port);
      std::sort(out.begin(), out.end());
      std::sort(expected[port].begin(), expected[port].end());
      EXPECT_EQ(out, expected[port]) << "port " << port;
    }
  }
}

} // namespace
