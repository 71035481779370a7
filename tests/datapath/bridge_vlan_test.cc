// SPDX-License-Identifier: BSD-3-Clause
// A bridge that knows VLANs: who takes part, which tags are put on, taken off and changed, and that
// only what is changed is copied.
#include "bridge_bed.h"
#include "features/bridge/tags.h"

namespace
{

enum { TAG_SIZE = 4, PUSHED = 14, POPPED = 18 };

class BridgeVlan : public BridgeBed
{
protected:
  // a, b: access 10; c: trunk 10, 20, 30, native 20; d: trunk 10, 30.
  void SetUp() override
  {
    start_bridge({"a", "b", "c", "d"},
                 "{ports: {a: {access: 10}, b: {access: 10}, "
                 "c: {trunk: [10, 20, 30], native: 20}, d: {trunk: [10, 30]}}}");
  }

  std::map<unsigned, std::vector<Bytes>> flood(unsigned port, const std::vector<uint32_t> &tags,
                                               size_t length = 64, unsigned n_segments = 1)
  {
    return pass(port, {frame(broadcast, station(port), tags, length)}, n_segments);
  }

  // What leaves of such a frame where it has these tags instead.
  static std::vector<Bytes> as(unsigned port, const std::vector<uint32_t> &before,
                               const std::vector<uint32_t> &tags, size_t length = 64)
  {
    Bytes bytes = frame(broadcast, station(port), before, length);
    Bytes head = frame(broadcast, station(port), tags, 0);
    bytes.erase(bytes.begin(), bytes.begin() + 12 + TAG_SIZE * before.size());
    head.resize(12 + TAG_SIZE * tags.size());
    bytes.insert(bytes.begin(), head.begin(), head.end());
    return {bytes};
  }

  using Out = std::map<unsigned, std::vector<Bytes>>;
};

TEST_F(BridgeVlan, FromAnAccessPort)
{
  for (unsigned n_segments : {1, 3})
    for (size_t length : {60, 64, 65, 127, 128, 129, 1514}) {
      SCOPED_TRACE(length);
      Out expected = {{B, as(A, {}, {}, length)},
                      {C, as(A, {}, {tag(10)}, length)},
                      {D, as(A, {}, {tag(10)}, length)}};
      EXPECT_EQ(flood(A, {}, length, n_segments), expected);
    }
}

TEST_F(BridgeVlan, FromATrunk)
{
  for (unsigned n_segments : {1, 3})
    for (size_t length : {60, 64, 128, 129, 1518}) {
      SCOPED_TRACE(length);
      Out expected = {{A, as(D, {tag(10, 5)}, {}, length)},
                      {B, as(D, {tag(10, 5)}, {}, length)},
                      {C, as(D, {tag(10, 5)}, {tag(10, 5)}, length)}};
      EXPECT_EQ(flood(D, {tag(10, 5)}, length, n_segments), expected);
    }
}

TEST_F(BridgeVlan, BetweenTrunks)
{
  EXPECT_EQ(flood(D, {tag(30, 3)}), (Out{{C, as(D, {tag(30, 3)}, {tag(30, 3)})}}));
  EXPECT_EQ(flood(C, {tag(30)}), (Out{{D, as(C, {tag(30)}, {tag(30)})}}));
  expect_no_copies();
}

TEST_F(BridgeVlan, TheNativeVlanHasNoTag)
{
  EXPECT_EQ(flood(C, {}), Out{}) << "in VLAN 20 there is nobody else";
  EXPECT_EQ(dropped(C, "no_member_up"), 1u);
  tick();
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].vlan, 20u);
}

TEST_F(BridgeVlan, ARefusedVlanIsNotLearnedFrom)
{
  EXPECT_EQ(flood(A, {tag(20)}), Out{});
  EXPECT_EQ(flood(D, {tag(20)}), Out{});
  EXPECT_EQ(flood(D, {}), Out{}) << "a trunk without a native VLAN";
  EXPECT_EQ(flood(D, {tag(0, 7)}), Out{});
  EXPECT_EQ(flood(C, {tag(4095)}), Out{});
  EXPECT_EQ(dropped(A, "vlan_refused") + dropped(C, "vlan_refused") + dropped(D, "vlan_refused"),
            5u);
  tick();
  EXPECT_TRUE(rows().empty());
}

