// SPDX-License-Identifier: BSD-3-Clause
// A bridge that knows no VLANs: what it learns, floods, forgets and refuses.
#include "bridge_bed.h"
#include "features/bridge/frame.h"

namespace
{

class Bridge : public BridgeBed
{
protected:
  void start_three(const std::string &settings = "")
  {
    start_bridge({"a", "b", "c"}, "{ports: {a: {}, b: {}, c: {}}" + settings + "}");
  }
};

TEST_F(Bridge, FloodsWhatItDoesNotKnowAndSendsWhatItKnowsToOnePort)
{
  start_bridge({"a", "b", "c"}, "[a, b, c]");
  EXPECT_EQ(ways(A, frame(station(2), station(1))), (Ports{B, C}));
  tick();
  EXPECT_EQ(ways(B, frame(station(1), station(2))), Ports{A});
  tick();
  EXPECT_EQ(ways(A, frame(station(2), station(1))), Ports{B});
  EXPECT_EQ(ways(C, frame(station(2), station(3))), Ports{B});
  EXPECT_EQ(ways(A, frame(broadcast, station(1))), (Ports{B, C}));
  EXPECT_EQ(ways(B, frame(group, station(2))), (Ports{A, C}));
  status_bridge s = figures();
  EXPECT_EQ(s.learned, 2u);
  EXPECT_EQ(s.flooded_unknown, 1u);
  EXPECT_EQ(s.flooded_broadcast, 1u);
  EXPECT_EQ(s.flooded_multicast, 1u);
  expect_no_copies();
}

// One buffer, and as many references as ports have it.
TEST_F(Bridge, FloodsByReference)
{
  start_three();
  for (unsigned n_segments : {1, 3}) {
    rte_mbuf *m = make(frame(broadcast, station(1), {}, 1514), ::split(1514, n_segments));
    Look before = look(m);
    feed(A, {m});
    settle();
    Packets b = read(B), c = read(C);
    ASSERT_EQ(b, Packets{m});
    ASSERT_EQ(c, Packets{m});
    EXPECT_EQ(look(m), before);
    EXPECT_EQ(rte_mbuf_refcnt_read(m), 2);
    release(b);
    release(c);
  }
  EXPECT_EQ(count_all().cloned, 2u);
  expect_no_copies();
}

TEST_F(Bridge, BurstsOfEverySize)
{
  start_three();
  introduce(B, {100, 101, 102});
  introduce(C, {200, 201});
  for (unsigned n : burst_sizes) {
    std::vector<Bytes> frames;
    size_t to_b = 0, to_c = 0;
    for (unsigned i = 0; i < n; i++) {
      frames.push_back(frame(station(i % 3 == 0 ? 100 + i % 5 : 200 + i % 2), station(1000 + i)));
      bool known_b = i % 3 == 0 && i % 5 < 3, known_c = i % 3 != 0;
      to_b += known_b || !known_c;
      to_c += known_c || !known_b;
    }
    auto out = pass(A, frames);
    EXPECT_EQ(out[B].size(), to_b);
    EXPECT_EQ(out[C].size(), to_c);
    EXPECT_TRUE(out[A].empty());
    tick();
  }
}

TEST_F(Bridge, TagsPassUntouchedAndMakeNoDifference)
{
  start_three();
  introduce(B, {2}, {tag(10)});
  for (const auto &tags : std::vector<std::vector<uint32_t>>{
           {}, {tag(20)}, {tag(0, 5)}, {0x88a80064, tag(10)}, {tag(4095)}})
    EXPECT_EQ(ways(A, frame(station(2), station(1), tags)), Ports{B});
  expect_no_copies();
}

TEST_F(Bridge, StationsMove)
{
  start_three();
  introduce(A, {1});
  introduce(B, {2});
  EXPECT_EQ(ways(B, frame(station(1), station(2))), Ports{A});
  introduce(C, {1});
  EXPECT_EQ(ways(B, frame(station(1), station(2))), Ports{C});
  introduce(A, {1}); // and back, in the same second
  EXPECT_EQ(ways(B, frame(station(1), station(2))), Ports{A});
  EXPECT_EQ(figures().moved, 2u);
  EXPECT_EQ(figures().learned, 2u);
}

TEST_F(Bridge, FramesWithinAPortAreFiltered)
{
  start_three();
  introduce(A, {1, 2});
  EXPECT_EQ(ways(A, frame(station(2), station(1))), Ports{});
  EXPECT_EQ(dropped(A, "same_port"), 1u);
  EXPECT_EQ(ways(B, frame(station(1), station(1))), Ports{}) << "it has just moved there";
  EXPECT_EQ(dropped(B, "same_port"), 1u);
}

TEST_F(Bridge, WhatABridgeNeverForwards)
{
  start_three();
  Bytes zero(6, 0);
  EXPECT_EQ(ways(A, frame(station(2), group)), Ports{});
  EXPECT_EQ(ways(A, frame(station(2), broadcast)), Ports{});
  EXPECT_EQ(ways(A, frame(station(2), zero)), Ports{});
  EXPECT_EQ(dropped(A, "bridge_source"), 3u);
  for (uint8_t last = 0; last < 0x10; last++)
    EXPECT_EQ(ways(A, frame({0x01, 0x80, 0xc2, 0, 0, last}, station(1))), Ports{});
  EXPECT_EQ(dropped(A, "link_local"), 16u);
  EXPECT_EQ(ways(A, frame({0x01, 0x80, 0xc2, 0, 0, 0x10}, station(1))), (Ports{B, C}));
  EXPECT_EQ(ways(A, frame({0x01, 0x80, 0xc2, 0, 1, 0}, station(1))), (Ports{B, C}));
  for (size_t length = 1; length < 14; length++) {
    Bytes whole = frame(broadcast, station(7));
    EXPECT_EQ(ways(A, Bytes(whole.begin(), whole.begin() + length)), Ports{});
  }
  EXPECT_EQ(dropped(A, "bridge_runt"), 13u);
  Bytes shortest = frame(broadcast, station(1));
  shortest.resize(14);
  EXPECT_EQ(ways(A, shortest), (Ports{B, C}));
  tick();
  EXPECT_EQ(figures().learned, 1u) << "nothing of what was dropped";
}

// A type that says "tag" and no tag behind it: to a bridge without VLANs a type like any other.
TEST_F(Bridge, RuntsWithATagsTypePassWhereTagsAreNotLookedAt)
{
  start_three();
  introduce(B, {2});
  for (size_t length : {14, 15, 16, 17, 18}) {
    Bytes bytes = frame(station(2), station(1), {tag(10)});
    bytes.resize(length);
    EXPECT_EQ(ways(A, bytes), Ports{B}) << length;
  }
  EXPECT_EQ(dropped(A, "bridge_runt"), 0u);
}

TEST_F(Bridge, HeadersInPieces)
{
  start_three();
  Bytes whole = frame(broadcast, station(5), {}, 200);
  for (const auto &segments :
       std::vector<std::vector<size_t>>{{1, 199}, {5, 4, 191}, {12, 188}, {14, 186}, {17, 183}}) {
    feed(A, {make(whole, segments)});
    settle();
    Packets out = read(B);
    ASSERT_EQ(bytes_of(out), std::vector<Bytes>{whole});
    release(out);
    release(read(C));
  }
  tick();
  EXPECT_EQ(ways(B, frame(station(5), station(6))), Ports{A});
}

// What a worker reads of a frame and what control makes of an address written down.
TEST(BridgeKey, HasOneOrderOfBytes)
{
  const uint8_t address[] = {0x02, 0x13, 0x24, 0x35, 0x46, 0x57};
  bridge_key key = bridge_key_make(address, 0xabc);
  EXPECT_EQ(key, UINT64_C(0xabc574635241302));
  uint8_t back[6];
  bridge_key_address(key, back);
  EXPECT_EQ(memcmp(back, address, sizeof(back)), 0);

  Bytes bytes(18, 0);
  std::copy(std::begin(address), std::end(address), bytes.begin());
  std::copy(std::begin(address), std::end(address), bytes.begin() + 6);
  bytes[12] = 0x81;
  bytes[14] = 0x0a;
  bytes[15] = 0xbc;
  first_bytes first;
  first_bytes_load(&first, bytes.data());
  EXPECT_EQ(first.destination & BRIDGE_KEY_ADDRESS, key & BRIDGE_KEY_ADDRESS);
  EXPECT_EQ(first.source & BRIDGE_KEY_ADDRESS, key & BRIDGE_KEY_ADDRESS);
  EXPECT_EQ(first.type, 0x8100);
  EXPECT_EQ(first.tci, 0x0abc);
  Bytes link_local = {0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e};
  link_local.resize(18);
  first_bytes_load(&first, link_local.data());
  EXPECT_TRUE(is_link_local(first.destination & BRIDGE_KEY_ADDRESS));
}

TEST_F(Bridge, AgesWhatIsSilent)
{
  start_three(", ageing: 10");
  introduce(A, {1, 2});
  for (unsigned i = 0; i < 3; i++) {
    tick(5);
    pass(A, {frame(broadcast, station(1))});
    tick();
  }
  EXPECT_EQ(figures().entries, 1u) << "one has spoken";
  EXPECT_EQ(figures().aged, 1u);
  EXPECT_EQ(ways(B, frame(station(1), station(3))), Ports{A});
  EXPECT_EQ(ways(B, frame(station(2), station(3))), (Ports{A, C}));
  tick(13);
  EXPECT_EQ(figures().entries, 0u);
  EXPECT_EQ(ways(B, frame(station(1), station(3))), (Ports{A, C})) << "no worker still knows it";
}

TEST_F(Bridge, NeverAgesWhereItIsToldSo)
{
  start_three(", ageing: never");
  introduce(A, {1});
  tick(2000);
  EXPECT_EQ(ways(B, frame(station(1), station(3))), Ports{A});
}

// A control that was away has not heard who is still there.
TEST_F(Bridge, TimeInWhichControlWasAwayDoesNotCount)
{
  start_three(", ageing: 10");
  introduce(A, {1});
  now += 3600;
  tick();
  tick(2);
  EXPECT_EQ(figures().entries, 1u);
}

// A worker posts a station that goes on speaking once a second.
TEST_F(Bridge, ConfirmsOnceASecond)
{
  start_three();
  rte_ring *posts =
      const_cast<bridge *>(
          static_cast<const bridge_port *>(forwarding.program.port[A].stage[0].data)->bridge)
          ->worker[0]
          .posts;
  std::vector<Bytes> many(200, frame(broadcast, station(1)));
  pass(A, many);
  EXPECT_EQ(rte_ring_count(posts), 1u);
  tick();
  for (unsigned i = 0; i < 5; i++) {
    pass(A, many);
    EXPECT_LE(rte_ring_count(posts), 1u);
    tick(1);
    EXPECT_EQ(rte_ring_count(posts), 0u);
  }
  EXPECT_EQ(rows()[0].age, 1u);
}

TEST_F(Bridge, AFullTableKeepsWhatItHas)
{
  start_three(", capacity: 100, ageing: 10");
  std::vector<uint32_t> numbers(150);
  std::iota(numbers.begin(), numbers.end(), 0);
  introduce(A, numbers);
  EXPECT_EQ(figures().entries, 100u);
  EXPECT_EQ(figures().learned, 100u);
  EXPECT_EQ(figures().rejected_full, 50u);
  for (uint32_t number : {0, 99})
    EXPECT_EQ(ways(B, frame(station(number), station(1))), Ports{A});
  EXPECT_EQ(ways(B, frame(station(100), station(1))), (Ports{A, C}));
  tick(13);
  EXPECT_EQ(figures().entries, 0u);
  introduce(A, {100});
  EXPECT_EQ(ways(B, frame(station(100), station(1))), Ports{A}) << "there is room again";
}

// The same places over and over, as many times as would use up what is not given back.
TEST_F(Bridge, PlacesAreUsedAgain)
{
  start_three(", capacity: 64, ageing: 1");
  for (uint32_t round = 0; round < 40; round++) {
    std::vector<uint32_t> numbers(64);
    std::iota(numbers.begin(), numbers.end(), round * 64);
    introduce(A, numbers);
    ASSERT_EQ(figures().learned, (round + 1) * 64u);
    tick(3);
    pass(A, {});
    ASSERT_EQ(figures().entries, 0u);
  }
  EXPECT_EQ(figures().rejected_full, 0u);
}

TEST_F(Bridge, APortLearnsUpToItsLimit)
{
  start_bridge({"a", "b", "c"}, "{ports: {a: {learn: 3}, b: {learn: 0}, c: {}}}");
  introduce(A, {1, 2, 3, 4});
  introduce(B, {5});
  introduce(C, {6});
  EXPECT_EQ(figures().entries, 4u);
  EXPECT_EQ(figures().rejected_limit, 2u);
  EXPECT_EQ(figures().port_entries[A], 3u);
  introduce(A, {6}); // would move to a port that is full
  EXPECT_EQ(ways(B, frame(station(6), station(9))), Ports{C});
  introduce(C, {1}); // makes room
  introduce(A, {4});
  EXPECT_EQ(ways(B, frame(station(4), station(9))), Ports{A});
  EXPECT_EQ(figures().port_entries[A], 3u);
  EXPECT_EQ(figures().port_entries[C], 2u);
}

TEST_F(Bridge, StaticAddressesStay)
{
  start_three(", ageing: 10, capacity: 2, static: [{address: \"02:01:00:00:00:09\", port: c}]");
  EXPECT_EQ(ways(A, frame(station(9), station(1))), Ports{C});
  introduce(A, {9});
  tick(30);
  EXPECT_EQ(ways(B, frame(station(9), station(2))), Ports{C});
  links(0x3);
  tick();
  links(UINT32_MAX);
  tick();
  EXPECT_EQ(ways(B, frame(station(9), station(2))), Ports{C});
  introduce(A, {11, 12});
  EXPECT_EQ(figures().entries, 2u);
  EXPECT_EQ(figures().statics, 1u);
  EXPECT_EQ(figures().moved, 0u);
  std::vector<bridge_row> all = rows("bridge0");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](auto &row) { return row.fixed; }), 1);
}

