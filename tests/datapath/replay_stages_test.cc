// SPDX-License-Identifier: BSD-3-Clause
// Replayed frames on their way through stages: several readers of one buffer, and stages that
// rewrite what they are given. The frame in memory stays as it is.
#include <algorithm>
#include <array>
#include <deque>
#include <random>

#include "replay_bed.h"
#include "test_stages.h"

namespace
{

enum { IN, FIRST, SECOND };

constexpr size_t ETHERNET = 14, ADDRESS = 6;

class ReplayStages : public ReplayBed, public testing::WithParamInterface<const char *>
{
protected:
  void start_with(const std::string &forward, const std::vector<std::string> &ports)
  {
    start(text(ports, "forward: [" + forward + "]\nworkers: { cores: " + GetParam() +
                          " }\noverload: wait\n"));
  }

  // Reads what has come out at a port, in whatever size the bursts have.
  std::vector<Bytes> read_bytes(unsigned port, std::deque<rte_mbuf *> &held)
  {
    Packets packets = read(port);
    held.insert(held.end(), packets.begin(), packets.end());
    return bytes_of(packets);
  }
};

INSTANTIATE_TEST_SUITE_P(Workers, ReplayStages, testing::Values("[0]", "[0, 1]"),
                         [](const auto &info) {
                           return info.param == std::string("[0]") ? "one" : "two";
                         });

// One of two readers is slow and lets go in any order; the other gets no frame twice nor late.
TEST_P(ReplayStages, TwoReadersOfOneBuffer)
{
  start_with("test_flood: [in, first, second]", {"in", "first", "second"});
  capture_of_odd(211, 2500);
  const uint64_t all = 9 * 211;
  replay *source = open(",loop=9", 300);
  ASSERT_EQ(status_of(source).copies, 4u);
  std::vector<std::pair<rte_mbuf *, uint64_t>> held;
  std::vector<const rte_mbuf *> order;
  std::mt19937 random(7);
  uint64_t n_first = 0, n_second = 0, wrong = 0;
  for (unsigned round = 0; n_second < all && round < 100000; round++) {
    turn_all();
    Packets first = read(FIRST);
    for (const rte_mbuf *m : first) {
      wrong += !is_frame(m, n_first++);
      order.push_back(m);
    }
    release(first);
    for (rte_mbuf *m : read(SECOND, random() % 64)) {
      wrong += !is_frame(m, n_second) || m != order[n_second];
      held.emplace_back(m, n_second++);
    }
    std::shuffle(held.begin(), held.end(), random);
    while (held.size() > 100) {
      wrong += !is_frame(held.back().first, held.back().second);
      release({held.back().first});
      held.pop_back();
    }
  }
  EXPECT_EQ(n_first, all);
  EXPECT_EQ(n_second, all);
  EXPECT_EQ(wrong, 0u);
  counters sum = count_all();
  EXPECT_EQ(sum.received[IN], all);
  EXPECT_EQ(sum.cloned, all);
  EXPECT_EQ(sum_dropped(sum), 0u);
  expect_no_copies();
  EXPECT_EQ(status_of(source).state, REPLAY_FINISHED);
  for (auto [m, number] : held)
    release({m});
}

// A reader that keeps everything: the source waits for it, nobody gets a frame for the second time.
TEST_P(ReplayStages, OneOfTwoReadersNeverLetsGo)
{
  start_with("test_flood: [in, first, second]", {"in", "first", "second"});
  capture_of_odd(53, 700);
  replay *source = open(",loop=0", 0);
  const unsigned all = 53 * status_of(source).copies;
  Packets held;
  for (unsigned round = 0; round < 200; round++) {
    turn_all();
    release(read(FIRST));
    for (rte_mbuf *m : read(SECOND))
      held.push_back(m);
  }
  ASSERT_EQ(held.size(), all);
  EXPECT_EQ(status_of(source).sent, all);
  EXPECT_GT(status_of(source).stalls, 100u);
  for (unsigned i = 0; i < all; i++)
    EXPECT_TRUE(is_frame(held[i], i));
  release(held);
  for (unsigned round = 0; status_of(source).sent < 3 * all && round < 10000; round++) {
    turn_all();
    for (unsigned port : {FIRST, SECOND})
      release(read(port));
  }
  EXPECT_GE(status_of(source).sent, 3 * all);
}

TEST_P(ReplayStages, ReflectRewritesItsOwnCopyOfTheHeader)
{
  start_with("reflect: [in]", {"in"});
  std::vector<size_t> lengths = {1, 6, 13};
  for (size_t length = ETHERNET; length < 2 * 9216 - 14; length = length * 5 / 4 + 1)
    lengths.push_back(std::min<size_t>(length, 9216));
  capture_of(lengths);
  const unsigned laps = 30;
  std::vector<Bytes> expected;
  for (unsigned lap = 0; lap < laps; lap++)
    for (Bytes bytes : frames)
      if (bytes.size() >= ETHERNET) {
        std::swap_ranges(bytes.begin(), bytes.begin() + ADDRESS, bytes.begin() + ADDRESS);
        expected.push_back(bytes);
      }
  replay *source = open(",loop=" + std::to_string(laps), 200);
  std::vector<Bytes> out;
  std::deque<rte_mbuf *> held;
  for (unsigned round = 0; out.size() < expected.size() && round < 10000; round++) {
    turn_all();
    for (Bytes &bytes : read_bytes(IN, held))
      out.push_back(std::move(bytes));
    while (held.size() > 150) {
      release({held.front()});
      held.pop_front();
    }
  }
  EXPECT_TRUE(out == expected) << out.size() << " frames";
  EXPECT_EQ(dropped(IN, "runt"), 3u * laps);
  EXPECT_EQ(copied_packets("header_rewrite") + copied_packets("short_frame"), expected.size());
  EXPECT_GT(copied_packets("header_rewrite"), 0u);
  EXPECT_EQ(copied_bytes("header_rewrite"), copied_packets("header_rewrite") * ETHERNET);
  EXPECT_EQ(status_of(source).sent, laps * frames.size());
  release(Packets(held.begin(), held.end()));
}

// Rewritten and then sent to two: one private header with two readers, behind it the frame.
TEST_P(ReplayStages, RewrittenForTwoReaders)
{
  start_with("test_script: [in, first, second]", {"in", "first", "second"});
  frames.clear();
  for (uint16_t i = 0; i < 77; i++) {
    Bytes bytes = pattern(sizeof(script) + i * 101 % 5000, i);
    script what = {SCRIPT_STAMP, 41, i, 1u << FIRST | 1u << SECOND};
    memcpy(bytes.data(), &what, sizeof(what));
    frames.push_back(bytes);
  }
  write_capture();
  const uint64_t all = 20 * 77;
  open(",loop=20", 100);
  std::deque<rte_mbuf *> held;
  std::vector<Bytes> out[3];
  for (unsigned round = 0; out[SECOND].size() < all && round < 10000; round++) {
    turn_all();
    for (unsigned port : {FIRST, SECOND})
      for (Bytes &bytes : read_bytes(port, held))
        out[port].push_back(std::move(bytes));
    while (held.size() > 90) {
      release({held.front()});
      held.pop_front();
    }
  }
  for (unsigned port : {FIRST, SECOND}) {
    ASSERT_EQ(out[port].size(), all);
    for (uint64_t i = 0; i < all; i++) {
      Bytes expected = frame(i);
      expected[1]++; // the stamp: one more than in memory, in every lap
      EXPECT_EQ(out[port][i] == expected, true) << "frame " << i;
    }
  }
  EXPECT_EQ(copied_packets("header_rewrite") + copied_packets("short_frame"), all);
  release(Packets(held.begin(), held.end()));
}

// Dropped in the middle: the frame goes back to its place.
TEST_P(ReplayStages, DroppedFramesComeBack)
{
  start_with("sink: [in]", {"in"});
  capture_of_odd(31, 1500);
  replay *source = open(",loop=1000", 64);
  settle();
  EXPECT_EQ(dropped(IN, "sink"), 31000u);
  EXPECT_EQ(status_of(source).state, REPLAY_FINISHED);
  EXPECT_EQ(status_of(source).stalls, 0u);
}

// A window's frames are given away for good: a sole reader may write where they lie.
TEST_P(ReplayStages, AWindowsFramesAreTheReaders)
{
  start_with("reflect: [in]", {"in"});
  capture_of_odd(5003, 500);
  replay_plan plan = make_plan(",loop=2", 0);
  plan.window = true;
  plan.copies = 0;
  plan.window_mbufs = 3000 + REPLAY_WINDOW_MIN;
  open(plan, "in");
  uint64_t next = 0, wrong = 0, runts = 0;
  EXPECT_TRUE(wait_for([&] {
    turn_all();
    Packets packets = read(IN);
    for (const rte_mbuf *m : packets) {
      for (; frame(next).size() < ETHERNET; next++)
        runts++;
      Bytes expected = frame(next++);
      std::swap_ranges(expected.begin(), expected.begin() + ADDRESS, expected.begin() + ADDRESS);
      wrong += bytes_of(m) != expected;
    }
    release(packets);
    return next == 2 * frames.size();
  }));
  EXPECT_EQ(wrong, 0u);
  EXPECT_EQ(dropped(IN, "runt"), runts);
  EXPECT_GT(runts, 0u);
}

struct Kind {
  const char *name;
  const char *forward;
  const char *rules;
};

void PrintTo(const Kind &kind, std::ostream *out)
{
  *out << kind.name;
}

// Whatever a stage does to frames, it does to those of a replay: to a frame that lies in memory, of
// which only a reference is given out, to one of a window, which has no headroom, and to one that a
// NIC would bring.
class EveryStage : public ReplayBed, public testing::WithParamInterface<Kind>
{
protected:
  enum { THIRD = SECOND + 1, N_PORTS };

