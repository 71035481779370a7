// SPDX-License-Identifier: BSD-3-Clause
// What should leave where: forwarding and rules over packets that are plain bytes, and, beside the
// bytes, who shares which buffer, so that the model also says what has to be copied. It works on
// whole bursts, as sampling goes by the order of packets.
//
// Members of a `balance` are interchangeable here: they are one port, PROBES, and a test puts
// together what leaves by any of them.
#ifndef TESTS_DATAPATH_FORWARDING_MODEL_H
#define TESTS_DATAPATH_FORWARDING_MODEL_H

#include <climits>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "frame_bytes.h"

namespace model
{

using Ports = uint32_t;

constexpr Ports bit(unsigned port)
{
  return Ports{1} << port;
}
std::vector<unsigned> list(Ports ports);

enum : unsigned { PROBES = 31 };
constexpr Ports ALL = UINT32_MAX;

// The bytes of one mbuf.
struct Buffer {
  std::shared_ptr<Buffer> over; // whose bytes an indirect one has
  int received;                 // number of the segment that came in; -1: made on the way
};

struct Segment {
  std::shared_ptr<Buffer> buffer;
  size_t offset, length;
};

struct Copied {
  uint64_t headers, header_bytes, frames, frame_bytes;
};

struct Packet {
  Bytes bytes;
  std::vector<Segment> segments;

  void write(size_t length, Copied &copied); // the first bytes are about to be written
  Packet first(size_t length) const;         // a reference to the first bytes
};

enum : unsigned { ADDRESSES = 12, HEADER = 14, TAG = 4 }; // bytes
enum : unsigned { CUSTOMER = 0x8100, SERVICE = 0x88a8, VLAN_ID = 0xfff };

// 16 bits in network order; 0 where they are not there.
unsigned word(const Bytes &bytes, size_t at);
bool tagged(const Bytes &bytes);

struct Filter {
  std::string text;
  std::function<bool(const Bytes &)> matches;
};
const std::vector<Filter> &filters();
const Filter &filter(const std::string &text); // one of filters()

enum class Vlan { none, push, pop, set };

struct Rule {
  bool egress = false;
  Ports ports = 0;
  bool ports_named = true; // else every port but those it sends to
  const Filter *filter = &model::filter("");
  unsigned sample = 0;
  bool drop = false;
  Ports mirror = 0;
  bool balance = false;
  unsigned truncate = 0;
  Vlan vlan = Vlan::none;
  unsigned vlan_id = 0;
  unsigned vlan_tpid = CUSTOMER; // of a tag that is pushed
  Ports redirect = 0;
  bool stop = false;

  uint64_t matches = 0;
};

struct Member {
  unsigned access = 0;
  std::set<unsigned> trunk;
  unsigned native = 0;
  unsigned learn = UINT_MAX;
};

struct Station {
  unsigned port;
  bool fixed;
};

struct Entry {
  std::string kind;
  std::vector<unsigned> ports;
  bool vlans = false;
  std::map<unsigned, Member> member;
  std::map<std::pair<unsigned, Bytes>, Station> table; // by VLAN and address
};

struct Result {
  std::map<unsigned, std::vector<Packet>> out;
  std::map<std::string, uint64_t> dropped;
  Copied copied = {};
  size_t slots = 0; // that the packet needs that needs the most
};

class Model
{
public:
  unsigned n_ports = 0;
  Ports probes = 0; // the members of every balance
  std::vector<Entry> forward;
  std::vector<Rule> rules;

  std::string text() const; // `forward` and `rules` of the configuration
  Result pass(unsigned port, std::vector<Packet> packets);
  void links(Ports up);

private:
  struct Slot {
    Packet packet;
    Ports verdict, readers, open;
    std::string reason;
    bool settled;
    size_t origin; // the packet received that it is of
  };
  using Key = std::pair<unsigned, Bytes>;

  void run_rules(bool egress);
  void act(const Rule &rule, std::vector<size_t> matches);
  void give(const Rule &rule, size_t i);
  size_t rewrite(const Rule &rule, size_t i);
  void refuse(const Rule &rule, Slot &slot);
  void redirect(const Rule &rule, size_t i);
  Ports elsewhere(size_t i) const;
  size_t add(size_t of, const Packet &packet, Ports verdict, Ports readers, Ports open);
  void edit(size_t i, Vlan vlan, unsigned tci, unsigned tpid = CUSTOMER);
  void run_forward(size_t i);
  void run_bridge(Entry &entry, size_t i);
  void bridge_tags(const Entry &entry, size_t i, unsigned vlan, unsigned tci);
  void learn(Entry &entry, const Key &key);
  void dispatch();

  Ports up = ALL;
  std::map<size_t, Ports> lost; // by packet: redirected by the rule at work to ports without a link
  unsigned ingress = 0;
  std::vector<Slot> slots;
  std::vector<std::function<void()>> learned; // by control, behind the burst
  Result result;
};

} // namespace model

#endif