TEST_F(Bridge, PortsWithoutALinkAreLeftOut)
{
  start_three();
  introduce(B, {2});
  introduce(C, {3});
  links(0x5); // b is down
  EXPECT_EQ(ways(A, frame(broadcast, station(1))), Ports{C});
  EXPECT_EQ(ways(A, frame(station(2), station(1))), Ports{}) << "not yet forgotten";
  EXPECT_EQ(dropped(A, "no_member_up"), 1u);
  pass(B, {frame(broadcast, station(7))}); // received before the link went
  tick();
  EXPECT_EQ(figures().flushed, 1u);
  EXPECT_EQ(ways(A, frame(station(2), station(1))), Ports{C}) << "forgotten";
  EXPECT_EQ(ways(A, frame(station(3), station(1))), Ports{C});
  links(0x1);
  tick();
  EXPECT_EQ(ways(A, frame(broadcast, station(1))), Ports{});
  EXPECT_EQ(dropped(A, "no_member_up"), 2u);
  links(0x7);
  tick();
  introduce(B, {2});
  EXPECT_EQ(ways(A, frame(station(2), station(1))), Ports{B});
  for (const bridge_row &row : rows())
    EXPECT_STRNE(row.port, "c");
}

TEST_F(Bridge, StormLimitsHoldPerKindAndPort)
{
  start_bridge({"a", "b", "c"},
               "{ports: {a: {storm: {broadcast: 100, unknown: 1}}, b: {storm: {multicast: 1}}, "
               "c: {}}}");
  introduce(C, {3});
  auto send = [&](unsigned port, const Bytes &to) {
    return pass(port, std::vector<Bytes>(64, frame(to, station(port))))[C].size();
  };
  size_t passed = send(A, broadcast); // a tenth of a second's, and what comes meanwhile
  EXPECT_GE(passed, 10u);
  EXPECT_LT(passed, 64u);
  EXPECT_EQ(dropped(A, "storm"), 64 - passed);
  EXPECT_EQ(send(A, group), 64u);
  EXPECT_EQ(send(A, station(99)), 1u);
  EXPECT_EQ(send(A, station(3)), 64u) << "known";
  EXPECT_EQ(send(B, group), 1u);
  EXPECT_EQ(send(B, broadcast), 64u);
  EXPECT_EQ(figures().flooded_unknown, 1u);
}

