// SPDX-License-Identifier: BSD-3-Clause
// Every kind of forwarding with every action of rules, frames of lengths around all thresholds, in
// one segment and several. The bed compares what leaves with the model, buffer by buffer; what is
// said here once more, without the model, is what matters: who sees which bytes, who shares, and
// how much was copied.
#include "forwarding_bed.h"

namespace
{

using model::Vlan;

enum : unsigned { IN, OUT, OUT_TOO, MIRROR, PROBE, PROBE_TOO, N_PORTS };
enum : unsigned { TRUNCATED = 64, SHORT_FRAME = 128, NEW_VLAN = 10, OTHER_VLAN = 20 };

// When a tag is rewritten: by a rule before that of the readers, by theirs, by one behind it, or
// when the packet leaves.
enum class Place { before, with, behind, leaving };

struct Readers {
  const char *name;
  bool mirror, balance;
  unsigned sample, truncate;
};
const std::vector<Readers> all_readers = {
    {"none", false, false, 0, 0},
    {"mirror", true, false, 0, 0},
    {"balance", false, true, 0, 0},
    {"sample", true, false, 3, 0},
    {"truncate", true, false, 0, TRUNCATED},
    {"balance_truncate", false, true, 0, TRUNCATED},
    {"all_of_them", true, true, 2, TRUNCATED},
};

struct Mixture {
  std::string kind;
  bool vlans; // of a bridge
  Readers readers;
};

void PrintTo(const Mixture &mixture, std::ostream *out)
{
  *out << mixture.kind << (mixture.vlans ? "_vlans" : "") << "_" << mixture.readers.name;
}

std::vector<Mixture> mixtures()
{
  std::vector<Mixture> all;
  for (const Readers &readers : all_readers)
    for (const char *kind : {"wire", "reflect", "bridge"}) {
      all.push_back({kind, false, readers});
      if (std::string(kind) == "bridge")
        all.push_back({kind, true, readers});
    }
  return all;
}

class ForwardingMatrix : public ForwardingBed, public testing::WithParamInterface<Mixture>
{
protected:
  const Mixture &mixture = GetParam();
  Vlan vlan = Vlan::none;
  Place place = Place::with;

  void make_forwarding()
  {
    std::vector<unsigned> in = {IN}, sinks;
    if (mixture.kind != "reflect")
      in.push_back(OUT);
    if (mixture.kind == "bridge")
      in.push_back(OUT_TOO);
    for (unsigned port = static_cast<unsigned>(in.size()); port < N_PORTS; port++)
      sinks.push_back(port);
    model = {};
    model.n_ports = N_PORTS;
    model.probes = model::bit(PROBE) | model::bit(PROBE_TOO);
    model.forward = {{mixture.kind, in, mixture.vlans, {}, {}}, {"sink", sinks, false, {}, {}}};
    for (unsigned port : in)
      model.forward[0].member[port] = {};
    if (mixture.vlans) {
      model.forward[0].member[IN].access = model.forward[0].member[OUT].access = NEW_VLAN;
      model.forward[0].member[OUT_TOO].trunk = {NEW_VLAN};
    }
  }

  void make_rules()
  {
    model::Rule read, rewrite;
    read.ports = model::bit(IN);
    read.mirror = mixture.readers.mirror ? model::bit(MIRROR) : 0;
    read.balance = mixture.readers.balance;
    read.sample = mixture.readers.sample;
    read.truncate = mixture.readers.truncate;
    rewrite.egress = place == Place::leaving;
    rewrite.ports = rewrite.egress ? model::bit(N_PORTS) - 1 : model::bit(IN);
    rewrite.vlan = vlan;
    rewrite.vlan_id = NEW_VLAN;
    if (place == Place::with) {
      read.vlan = vlan;
      read.vlan_id = NEW_VLAN;
      model.rules = {read};
    } else if (place == Place::before) {
      model.rules = {rewrite, read};
    } else {
      model.rules = {read, rewrite};
    }
  }

