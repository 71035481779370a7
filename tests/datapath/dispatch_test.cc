// SPDX-License-Identifier: BSD-3-Clause
// Dispatch with verdicts of every kind: none, one port, several, none that is there, and all of
// these in one burst. Four ports, two workers: half of the ways are handoffs.
#include <algorithm>
#include <cstring>
#include <map>
#include <random>

#include "test_stages.h"
#include "testbed.h"

namespace
{

enum { A, B, C, D, N_PORTS, NOWHERE = 31 };

constexpr portset bit(unsigned port)
{
  return portset{1} << port;
}

class Dispatch : public Testbed
{
protected:
  void start_kind(const std::string &kind)
  {
    start(text({"a", "b", "c", "d"}, "forward: [" + kind +
                                         ": [a, b, c, d]]\n"
                                         "workers: { cores: [0, 1] }\n"));
    ASSERT_EQ(datapath.n_handoffs, 4u);
  }

  rte_mbuf *make_script(script_action action, portset to = 0, uint16_t number = 0,
                        unsigned n_segments = 1)
  {
    script script = {static_cast<uint8_t>(action), 0, number, to};
    Bytes bytes = pattern(90, number);
    memcpy(bytes.data(), &script, sizeof(script));
    return make(bytes, split(bytes.size(), n_segments));
  }

  static script script_of(const rte_mbuf *m)
  {
    script script;
    memcpy(&script, rte_pktmbuf_mtod(m, void *), sizeof(script));
    return script;
  }

