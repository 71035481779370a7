// SPDX-License-Identifier: BSD-3-Clause
// The same frames through the kernel's bridge and through platter's: each port has to get the same
// set of them, frame for frame.
//
// Not every kernel's bridge has VLAN filtering. So what one that has it did with these frames is
// kept in linux-bridge-vlans.txt; where the kernel at hand has it, it is asked as well. To record
// the file again (on such a kernel, after a change to the frames below), run this test with
// PLATTER_RECORD=FILE.
//
// Differences that are meant, and kept out of the comparison: the kernel forwards 01:80:c2:00:00:00
// when its spanning tree is off, which 802.1Q does not allow.
//
// platter has tap ports here, for net_af_packet hands over other frames than came: IP fragments put
// together by the kernel (PACKET_FANOUT_FLAG_DEFRAG), and 0x8100 in place of 0x88a8.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>

#include "appliance.h"
#include "raw_port.h"
#include "telemetry.h"

namespace
{
enum { PORTS = 4, OF_A_CAPTURE = 40, GENERATED = 400 };

struct Event {
  unsigned port;
  std::string frame;
};

// By event: the ports and the frames that left there.
using Left = std::multiset<std::pair<unsigned, uint64_t>>;
using Outcome = std::vector<Left>;

uint64_t hash_of(const std::string &bytes) // FNV-1a
{
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : bytes)
    hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

std::string big_endian(uint32_t value, unsigned bytes)
{
  std::string text;
  while (bytes-- > 0)
    text.push_back(static_cast<char>(value >> 8 * bytes));
  return text;
}

// Each source address of a capture is a station behind one port, and is so from its first frame on.
void add_capture(const std::string &path, std::vector<Event> *events)
{
  std::map<std::string, unsigned> home;
  bool tagged = path.find("vlan") != std::string::npos || path.find("qinq") != std::string::npos;
  unsigned used = 0;
  for (const std::string &frame : read_frames(path)) {
    if (used++ == OF_A_CAPTURE || frame.size() > 1522)
      break;
    unsigned next = home.size() + (tagged ? 2 : 0);
    auto [at, first] = home.emplace(frame.substr(6, 6), next % PORTS);
    events->push_back({at->second, frame});
  }
}

// Stations that talk to each other and to groups, with every kind of tag, and move.
void add_generated(std::vector<Event> *events)
{
  const std::string service = big_endian(0x88a80064, 4);
  const std::vector<std::string> tags = {"",
                                         "",
                                         "",
                                         big_endian(0x8100000a, 4),
                                         big_endian(0x8100e00a, 4),
                                         big_endian(0x81000014, 4),
                                         big_endian(0x8100001e, 4),
                                         big_endian(0x81006000, 4),
                                         big_endian(0x81000028, 4),
                                         big_endian(0x81000fff, 4),
                                         service,
                                         service + big_endian(0x8100000a, 4),
                                         big_endian(0x8100000a, 4) + big_endian(0x81000014, 4)};
  const std::vector<std::string> others = {
      std::string(6, '\xff'), std::string("\x01\x00\x5e\x01\x02\x03", 6),
      std::string("\x01\x80\xc2\x00\x00\x0e", 6), std::string("\x01\x80\xc2\x00\x00\x10", 6)};
  auto station = [](unsigned number) { return big_endian(0x0200, 2) + big_endian(number, 4); };
  std::mt19937 random(4711);
  for (unsigned i = 0; i < GENERATED; i++) {
    unsigned from = random() % 6, to = random() % 10;
    unsigned port = random() % 8 == 0 ? random() % PORTS : from % PORTS;
    std::string source = random() % 50 == 0 ? others[1] : station(from);
    std::string frame = (to < 6 ? station(to) : others[to - 6]) + source +
                        tags[random() % tags.size()] + "\x88\xb5" + big_endian(i, 4);
    frame.resize(60 + random() % 3 * 700, static_cast<char>(i));
    events->push_back({port, frame});
  }
}

std::vector<Event> all_events()
{
  std::vector<Event> events;
  for (const std::string &path : sample_captures())
    add_capture(path, &events);
  add_generated(&events);
  auto bpdu = [](const Event &event) {
    return event.frame.compare(0, 6, std::string("\x01\x80\xc2\x00\x00\x00", 6)) == 0;
  };
  events.erase(std::remove_if(events.begin(), events.end(), bpdu), events.end());
  return events;
}

std::string hash_of(const std::vector<Event> &events)
{
  std::string all;
  for (const Event &event : events)
    all += std::to_string(event.port) + event.frame;
  return std::to_string(hash_of(all));
}

// Interfaces "x0" to "x3" outside. Behind them: cables to "p0" to "p3" for a kernel's bridge, or
// platter's taps.
class Ground
{
public:
  Ground()
  {
    for (const Namespace *space : {&outside, &middle})
      space->run("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
  }

  void lay_cables()
  {
    for (unsigned i = 0; i < PORTS; i++) {
      std::string n = std::to_string(i);
      connect(middle, "p" + n, outside, "x" + n);
      middle.run("ip link set p" + n + " mtu 1600");
    }
    listen();
  }

  void listen()
  {
    for (unsigned i = 0; i < PORTS; i++) {
      std::string name = "x" + std::to_string(i);
      outside.run("ip link set " + name + " mtu 1600"); // frames with two tags and one more
      raw_.push_back(std::make_unique<RawPort>(outside, name, ""));
    }
  }

  void send(const Event &event) const
  {
    raw_[event.port]->send(event.frame);
  }

  // What has come out, waiting so long at each port where nothing is there.
  void collect(Left *left, double seconds) const
  {
    for (unsigned port = 0; port < PORTS; port++)
      for (Frames got = raw_[port]->receive(1, seconds); !got.empty();
           got = raw_[port]->receive(1, 0.0005))
        left->emplace(port, hash_of(got[0]));
  }

  Namespace outside, middle;

private:
  std::vector<std::unique_ptr<RawPort>> raw_;
};

bool kernel_filters_vlans()
{
  Namespace empty;
  return Process({"ip", "link", "add", "br0", "type", "bridge", "vlan_filtering", "1"},
                 empty.around())
             .wait()
             .status == 0;
}

void make_kernel_bridge(const Namespace &where, bool vlans)
{
  where.run("ip link add br0 type bridge mcast_snooping 0 no_linklocal_learn 1" +
            std::string(vlans ? " vlan_filtering 1 vlan_default_pvid 0" : "") +
            "; ip link set br0 up mtu 1600; for p in p0 p1 p2 p3; do ip link set $p master br0; "
            "done");
  if (vlans)
    where.run("for p in p0 p1; do bridge vlan add dev $p vid 10 pvid untagged; done;"
              "for v in 10 30; do bridge vlan add dev p2 vid $v; bridge vlan add dev p3 vid $v; "
              "done; bridge vlan add dev p2 vid 20 pvid untagged");
  rest(0.5); // until its ports forward
}

Outcome through_the_kernel(const std::vector<Event> &events, bool vlans)
{
  Ground ground;
  Outcome outcome(events.size());
  ground.lay_cables();
  make_kernel_bridge(ground.middle, vlans);
  for (size_t i = 0; i < events.size(); i++) {
    ground.send(events[i]);
    ground.collect(&outcome[i], 0.002);
  }
  return outcome;
}

std::string yaml(bool vlans)
{
  std::string text = "ports:\n";
  for (unsigned i = 0; i < PORTS; i++) {
    std::string n = std::to_string(i);
    text += "  p" + n + ": {device: \"net_tap" + n + ",iface=x" + n + "\", mtu: 1504}\n";
  }
  text += "workers: {cores: [1]}\n"; // the other one is for the kernel and this test
  return text + (vlans ? "forward:\n- bridge: {ports: {p0: {access: 10}, p1: {access: 10}, "
                         "p2: {trunk: [10, 20, 30], native: 20}, p3: {trunk: [10, 30]}}}\n"
                       : "forward:\n- bridge: [p0, p1, p2, p3]\n");
}

// platter learns a few milliseconds later than it forwards: before the next frame is sent, its
// table has to have what the last one said.
class Learned
{
public:
  Learned(const Telemetry &telemetry, bool vlans) : telemetry_(telemetry), vlans_(vlans) {}

