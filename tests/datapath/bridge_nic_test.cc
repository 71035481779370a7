// SPDX-License-Identifier: BSD-3-Clause
// A bridge over NICs that take VLAN tags off and put them on: on the wire the frames are the same
// as without, and no byte is written where one reader asks the NIC.
#include "bridge_bed.h"

namespace
{

enum { ADDRESSES = 12, TAG_SIZE = 4 };

class BridgeNic : public BridgeBed
{
protected:
  using Out = std::map<unsigned, std::vector<Bytes>>;

  // a, b: access 10; c, d: trunks. `nics`: ports whose NIC handles tags.
  void start_over(portset nics)
  {
    start_bridge({"a", "b", "c", "d"}, "{ports: {a: {access: 10}, b: {access: 10}, "
                                       "c: {trunk: [10, 30]}, d: {trunk: [10, 30], native: 30}}}");
    have(nics);
  }

  void have(portset nics)
  {
    nics_ = nics;
    const auto &stages = forwarding.program.port[A];
    static_cast<const bridge_port *>(stages.stage[stages.count - 1].data)->bridge->inserts = nics;
  }

  // As its NIC gives a frame to the worker.
  rte_mbuf *received(unsigned port, const Bytes &wire)
  {
    bool tagged = wire.size() >= ADDRESSES + 6 && wire[ADDRESSES] == 0x81;
    if (!(nics_ >> port & 1) || !tagged)
      return make(wire);
    Bytes bare = wire;
    bare.erase(bare.begin() + ADDRESSES, bare.begin() + ADDRESSES + TAG_SIZE);
    rte_mbuf *m = make(bare);
    m->ol_flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
    m->vlan_tci = static_cast<uint16_t>(wire[14] << 8 | wire[15]);
    return m;
  }

  // As its NIC puts it on the wire.
  Bytes sent(unsigned port, const rte_mbuf *m)
  {
    Bytes wire = look(m).bytes;
    if (!(m->ol_flags & RTE_MBUF_F_TX_VLAN))
      return wire;
    EXPECT_TRUE(nics_ >> port & 1) << "port " << port << " puts no tags on";
    asked++;
    const Bytes tag = {0x81, 0x00, static_cast<uint8_t>(m->vlan_tci >> 8),
                       static_cast<uint8_t>(m->vlan_tci)};
    wire.insert(wire.begin() + ADDRESSES, tag.begin(), tag.end());
    return wire;
  }

  Out over_nics(unsigned port, const Bytes &wire)
  {
    feed(port, {received(port, wire)});
    settle();
    Out out;
    for (unsigned p = A; p <= D; p++) {
      Packets left = read(p);
      for (rte_mbuf *m : left)
        out[p].push_back(sent(p, m));
      release(left);
    }
    return out;
  }

  static Bytes wire(unsigned port, const std::vector<uint32_t> &tags, size_t length)
  {
    Bytes bytes = frame(broadcast, station(port), {}, length);
    Bytes head = frame(broadcast, station(port), tags, 0);
    bytes.erase(bytes.begin(), bytes.begin() + ADDRESSES);
    head.resize(ADDRESSES + TAG_SIZE * tags.size());
    bytes.insert(bytes.begin(), head.begin(), head.end());
    return bytes;
  }

  portset nics_ = 0;
  unsigned asked = 0; // tags left to a NIC
};

const portset ALL = 15, NO_D = 7;

// Whatever the NICs do, the same frames are on the wires.
TEST_F(BridgeNic, TheWiresSeeNoDifference)
{
  for (portset nics = 0; nics <= ALL; nics++) {
    SCOPED_TRACE(nics);
    start_over(nics);
    for (size_t length : {60, 64, 128, 129, 1514}) {
      SCOPED_TRACE(length);
      Bytes bare = wire(A, {}, length), tagged = wire(A, {tag(10)}, length);
      EXPECT_EQ(over_nics(A, bare), (Out{{B, {bare}}, {C, {tagged}}, {D, {tagged}}}));
      bare = wire(C, {}, length), tagged = wire(C, {tag(10, 5)}, length);
      EXPECT_EQ(over_nics(C, tagged), (Out{{A, {bare}}, {B, {bare}}, {D, {tagged}}}));
      bare = wire(D, {}, length), tagged = wire(D, {tag(30)}, length);
      EXPECT_EQ(over_nics(D, bare), (Out{{C, {tagged}}})) << "the native VLAN";
      tagged = wire(C, {tag(30, 1)}, length);
      EXPECT_EQ(over_nics(C, tagged), (Out{{D, {wire(C, {}, length)}}}));
      Bytes inner = wire(C, {tag(10), tag(77)}, length);
      bare = wire(C, {tag(77)}, length);
      EXPECT_EQ(over_nics(C, inner), (Out{{A, {bare}}, {B, {bare}}, {D, {inner}}}));
      EXPECT_EQ(over_nics(C, wire(C, {tag(20)}, length)), Out{}) << "no VLAN of this port";
      EXPECT_EQ(over_nics(A, wire(A, {tag(0, 3)}, length)),
                (Out{{B, {wire(A, {}, length)}},
                     {C, {wire(A, {tag(10, 3)}, length)}},
                     {D, {wire(A, {tag(10, 3)}, length)}}}));
    }
    TearDown();
  }
}

TEST_F(BridgeNic, OneReaderLeavesTheTagToTheNic)
{
  start_over(ALL);
  introduce(D, {7}, {tag(10)}); // the bed's stations have no NIC
  uint64_t copied = copied_bytes("short_frame") + copied_bytes("header_rewrite");
  Bytes in = frame(station(7), station(A), {}, 200);
  rte_mbuf *m = received(A, in);
  Look before = look(m);
  feed(A, {m});
  settle();
  Packets left = read(D);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(look(left[0]), before) << "the same buffer, not a byte of it written";
  EXPECT_EQ(sent(D, left[0]).size(), in.size() + TAG_SIZE);
  EXPECT_EQ(asked, 1u);
  release(left);
  EXPECT_EQ(copied_bytes("short_frame") + copied_bytes("header_rewrite"), copied);
}

// Between trunks the tag is taken off and put on, and all readers of one mbuf want it.
TEST_F(BridgeNic, SeveralTrunksReadOneMbuf)
{
  start_bridge({"a", "b", "c"}, "{ports: {a: {trunk: [10]}, b: {trunk: [10]}, c: {trunk: [10]}}}");
  have(7);
  Bytes tagged = wire(A, {tag(10, 2)}, 300);
  feed(A, {received(A, tagged)});
  settle();
  Packets at_b = read(B), at_c = read(C);
  ASSERT_EQ(at_b.size(), 1u);
  EXPECT_EQ(at_b, at_c) << "one mbuf";
  EXPECT_EQ(sent(B, at_b[0]), tagged);
  release(at_b);
  release(at_c);
  expect_no_copies();
}

// One of the trunks has no such NIC: then the tag is written for all.
TEST_F(BridgeNic, APortWithoutSuchANicGetsTheTagInTheFrame)
{
  start_over(NO_D);
  Bytes tagged = wire(A, {tag(10)}, 300);
  EXPECT_EQ(over_nics(A, wire(A, {}, 300)),
            (Out{{B, {wire(A, {}, 300)}}, {C, {tagged}}, {D, {tagged}}}));
  EXPECT_EQ(asked, 0u);
}

} // namespace