  std::vector<Frame> frames() const
  {
    std::vector<Frame> all;
    std::vector<uint32_t> tags;
    // What a bridge of VLANs lets in where the tag is not set to what it knows before.
    bool known = mixture.vlans && (vlan == Vlan::pop || place == Place::leaving || takes_sample());
    if (vlan == Vlan::pop || vlan == Vlan::set)
      tags = {tag(known ? NEW_VLAN : OTHER_VLAN, 5)};
    for (size_t length : {60u, 64u, 65u, 127u, 128u, 129u, 1514u, 9000u})
      for (unsigned several : {0u, 1u}) {
        Bytes bytes = whole_frame(broadcast, station(1), tags, payload(Payload::ip_udp, 3), length);
        unsigned n = length > 2000 ? 6 + 3 * several : 1 + 2 * several;
        all.push_back({bytes, ::split(length, n)});
      }
    return all;
  }

  // Whether a tag is only rewritten of the packets that are sampled.
  bool takes_sample() const
  {
    return place == Place::with && mixture.readers.sample > 1;
  }

  Bytes rewritten(Bytes bytes) const
  {
    const Bytes tag = {0x81, 0, 0, NEW_VLAN};
    auto at = bytes.begin() + 12;
    if (vlan == Vlan::push)
      bytes.insert(at, tag.begin(), tag.end());
    else if (vlan == Vlan::pop)
      bytes.erase(at, at + 4);
    else if (vlan == Vlan::set)
      at[2] = 5 << 5, at[3] = NEW_VLAN;
    return bytes;
  }

  bool reads(unsigned number) const // the frame of this number, from 1
  {
    const Readers &r = mixture.readers;
    return (r.mirror || r.balance) && (r.sample == 0 || number % r.sample == 0);
  }

  void expect_readers(const Frame &frame, unsigned number)
  {
    Bytes seen = place == Place::before ? rewritten(frame.bytes) : frame.bytes;
    if (mixture.readers.truncate > 0 && seen.size() > TRUNCATED)
      seen.resize(TRUNCATED);
    for (unsigned port : {unsigned{MIRROR}, unsigned{model::PROBES}}) {
      bool is =
          reads(number) && (port == MIRROR ? mixture.readers.mirror : mixture.readers.balance);
      ASSERT_EQ(expected.out[port].size(), is ? 1u : 0u);
      if (!is)
        continue;
      const model::Packet &packet = expected.out[port][0];
      EXPECT_EQ(packet.bytes, seen);
      for (size_t i = 0; i < packet.segments.size(); i++) {
        const model::Buffer &buffer = *packet.segments[i].buffer;
        EXPECT_EQ(buffer.over != nullptr ? buffer.over->received : buffer.received,
                  static_cast<int>(i))
            << "a reader has the buffers that were received";
      }
    }
  }

  void expect_forwarded(const Frame &frame, unsigned number)
  {
    bool changed = vlan != Vlan::none && (!takes_sample() || reads(number));
    Bytes bytes = changed ? rewritten(frame.bytes) : frame.bytes;
    if (mixture.kind == "reflect")
      std::swap_ranges(&bytes[0], &bytes[6], &bytes[6]);
    std::vector<unsigned> ports = model.forward[0].ports;
    if (mixture.kind != "reflect")
      ports.erase(ports.begin());
    for (unsigned port : ports) {
      ASSERT_EQ(expected.out[port].size(), 1u) << port;
      EXPECT_EQ(expected.out[port][0].bytes, bytes) << port;
    }
    expect_copied(frame, changed && reads(number) && place != Place::before, reads(number));
  }

  // `shared`: when the tag was rewritten. Only where there is one rewriting at most.
  void expect_copied(const Frame &frame, bool shared, bool read)
  {
    size_t length = frame.bytes.size(), header = vlan == Vlan::push ? 14 : 18;
    uint64_t bytes = shared ? (length <= SHORT_FRAME ? length : header) : 0;
    if (mixture.kind == "reflect") {
      if (vlan != Vlan::none)
        return;
      bytes = read ? (length <= SHORT_FRAME ? length : 14) : 0;
    }
    EXPECT_EQ(expected.copied.header_bytes + expected.copied.frame_bytes, bytes);
  }