  void wait_for(const Event &event)
  {
    std::string source = event.frame.substr(6, 6);
    unsigned vlan = vlan_of(event);
    auto at = port_.find({source, vlan});
    bool link_local = event.frame.compare(0, 5, std::string("\x01\x80\xc2\0\0", 5)) == 0 &&
                      (event.frame[5] & 0xf0) == 0; // no bridge learns from those here
    if (link_local || source[0] & 1 || (at != port_.end() && at->second == event.port))
      return;
    for (double end = monotonic() + (allowed(event.port, vlan) ? 5 : 0); monotonic() < end;)
      if (has(text_of(source), vlan, "p" + std::to_string(event.port)))
        break;
    port_[{source, vlan}] = event.port;
  }

private:
  unsigned vlan_of(const Event &event) const
  {
    static const unsigned pvid[PORTS] = {10, 10, 20, 0};
    if (!vlans_)
      return 0;
    unsigned vlan = event.frame.compare(12, 2, std::string("\x81\x00", 2)) == 0
                        ? (event.frame[14] & 0xf) << 8 | static_cast<uint8_t>(event.frame[15])
                        : 0;
    return vlan != 0 ? vlan : pvid[event.port];
  }

  bool allowed(unsigned port, unsigned vlan) const
  {
    return !vlans_ || vlan == 10 || (port >= 2 && vlan == 30) || (port == 2 && vlan == 20);
  }