// Where control does not come, the rings fill: that is counted, and nothing else.
TEST_F(Bridge, WhatControlDoesNotHearIsCounted)
{
  start_three(", capacity: 65536");
  const uint32_t more = 100, total = BRIDGE_POSTS + more;
  for (uint32_t first = 0; first < total; first += 1000) {
    std::vector<Bytes> frames;
    for (uint32_t n = first; n < std::min(first + 1000, total); n++)
      frames.push_back(frame(broadcast, station(n)));
    auto out = pass(A, frames);
    ASSERT_EQ(out[B].size(), frames.size());
  }
  tick();
  EXPECT_EQ(figures().learned, uint64_t{BRIDGE_POSTS});
  EXPECT_EQ(figures().lost, more);
  introduce(A, {total - 1});
  EXPECT_EQ(figures().learned, BRIDGE_POSTS + 1u) << "said again when it speaks again";
}

TEST_F(Bridge, SeveralBridgesAreApart)
{
  start(text({"a", "b", "c", "d"}, "forward:\n- bridge: [a, b]\n- bridge: {name: other, ports: "
                                   "[c, d]}\nworkers: {cores: [0, 1]}\n"));
  tick();
  introduce(A, {1});
  introduce(C, {2, 3});
  EXPECT_EQ(ways(A, frame(station(2), station(1))), Ports{B});
  EXPECT_EQ(ways(C, frame(station(1), station(2))), Ports{D});
  EXPECT_EQ(ways(D, frame(station(2), station(9))), Ports{C});
  EXPECT_EQ(rows("bridge0").size(), 1u);
  EXPECT_EQ(rows("other").size(), 2u);
  bridge_row none;
  unsigned next;
  EXPECT_EQ(bridges_page(bridges, "third", 0, &none, 1, &next), -1);
}