  // One reference for each port that has read it, on every segment.
  static void expect_references(const Packets &packets, unsigned references)
  {
    for (const rte_mbuf *m : packets)
      for (const rte_mbuf *segment = m; segment != nullptr; segment = segment->next)
        EXPECT_EQ(rte_mbuf_refcnt_read(segment), references);
  }
};

TEST_F(Dispatch, ForgottenPacketsAreCountedNotLeaked)
{
  start_kind("test_script");
  uint64_t n_fed = 0;
  for (unsigned n : burst_sizes) {
    for (unsigned i = 0; i < n; i++)
      feed(A, {make_script(SCRIPT_FORGET)});
    settle();
    n_fed += n;
  }
  counters all = count_all();
  EXPECT_EQ(all.received[A], n_fed);
  EXPECT_EQ(dropped(A, "no_verdict"), n_fed);
  EXPECT_EQ(sum_dropped(all), n_fed);
}

TEST_F(Dispatch, OneForgottenAmongOthers)
{
  start_kind("test_script");
  for (unsigned i = 0; i < 33; i++)
    feed(A, {make_script(i == 20 ? SCRIPT_FORGET : SCRIPT_SEND, bit(B), i)});
  settle();
  EXPECT_EQ(dropped(A, "no_verdict"), 1u);
  Packets packets = read(B);
  EXPECT_EQ(packets.size(), 32u);
  for (const rte_mbuf *m : packets)
    EXPECT_NE(script_of(m).number, 20);
  release(packets);
}

TEST_F(Dispatch, FloodIsOneBufferWithManyReaders)
{
  start_kind("test_flood");
  uint64_t n_fed = 0;
  for (unsigned n_segments : {1, 2, 3, 5}) {
    for (unsigned n : burst_sizes) {
      SCOPED_TRACE(std::to_string(n) + " frames of " + std::to_string(n_segments) + " segments");
      Packets packets = make_many(n, 90, n_segments);
      std::vector<Look> before = look(packets);
      feed(B, packets);
      settle();
      expect_references(packets, 3);
      EXPECT_TRUE(read(B).empty());
      unsigned references = 3;
      for (unsigned port : {A, C, D}) {
        Packets out = read(port);
        EXPECT_EQ(look(out), before);
        expect_references(out, references--);
        release(out);
      }
      n_fed += n;
    }
  }
  counters all = count_all();
  EXPECT_EQ(all.received[B], n_fed);
  EXPECT_EQ(all.cloned, 2 * n_fed);
  EXPECT_EQ(sum(all.transmitted), 3 * n_fed);
  expect_no_copies();
}

// A full way costs the references that were for it and no other.
TEST_F(Dispatch, FloodPastAFullPort)
{
  start_kind("test_flood");
  plug(C);
  Packets packets = make_many(TRANSMIT_PENDING + 100, 60);
  std::vector<Look> before = look(packets);
  feed(A, packets);
  settle();
  EXPECT_EQ(dropped(C, "transmit_full"), 100u);
  EXPECT_EQ(sum_dropped(count_all()), 100u);
  for (unsigned port : {B, D}) {
    Packets out = read(port);
    EXPECT_EQ(look(out), before);
    release(out);
  }
  expect_references({packets.begin(), packets.begin() + TRANSMIT_PENDING}, 1);
  unplug(C);
  settle();
  Packets out = read(C);
  before.resize(TRANSMIT_PENDING);
  EXPECT_EQ(look(out), before);
  release(out);
}

// A driver that would send only the first piece of a packet gets none in pieces.
TEST_F(Dispatch, PiecesForAPortThatSendsOne)
{
  start_kind("test_flood");
  for (unsigned w = 0; w < datapath.n_workers; w++)
    for (unsigned i = 0; i < datapath.worker[w]->n_transmit; i++)
      if (datapath.worker[w]->transmit[i].port == C)
        datapath.worker[w]->transmit[i].one_segment = true;
  plug(C); // what is dropped must not take room from what is not
  std::vector<Look> before, whole;
  for (unsigned i = 0; i < 257; i++) {
    Packets one = make_many(1, 90, 1 + i % 3);
    before.push_back(look(one[0]));
    if (i % 3 == 0)
      whole.push_back(before.back());
    feed(A, one);
  }
  settle();
  unplug(C);
  settle();
  EXPECT_EQ(dropped(C, "segmented"), 171u);
  EXPECT_EQ(sum_dropped(count_all()), 171u);
  for (unsigned port : {B, C, D}) {
    Packets out = read(port);
    EXPECT_EQ(look(out), port == C ? whole : before);
    release(out);
  }
}

// Nor does one that would spoil others with a long one, whatever its pieces.
TEST_F(Dispatch, LongPacketsForAPortThatTakesShortOnes)
{
  start_kind("test_flood");
  for (unsigned w = 0; w < datapath.n_workers; w++)
    for (unsigned i = 0; i < datapath.worker[w]->n_transmit; i++)
      if (datapath.worker[w]->transmit[i].port == C)
        datapath.worker[w]->transmit[i].longest = datapath.worker[w]->transmit[i].longest_tagged =
            90;
  plug(C);
  std::vector<Look> before, fit;
  for (unsigned i = 0; i < 257; i++) {
    Packets one = make_many(1, 90 + i % 2, 1 + i % 3);
    before.push_back(look(one[0]));
    if (i % 2 == 0)
      fit.push_back(before.back());
    feed(A, one);
  }
  settle();
  unplug(C);
  settle();
  EXPECT_EQ(dropped(C, "too_long"), 128u);
  EXPECT_EQ(sum_dropped(count_all()), 128u);
  for (unsigned port : {B, C, D}) {
    Packets out = read(port);
    EXPECT_EQ(look(out), port == C ? fit : before);
    release(out);
  }
}

TEST_F(Dispatch, PortsOutOfReach)
{
  start(text({"a", "b", "c", "d"}, "forward: [test_script: [a, b], sink: [c, d]]\n"
                                   "workers: { cores: [0, 1] }\n"));
  feed(A, {make_script(SCRIPT_SEND, bit(C)), make_script(SCRIPT_SEND, bit(NOWHERE)),
           make_script(SCRIPT_SEND, bit(B) | bit(D) | bit(NOWHERE), 7, 3)});
  settle();
  EXPECT_EQ(dropped(C, "unreachable"), 1u);
  EXPECT_EQ(dropped(D, "unreachable"), 1u);
  EXPECT_EQ(dropped(NOWHERE, "unreachable"), 2u);
  EXPECT_EQ(count_all().cloned, 2u);
  Packets out = read(B);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(script_of(out[0]).number, 7);
  expect_references(out, 1);
  release(out);

  feed(A, {make_script(SCRIPT_SEND_ALL, bit(NOWHERE)), make_script(SCRIPT_FORGET)});
  settle();
  EXPECT_EQ(dropped(NOWHERE, "unreachable"), 4u);
}

// A verdict for all replaces what was decided; those that follow spread it out again.
TEST_F(Dispatch, VerdictForAllAmongVerdictsForOne)
{
  start_kind("test_script");
  feed(A, {make_script(SCRIPT_SEND, bit(B), 0), make_script(SCRIPT_DROP, 0, 1),
           make_script(SCRIPT_SEND_ALL, bit(C), 2), make_script(SCRIPT_FORGET, 0, 3),
           make_script(SCRIPT_SEND, bit(D), 4), make_script(SCRIPT_DROP, 0, 5)});
  settle();
  std::vector<int> numbers;
  for (rte_mbuf *m : read(C)) {
    numbers.push_back(script_of(m).number);
    release({m});
  }
  EXPECT_EQ(numbers, (std::vector<int>{0, 1, 2, 3}));
  EXPECT_TRUE(read(B).empty());
  EXPECT_EQ(dropped(A, "test_scripted"), 1u);
  EXPECT_EQ(count_all().transmitted[D], 1u);

  feed(A, {make_script(SCRIPT_SEND, bit(B)), make_script(SCRIPT_DROP_ALL),
           make_script(SCRIPT_FORGET), make_script(SCRIPT_SEND, bit(B))});
  settle();
  EXPECT_EQ(dropped(A, "test_scripted"), 4u);
  EXPECT_EQ(count_all().transmitted[B], 1u);
}

// packet[i] may become another packet: what goes out is the new one, to every port of its verdict,
// and the other reader keeps the old one as it was.
TEST_F(Dispatch, ReplacedPackets)
{
  start_kind("test_script");
  Packets packets, kept;
  for (unsigned i = 0; i < 65; i++) {
    packets.push_back(make_script(SCRIPT_STAMP, i % 3 ? bit(B) : bit(B) | bit(C), i));
    if (i % 2) {
      rte_mbuf_refcnt_update(packets[i], 1);
      kept.push_back(packets[i]);
    }
  }
  std::vector<Look> kept_before = look(kept);
  feed(A, packets);
  settle();

  Packets out = read(B), to_both = read(C);
  ASSERT_EQ(out.size(), packets.size());
  ASSERT_EQ(to_both.size(), 22u);
  for (unsigned i = 0; i < out.size(); i++) {
    EXPECT_EQ(out[i] == packets[i], i % 2 == 0);
    EXPECT_EQ(script_of(out[i]).number, i);
    EXPECT_EQ(script_of(out[i]).stamp, 1);
    EXPECT_EQ(rte_mbuf_refcnt_read(out[i]), i % 3 ? 1 : 2);
    if (i % 3 == 0) {
      EXPECT_EQ(to_both[i / 3], out[i]);
    }
  }
  EXPECT_EQ(look(kept), kept_before);
  expect_references(kept, 1);
  EXPECT_EQ(copied_packets("short_frame"), kept.size());
  release(out);
  release(to_both);
  release(kept);
}

// What should come of a series of scripts, worked out one packet at a time.
struct Outcome {
  std::map<unsigned, std::vector<int>> sent; // by port: numbers, in order
  std::map<std::pair<unsigned, std::string>, uint64_t> dropped;
  uint64_t cloned = 0;
};

void expect_of(Outcome &outcome, const script &script)
{
  if (script.action == SCRIPT_DROP)
    outcome.dropped[{A, "test_scripted"}]++;
  else if (script.action == SCRIPT_FORGET || script.ports == 0)
    outcome.dropped[{A, "no_verdict"}]++;
  else
    outcome.cloned += __builtin_popcount(script.ports) - 1;
  if (script.action != SCRIPT_SEND)
    return;
  for (unsigned port : {A, B, C, D})
    if (script.ports & bit(port))
      outcome.sent[port].push_back(script.number);
  if (script.ports & bit(NOWHERE))
    outcome.dropped[{NOWHERE, "unreachable"}]++;
}

class RandomVerdicts : public Dispatch, public testing::WithParamInterface<unsigned>
{
};

TEST_P(RandomVerdicts, EachPacketGoesWhereItsOwnSays)
{
  start_kind("test_script");
  std::mt19937 random(GetParam());
  Outcome expected, found;
  uint16_t number = 0;
  for (unsigned n : burst_sizes) {
    for (unsigned i = 0; i < n; i++) {
      auto action = std::array{SCRIPT_SEND, SCRIPT_SEND, SCRIPT_DROP, SCRIPT_FORGET}[random() % 4];
      portset to = random() % 16 | (random() % 8 == 0 ? bit(NOWHERE) : 0);
      rte_mbuf *m = make_script(action, to, number++, 1 + random() % 3);
      expect_of(expected, script_of(m));
      feed(A, {m});
    }
    settle();
    for (unsigned port : {A, B, C, D}) {
      for (rte_mbuf *m : read(port)) {
        found.sent[port].push_back(script_of(m).number);
        release({m});
      }
    }
  }
  EXPECT_EQ(found.sent, expected.sent);
  uint64_t n_dropped = 0;
  for (const auto &[where, n] : expected.dropped) {
    EXPECT_EQ(dropped(where.first, where.second), n) << where.first << " " << where.second;
    n_dropped += n;
  }
  EXPECT_EQ(sum_dropped(count_all()), n_dropped);
  EXPECT_EQ(count_all().cloned, expected.cloned);
  expect_no_copies();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomVerdicts, testing::Range(0u, 20u));

} // namespace