TEST_F(BridgeVlan, AnAccessPortTakesItsOwnTag)
{
  EXPECT_EQ(flood(A, {tag(10, 2)}), (Out{{B, as(A, {tag(10, 2)}, {})},
                                         {C, as(A, {tag(10, 2)}, {tag(10, 2)})},
                                         {D, as(A, {tag(10, 2)}, {tag(10, 2)})}}));
}

// The priority of a frame that has no VLAN goes with it where there is a tag to hold it.
TEST_F(BridgeVlan, PriorityTags)
{
  for (size_t length : {64, 1514}) {
    Out expected = {{B, as(A, {tag(0, 6)}, {}, length)},
                    {C, as(A, {tag(0, 6)}, {tag(10, 6)}, length)},
                    {D, as(A, {tag(0, 6)}, {tag(10, 6)}, length)}};
    EXPECT_EQ(flood(A, {tag(0, 6)}, length), expected);
  }
}

// A service tag is no tag to a bridge of customer VLANs: the frame gets one outside of it.
TEST_F(BridgeVlan, ServiceTagsArePayload)
{
  const std::vector<uint32_t> service = {0x88a80064, tag(30)};
  const std::vector<uint32_t> outside = {tag(10), 0x88a80064, tag(30)};
  Out expected = {
      {B, as(A, service, service)}, {C, as(A, service, outside)}, {D, as(A, service, outside)}};
  EXPECT_EQ(flood(A, service), expected);
}

TEST_F(BridgeVlan, StackedCustomerTagsLoseTheOuterOne)
{
  Bytes in = frame(broadcast, station(D), {tag(10), tag(77)});
  Bytes bare = in;
  bare.erase(bare.begin() + 12, bare.begin() + 16);
  EXPECT_EQ(pass(D, {in}), (Out{{A, {bare}}, {B, {bare}}, {C, {in}}}));
}

TEST_F(BridgeVlan, ATagThatIsCutShortIsRefused)
{
  Bytes whole = frame(broadcast, station(D), {tag(10)});
  for (size_t length : {14, 15, 16, 17})
    EXPECT_EQ(pass(D, {Bytes(whole.begin(), whole.begin() + length)}), Out{});
  EXPECT_EQ(dropped(D, "bridge_runt"), 4u);
  whole.resize(18);
  EXPECT_EQ(pass(D, {whole})[A][0].size(), 14u);
}

TEST_F(BridgeVlan, AddressesAreKnownByVlan)
{
  introduce(C, {1}, {tag(10)});
  introduce(D, {1}, {tag(30)});
  auto out = pass(A, {frame(station(1), station(2))});
  EXPECT_EQ(out.size(), 1u);
  EXPECT_EQ(out.count(C), 1u);
  out = pass(C, {frame(station(1), station(3), {tag(30)})});
  EXPECT_EQ(out.size(), 1u);
  EXPECT_EQ(out.count(D), 1u);
  EXPECT_EQ(figures().moved, 0u);
}

// Ports that take the frame as it came share its buffer; the others have a header of their own.
TEST_F(BridgeVlan, OnlyTheChangedHeaderIsCopied)
{
  rte_mbuf *m = make(frame(broadcast, station(A), {}, 1000));
  const void *buffer = m->buf_addr;
  feed(A, {m});
  settle();
  Packets b = read(B), c = read(C), d = read(D);
  ASSERT_EQ(b, Packets{m});
  ASSERT_EQ(c.size(), 1u);
  EXPECT_EQ(c, d) << "the trunks share the tagged one";
  EXPECT_NE(c[0], m);
  ASSERT_EQ(c[0]->nb_segs, 2u);
  EXPECT_EQ(c[0]->next->buf_addr, buffer) << "the payload stays where it was";
  EXPECT_EQ(copied_packets("header_rewrite"), 1u);
  EXPECT_EQ(copied_bytes("header_rewrite"), uint64_t{PUSHED});
  EXPECT_EQ(count_all().cloned, 2u);
  for (const Packets &packets : {b, c, d})
    release(packets);
}