// Workers have each their own memory of what they have seen; a move is news to all.
TEST_F(Bridge, WorkersAgree)
{
  start_bridge({"a", "b", "c"}, "[a, b, c]", "workers: {cores: [0, 1]}\n");
  ASSERT_EQ(datapath.n_workers, 2u);
  for (unsigned i = 0; i < 4; i++) {
    unsigned home = i % 2 == 0 ? A : C;
    introduce(home, {1});
    EXPECT_EQ(ways(B, frame(station(1), station(2))), Ports{home});
    EXPECT_EQ(ways(home == A ? C : A, frame(station(1), station(3))), Ports{home});
    tick();
  }
}

// What lies before a port when its link goes stays there, and nobody else waits for it.
TEST_F(Bridge, WaitingEndsWithTheLink)
{
  start_bridge({"a", "b", "c"}, "[a, b, c]", "workers: {cores: [0]}\noverload: wait\n");
  plug(C);
  Packets many;
  for (unsigned i = 0; i < 1000; i++)
    many.push_back(make(frame(broadcast, station(A))));
  feed(A, many);
  settle();
  unsigned left = rte_ring_count(receive_ring(A));
  EXPECT_GT(left, 0u) << "c takes nothing, and everybody waits";
  release(read(B));
  links(all_up & ~(1u << C));
  settle();
  EXPECT_EQ(rte_ring_count(receive_ring(A)), 0u);
  Packets out = read(B);
  EXPECT_EQ(out.size(), left);
  release(out);
}

} // namespace