  // Untagged, tagged, without a VLAN, with a service tag; of lengths around every limit.
  void make_frames()
  {
    frames.clear();
    for (size_t length : {18, 60, 64, 127, 128, 129, 130, 500, 1514, 2047, 9200})
      for (uint32_t tag : {0u, 0x8100000au, 0x81006014u, 0x81006000u, 0x88a80014u}) {
        Bytes bytes = pattern(length, frames.size());
        bytes[0] = bytes[6] = 0x02; // from and to single stations
        bytes[11] = static_cast<uint8_t>(frames.size());
        bytes[12] = bytes[13] = 0x08;
        for (unsigned i = 0; tag != 0 && i < 4; i++)
          bytes[12 + i] = static_cast<uint8_t>(tag >> 8 * (3 - i));
        frames.push_back(bytes);
      }
    write_capture();
  }

  using Out = std::array<std::vector<Bytes>, N_PORTS>;

  void collect(Out &out)
  {
    for (unsigned port = 0; port < N_PORTS; port++) {
      Packets packets = read(port);
      for (Bytes &bytes : bytes_of(packets))
        out[port].push_back(std::move(bytes));
      release(packets);
    }
  }

  // `done`: whether the source has given everything out.
  template <typename Done> Out run_until(Done done)
  {
    Out out;
    EXPECT_TRUE(wait_for([&] {
      turn_all();
      collect(out);
      return done();
    }));
    settle();
    collect(out);
    for (std::vector<Bytes> &list : out)
      std::sort(list.begin(), list.end());
    return out;
  }

