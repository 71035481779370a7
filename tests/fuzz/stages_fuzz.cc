// SPDX-License-Identifier: BSD-3-Clause
// Any frames, in any segments, through every stage: what comes out is accounted for, and every mbuf
// is back in its pool. There are no devices: dispatch finds no way out and drops every reference.
//
//   input   port of receipt, ports that are up, then frames:
//           length (2 bytes), in how many segments, bytes
#include <algorithm>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

#include <rte_eal.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_rcu_qsbr.h>

#include "control/generation.h"
#include "control/plan.h"
#include "datapath/datapath.h"
#include "datapath/dispatch.h"
#include "features/bridge/control.h"
#include "features/rules/control.h"
#include "require.h"

namespace
{

enum { N_PORTS = 9, N_FRAMES = 4095, N_HEADERS = 1023, SEGMENT = 2048, SEGMENTS_MAX = 6 };

// Every kind of forwarding, with every action of a rule.
const std::string text =
    "ports: {a: {device: net_null0}, b: {device: net_null1}, c: {device: net_null2},\n"
    "        d: {device: net_null3}, e: {device: net_null4}, f: {device: net_null5},\n"
    "        g: {device: net_null6}, h: {device: net_null7}, i: {device: net_null8}}\n"
    "workers: {cores: [0]}\n"
    "forward:\n"
    "  - wire: [a, b]\n"
    "  - reflect: [c]\n"
    "  - sink: [d]\n"
    "  - bridge: {ports: [e, f], capacity: 256}\n"
    "  - bridge: {ports: {g: {access: 3}, h: {trunk: [3, 4], native: 4}, i: {trunk: [3]}},\n"
    "             capacity: 256}\n"
    "rules:\n"
    "  - {match: \"udp port 53\", mirror: [d]}\n"
    "  - {match: \"ether[ether[14:4]:4] & 1 = 0\", mirror: [c], truncate: 20}\n"
    "  - {match: \"tcp\", balance: [b, c, d], truncate: 64}\n"
    "  - {match: \"ip6\", vlan: {push: 7}}\n"
    "  - {match: \"vlan\", sample: 2, vlan: {pop: true}, mirror: [d]}\n"
    "  - {match: \"vlan 3\", vlan: {set: 4}, stop: true}\n"
    "  - {match: \"multicast\", sample: 2, drop: true}\n"
    "  - {from: [a, c, e], match: \"arp\", redirect: [c, d]}\n"
    "  - {match: \"greater 200\", police: {rate: 1Mbit, burst: 4kB}}\n"
    "  - {to: [b, h], match: \"\", vlan: {push: 9}}\n"
    "  - {to: [c, d, f], match: \"udp\", vlan: {set: 8}, mirror: [a], truncate: 30}\n"
    "  - {to: [a, c], match: \"tcp[13] & 2 != 0\", drop: true}\n"
    "  - {to: [d, g], match: \"ip\", redirect: [a, b]}\n"
    "  - {to: [a, b, i], match: \"\", balance: [c, d], sample: 3}\n";

// What control would have made of a configuration, and what a worker would have.
struct Box {
  struct config *config;
  struct forwarding forwarding;
  struct plan plan;
  struct layout *layout;
  struct bridges *bridges;
  struct rules *rules;
  struct generation *generation;
};

rte_mempool *frames, *headers;
rte_rcu_qsbr *quiet;
Box *box;

Box *box_make()
{
  auto *made = new Box();
  char error[512] = "";
  config_errors errors = {};
  size_t n_kinds;
  const config_kind *kinds = forward_kinds(&n_kinds);
  made->config = config_parse("fuzz", text.data(), text.size(), kinds, n_kinds, &errors);
  require(made->config != nullptr, errors.kept > 0 ? errors.error[0].text : "no memory");
  forwarding_make(&made->forwarding, made->config, false);
  plan_make(&made->plan, made->config, false);
  made->layout =
      plan_layout_guess(&made->plan, made->config, &made->forwarding, error, sizeof(error));
  require(made->layout != nullptr, error);
  require(bridges_start(&made->bridges, made->config, &made->forwarding, made->layout, quiet, error,
                        sizeof(error)) == 0,
          error);
  require(rules_start(&made->rules, made->config, &made->forwarding, made->layout, error,
                      sizeof(error)) == 0,
          error);
  made->generation = generation_make(&made->forwarding, made->layout);
  require(made->generation != nullptr, "no memory");
  return made;
}

void start_eal(const char *program)
{
  std::string prefix = "--file-prefix=platter_fuzz_" + std::to_string(getpid());
  std::vector<std::string> words = {
      program,          "--no-huge",         "--no-pci", "--no-shconf", "-m",  "512",
      "--no-telemetry", "--log-level=error", "-l",       "0",           prefix};
  std::vector<char *> arguments;
  for (std::string &word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  require(rte_eal_init(static_cast<int>(words.size()), arguments.data()) >= 0, "EAL starts");
}

struct Input {
  const uint8_t *at, *end;

  uint8_t byte()
  {
    return at < end ? *at++ : 0;
  }
};

// A packet of the input's next bytes; NULL: there are none left.
rte_mbuf *packet_next(Input &in)
{
  if (in.at >= in.end)
    return nullptr;
  size_t length = in.byte() << 8;
  length = std::min<size_t>((length | in.byte()) % 9217, in.end - in.at);
  unsigned n = std::max<unsigned>(1 + in.byte() % SEGMENTS_MAX, (length + SEGMENT - 1) / SEGMENT);
  length = std::min<size_t>(length, in.end - in.at);
  rte_mbuf *head = nullptr;
  for (unsigned i = 0; i < n; i++) {
    auto part = static_cast<uint16_t>(length / (n - i));
    rte_mbuf *m = rte_pktmbuf_alloc(frames);
    require(m != nullptr, "frames suffice");
    memcpy(rte_pktmbuf_append(m, part), in.at, part);
    in.at += part;
    length -= part;
    if (head == nullptr)
      head = m;
    else
      require(rte_pktmbuf_chain(head, m) == 0);
  }
  return head;
}

void fill(burst *b, Input &in, copier *copier)
{
  b->copier = copier;
  b->port = in.byte() % N_PORTS;
  b->up = in.byte();
  b->generation = box->generation;
  for (rte_mbuf *m; b->count < BURST_MAX && (m = packet_next(in)) != nullptr;)
    b->packet[b->count++] = m;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  start_eal((*argv)[0]);
  frames = rte_pktmbuf_pool_create("frames", N_FRAMES, 0, 0, RTE_PKTMBUF_HEADROOM + SEGMENT,
                                   SOCKET_ID_ANY);
  headers = rte_pktmbuf_pool_create("headers", N_HEADERS, 0, 0, PACKET_HEADER_ROOM, SOCKET_ID_ANY);
  quiet = static_cast<rte_rcu_qsbr *>(
      rte_zmalloc(nullptr, rte_rcu_qsbr_get_memsize(1), RTE_CACHE_LINE_SIZE));
  require(frames != nullptr && headers != nullptr && quiet != nullptr, "memory suffices");
  rte_rcu_qsbr_init(quiet, 1);
  box = box_make();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct burst burst;
  static double now;
  struct counters counters = {};
  struct copier copier = {};
  const struct egress nowhere[PORTS_MAX] = {};
  Input in = {data, data + size};

  copier.headers = headers;
  copier.frames = frames;
  burst.counters = &counters;
  burst.count = 0;
  fill(&burst, in, &copier);
  if (burst.count == 0)
    return 0;
  burst_begin(&burst);
  uint64_t received = burst.count;
  const port_program &stages = box->forwarding.program.port[burst.port];
  for (unsigned i = 0; i < stages.count; i++)
    stages.stage[i].type->run(&stages.stage[i], &burst);
  dispatch(&burst, nowhere, &counters);
  bridges_tick(box->bridges, UINT32_MAX, now += 0.1);

  uint64_t dropped = 0;
  for (const auto &port : counters.dropped)
    for (uint64_t n : port)
      dropped += n;
  require(received + counters.cloned == dropped, "every reference is accounted for");
  require(rte_mempool_avail_count(frames) == N_FRAMES, "every frame is back");
  require(rte_mempool_avail_count(headers) == N_HEADERS, "every header is back");
  return 0;
}