  void run_mixture()
  {
    SCOPED_TRACE(model.text());
    start_model();
    unsigned number = 0;
    std::vector<Frame> all = frames();
    for (const Frame &frame : all) {
      SCOPED_TRACE(std::to_string(frame.bytes.size()) + " bytes in " +
                   std::to_string(frame.segments.size()));
      pass(IN, {frame});
      expect_readers(frame, ++number);
      if (!mixture.vlans)
        expect_forwarded(frame, number);
    }
    for (size_t n : {31, 32, 33, 63, 64}) { // together
      std::vector<Frame> burst;
      for (size_t i = 0; i < n; i++)
        burst.push_back(all[i % all.size()]);
      pass(IN, burst);
      EXPECT_GT(expected.out.size(), 0u);
    }
    TearDown();
  }
};

TEST_P(ForwardingMatrix, EveryEgressSeesItsBytes)
{
  for (Vlan change : {Vlan::none, Vlan::push, Vlan::pop, Vlan::set})
    for (Place where : {Place::before, Place::with, Place::behind, Place::leaving}) {
      if (change == Vlan::none && where != Place::with)
        continue;
      vlan = change;
      place = where;
      make_forwarding();
      make_rules();
      run_mixture();
      if (HasFailure())
        return;
    }
}

INSTANTIATE_TEST_SUITE_P(Mixtures, ForwardingMatrix, testing::ValuesIn(mixtures()),
                         [](const auto &info) { return testing::PrintToString(info.param); });

// Flows over the members of a balance.
class ForwardingBalance : public ForwardingBed
{
protected:
  enum : unsigned { FLOWS = 64, A = 0, B = 1, FIRST = 2, MEMBERS = 3 };

  void SetUp() override
  {
    model.n_ports = FIRST + MEMBERS;
    model.probes = ((1u << MEMBERS) - 1) << FIRST;
    model.forward = {{"wire", {A, B}, false, {}, {}}, {"sink", {2, 3, 4}, false, {}, {}}};
    model.rules.resize(1);
    model.rules[0].ports = model::bit(A) | model::bit(B);
    model.rules[0].balance = true;
    start_model();
  }

  unsigned member(unsigned port, const Bytes &inside, const std::vector<uint32_t> &tags = {})
  {
    left.clear();
    unsigned there = port == A ? 1 : 2, back = 3 - there;
    Bytes bytes = whole_frame(station(back), station(there), tags, inside, 129);
    pass(port, {{bytes, {bytes.size()}}});
    for (unsigned m = FIRST; m < FIRST + MEMBERS; m++)
      if (left[m] == 1)
        return m;
    return 0;
  }

  std::vector<unsigned> members(Payload kind)
  {
    std::vector<unsigned> all;
    for (unsigned flow = 0; flow < FLOWS; flow++) {
      all.push_back(member(A, payload(kind, flow)));
      EXPECT_EQ(member(B, payload(kind, flow, true)), all.back()) << "the way back";
      EXPECT_EQ(member(B, payload(kind, flow, true), {tag(7)}), all.back()) << "whatever its tag";
    }
    return all;
  }
};

TEST_F(ForwardingBalance, AMemberThatGoesDownMovesItsOwnFlows)
{
  for (Payload kind : {Payload::ip_udp, Payload::ip_tcp, Payload::ip6_udp, Payload::ip6_tcp}) {
    links(model::ALL);
    std::vector<unsigned> before = members(kind);
    for (unsigned gone = FIRST; gone < FIRST + MEMBERS; gone++) {
      EXPECT_GT(std::count(before.begin(), before.end(), gone), FLOWS / MEMBERS / 3);
      links(model::ALL & ~model::bit(gone));
      std::vector<unsigned> after = members(kind);
      for (unsigned flow = 0; flow < FLOWS; flow++)
        EXPECT_TRUE(before[flow] == gone ? after[flow] != gone && after[flow] != 0
                                         : after[flow] == before[flow])
            << flow;
    }
    links(model::ALL);
    EXPECT_EQ(members(kind), before);
    links(model::ALL & ~model.probes);
    EXPECT_EQ(member(A, payload(kind, 0)), 0u) << "nobody is there, and that is counted";
  }
}

} // namespace