  uint64_t received()
  {
    return count_all().received[IN];
  }
};

TEST_P(EveryStage, GivesTheSameFromMemoryAndThroughAWindow)
{
  start(text({"in", "first", "second", "third"},
             std::string("forward: [") + GetParam().forward + "]\nworkers: { cores: [0] }\n" +
                 "overload: wait\nrules: [" + GetParam().rules + "]\n"));
  make_frames();
  for (const Bytes &bytes : frames)
    feed(IN, {make(bytes, ::split(bytes.size(), 1 + bytes.size() / 1800))});
  Out expected = run_until([&] { return received() == frames.size(); });

  replay *resident = open(",loop=1", 200);
  Out out = run_until([&] { return status_of(resident).state == REPLAY_FINISHED; });
  EXPECT_TRUE(out == expected) << "from memory";

  replay_plan plan = make_plan(",loop=1", 0);
  plan.window = true;
  plan.copies = 0;
  plan.window_mbufs = REPLAY_WINDOW_MIN;
  replay *window = open(plan, "in");
  out = run_until([&] { return status_of(window).state == REPLAY_FINISHED; });
  EXPECT_TRUE(out == expected) << "through a window";

  size_t left = 0;
  for (const std::vector<Bytes> &list : expected)
    left += list.size();
  EXPECT_EQ(left > 0, GetParam().forward != std::string("sink: [in, first, second, third]"));
  for (const char *lost : {"no_tag_mbuf", "rule_no_mbuf", "no_header_mbuf", "mirror_full"})
    for (unsigned port = 0; port < N_PORTS; port++)
      EXPECT_EQ(dropped(port, lost), 0u) << lost;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryStage,
    testing::Values(
        Kind{"wire", "wire: [in, first], sink: [second, third]", ""},
        Kind{"reflect", "reflect: [in], sink: [first, second, third]", ""},
        Kind{"sink", "sink: [in, first, second, third]", ""},
        Kind{"bridge", "bridge: [in, first, second, third]", ""},
        Kind{"bridge_pushes",
             "bridge: {ports: {in: {access: 10}, first: {trunk: [10]}, second: {access: 10}, "
             "third: {trunk: [10, 20]}}}",
             ""},
        Kind{"bridge_pushes_only",
             "bridge: {ports: {in: {access: 10}, first: {trunk: [10]}, second: {trunk: [10]}, "
             "third: {trunk: [10]}}}",
             ""},
        Kind{"bridge_pops",
             "bridge: {ports: {in: {trunk: [10, 20], native: 20}, first: {access: 10}, "
             "second: {access: 20}, third: {trunk: [10, 20], native: 10}}}",
             ""},
        Kind{"rules_push", "wire: [in, first], sink: [second, third]",
             "{ from: [in], match: '', vlan: {push: 7} }, "
             "{ from: [in], match: '', vlan: {push: 8} }"},
        Kind{"rules_push_leaving", "bridge: [in, first, second, third]",
             "{ to: [first], match: '', vlan: {push: 7} }, "
             "{ to: [second], match: '', vlan: {push: 8} }"},
        Kind{"rules_pop_and_push", "wire: [in, first], sink: [second, third]",
             "{ from: [in], match: 'vlan', vlan: {pop: true} }, "
             "{ to: [first], match: '', vlan: {push: 8} }"},
        Kind{"rules_set", "wire: [in, first], sink: [second, third]",
             "{ from: [in], match: 'vlan', vlan: {set: 99} }"},
        Kind{"rules_mirrors_and_push", "wire: [in, first], sink: [second, third]",
             "{ from: [in], match: '', mirror: [second], truncate: 100 }, "
             "{ from: [in], match: '', mirror: [third], vlan: {push: 5} }, "
             "{ to: [first], match: '', vlan: {push: 6} }"},
        Kind{"rules_redirect", "wire: [in, first], sink: [second, third]",
             "{ from: [in], match: '', vlan: {push: 5}, redirect: [second, third] }"},
        Kind{"rules_balance_and_police", "wire: [in, first], sink: [second, third]",
             "{ from: [in], match: '', police: {rate: 100Gbit, burst: 4GB} }, "
             "{ from: [in], match: '', balance: [second, third], vlan: {push: 5} }"}),
    [](const auto &info) { return info.param.name; });

} // namespace