TEST_F(BridgeVlan, ASoleOwnerIsChangedInPlace)
{
  introduce(C, {7}, {tag(10)});
  introduce(A, {8});
  uint64_t copied = copied_bytes("header_rewrite") + copied_bytes("short_frame");
  rte_mbuf *there = make(frame(station(7), station(8), {}, 500));
  rte_mbuf *back = make(frame(station(8), station(7), {tag(10)}, 500));
  feed(A, {there});
  feed(C, {back});
  settle();
  Packets c = read(C), a = read(A);
  EXPECT_EQ(c, Packets{there});
  EXPECT_EQ(a, Packets{back});
  EXPECT_EQ(rte_pktmbuf_pkt_len(there), 500u + TAG_SIZE);
  EXPECT_EQ(rte_pktmbuf_pkt_len(back), 500u - TAG_SIZE);
  EXPECT_EQ(copied_bytes("header_rewrite") + copied_bytes("short_frame"), copied);
  release(c);
  release(a);
}

// Each priority-tagged frame of the burst is changed for both kinds of port: two slots a packet.
TEST_F(BridgeVlan, WholeBurstsOfMixedTags)
{
  for (unsigned n : burst_sizes) {
    std::vector<Bytes> frames;
    for (unsigned i = 0; i < n; i++)
      frames.push_back(
          frame(broadcast, station(i), i % 2 ? std::vector<uint32_t>{} : std::vector{tag(0, 1)}));
    auto out = pass(A, frames);
    for (unsigned port : {B, C, D})
      ASSERT_EQ(out[port].size(), n);
    tick();
  }
}

TEST_F(BridgeVlan, WithoutMbufsForHeadersTheTaggedPartIsDropped)
{
  Packets taken(rte_mempool_avail_count(memory.pool[0].headers));
  ASSERT_EQ(rte_pktmbuf_alloc_bulk(memory.pool[0].headers, taken.data(), taken.size()), 0);
  auto out = flood(A, {}, 1000);
  EXPECT_EQ(out.size(), 1u);
  EXPECT_EQ(out[B], as(A, {}, {}, 1000)) << "needs none";
  EXPECT_EQ(dropped(A, "no_tag_mbuf"), 1u);
  release(taken);
}

// A burst without a slot left: who takes the frame as it came still gets it.
TEST_F(BridgeVlan, WithoutASlotOnlyThePartThatChangesIsLost)
{
  struct Try {
    bridge_form form;
    unsigned untagged, left;
  };
  for (const Try &t : {Try{FORM_UNTAGGED, 1u << B, 1u << B}, Try{FORM_TAGGED, 1u << B, 1u << C}}) {
    auto counts = std::make_unique<counters>();
    auto b = std::make_unique<burst>();
    b->copier = &datapath.worker[0]->copier;
    b->counters = counts.get();
    b->count = BURST_SLOTS;
    burst_begin(b.get());
    b->packet[0] = make(frame(station(2), station(1), {tag(10)}));
    burst_send(b.get(), 0, 1u << B | 1u << C);
    bridge_wish wish = {1u << B | 1u << C, t.untagged, 0, t.form, 10};
    bridge_change_tags(b.get(), 0, &wish);
    EXPECT_EQ(burst_verdict(b.get(), 0), t.left);
    unsigned lost = t.left == 1u << B ? C : B;
    EXPECT_EQ(counts->dropped[lost][label_id(drop_reasons, "no_tag_mbuf")], 1u);
    EXPECT_EQ(counts->cloned, 1u);
    EXPECT_EQ(sum_dropped(*counts), 1u);
    release({b->packet[0]});
  }
}

TEST_F(BridgeVlan, StaticAddressesAreOfAVlan)
{
  TearDown();
  start_bridge({"a", "b", "c"}, "{ports: {a: {access: 10}, b: {trunk: [10, 20]}, c: {trunk: [10, "
                                "20]}}, static: [{address: \"02:01:00:00:00:05\", vlan: 20, port: "
                                "c}]}");
  EXPECT_EQ(pass(B, {frame(station(5), station(1), {tag(20)})}).size(), 1u);
  EXPECT_EQ(pass(B, {frame(station(5), station(1), {tag(10)})}).size(), 2u);
}

} // namespace