  static std::string text_of(const std::string &address)
  {
    char text[18];
    const auto *a = reinterpret_cast<const uint8_t *>(address.data());
    snprintf(text, sizeof(text), "%02X:%02X:%02X:%02X:%02X:%02X", a[0], a[1], a[2], a[3], a[4],
             a[5]);
    return text;
  }

  bool has(const std::string &address, unsigned vlan, const std::string &port) const
  {
    Json page = telemetry_.get("/platter/fdb");
    EXPECT_EQ(page["next"].number(), 0) << "more stations than one page holds";
    for (int64_t i = 0; i < page["shown"].number(); i++) {
      Json row = page[std::to_string(i)];
      if (row["address"].text() == address && row["vlan"].number() == vlan &&
          row["port"].text() == port)
        return true;
    }
    return false;
  }

  const Telemetry &telemetry_;
  bool vlans_;
  std::map<std::pair<std::string, unsigned>, unsigned> port_;
};

Outcome through_platter(const std::vector<Event> &events, bool vlans, const Outcome &expected)
{
  Ground ground;
  Outcome outcome(events.size());
  Appliance appliance(ground.outside, yaml(vlans));
  ground.listen();
  Telemetry telemetry(appliance.telemetry());
  Learned learned(telemetry, vlans);
  for (size_t i = 0; i < events.size(); i++) {
    ground.send(events[i]);
    learned.wait_for(events[i]);
    for (double end = monotonic() + 5; outcome[i].size() < expected[i].size() && monotonic() < end;)
      ground.collect(&outcome[i], 0.0005);
    ground.collect(&outcome[i], 0.001);
  }
  ground.collect(&outcome.back(), 0.1);
  appliance.expect_clean_end(vlans); // of tagged frames, headers
  return outcome;
}

std::string show(const Left &left)
{
  std::ostringstream text;
  for (const auto &[port, hash] : left)
    text << (text.tellp() > 0 ? " " : "") << port << ":" << std::hex << hash << std::dec;
  return text.str();
}

void record(const char *path, const std::vector<Event> &events, const Outcome &outcome)
{
  std::ofstream file(path);
  file << "# What a Linux bridge with VLAN filtering did with each frame of bridge_linux_test.cc: "
          "PORT:HASH ...\nframes "
       << hash_of(events) << "\n";
  for (const Left &left : outcome)
    file << show(left) << "\n";
}

// Each line as `show` writes it.
std::vector<std::string> recorded(const std::vector<Event> &events)
{
  std::ifstream file(std::string(getenv("PLATTER_SOURCE")) + "/tests/e2e/linux-bridge-vlans.txt");
  std::vector<std::string> lines;
  std::string line;
  getline(file, line);
  getline(file, line);
  EXPECT_EQ(line, "frames " + hash_of(events)) << "recorded with other frames";
  while (getline(file, line))
    lines.push_back(line);
  EXPECT_EQ(lines.size(), events.size());
  lines.resize(events.size());
  return lines;
}

Outcome parsed(const std::vector<std::string> &lines)
{
  Outcome outcome;
  for (const std::string &line : lines) {
    std::istringstream words(line);
    Left left;
    for (std::string word; words >> word;)
      left.emplace(std::stoul(word), std::stoull(word.substr(word.find(':') + 1), nullptr, 16));
    outcome.push_back(left);
  }
  return outcome;
}

void expect_same(const std::vector<Event> &events, const Outcome &theirs, const Outcome &ours)
{
  size_t copies = 0;
  for (size_t i = 0; i < events.size(); i++) {
    EXPECT_EQ(show(ours[i]), show(theirs[i])) << "frame " << i << " of " << events[i].frame.size()
                                              << " bytes, into port " << events[i].port;
    copies += theirs[i].size();
  }
  EXPECT_GT(copies, events.size() / 2) << "frames do leave";
}

TEST(BridgeAndLinux, WithoutVlans)
{
  std::vector<Event> events, all = all_events();
  for (size_t i = 0; i < all.size(); i += 2) // enough, and half the time
    events.push_back(all[i]);
  Outcome theirs = through_the_kernel(events, false);
  expect_same(events, theirs, through_platter(events, false, theirs));
}

TEST(BridgeAndLinux, WithVlans)
{
  std::vector<Event> events = all_events();
  const char *file = getenv("PLATTER_RECORD");
  if (file != nullptr) {
    record(file, events, through_the_kernel(events, true));
    return;
  }
  Outcome theirs = parsed(recorded(events));
  if (kernel_filters_vlans())
    expect_same(events, theirs, through_the_kernel(events, true));
  expect_same(events, theirs, through_platter(events, true, theirs));
}
} // namespace
