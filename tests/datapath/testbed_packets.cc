// SPDX-License-Identifier: BSD-3-Clause
// The test bed's packets and sums.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "testbed.h"

bool operator==(const Look &a, const Look &b)
{
  auto same = [](const Look::Segment &x, const Look::Segment &y) {
    return x.m == y.m && x.buffer == y.buffer && x.offset == y.offset && x.length == y.length;
  };
  return a.bytes == b.bytes && std::equal(a.segments.begin(), a.segments.end(), b.segments.begin(),
                                          b.segments.end(), same);
}

void PrintTo(const Look &look, std::ostream *out)
{
  for (const Look::Segment &segment : look.segments)
    *out << segment.m << " at " << segment.buffer << "+" << segment.offset << ", " << segment.length
         << " bytes; ";
  *out << testing::PrintToString(look.bytes);
}

Look look(const rte_mbuf *m)
{
  Look look = {{}, bytes_of(m)};
  for (const rte_mbuf *segment = m; segment != nullptr; segment = segment->next)
    look.segments.push_back({segment, segment->buf_addr, segment->data_off, segment->data_len});
  return look;
}

template <typename Result, typename Function>
static std::vector<Result> map(const Packets &packets, Function function)
{
  std::vector<Result> all;
  for (const rte_mbuf *m : packets)
    all.push_back(function(m));
  return all;
}

std::vector<Look> look(const Packets &packets)
{
  return map<Look>(packets, [](const rte_mbuf *m) { return look(m); });
}

std::vector<Bytes> bytes_of(const Packets &packets)
{
  return map<Bytes>(packets, [](const rte_mbuf *m) { return bytes_of(m); });
}

Bytes pattern(size_t length, unsigned seed)
{
  Bytes bytes(length);
  uint32_t state = seed * 2654435761u + 1;
  for (uint8_t &byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<uint8_t>(state >> 24);
  }
  return bytes;
}

std::vector<size_t> split(size_t length, unsigned n)
{
  std::vector<size_t> lengths;
  size_t rest = length;
  for (unsigned i = 1; i < n; i++) {
    lengths.push_back(length / n - i);
    rest -= lengths.back();
  }
  lengths.push_back(rest);
  return lengths;
}

uint64_t sum_dropped(const counters &counters)
{
  uint64_t all = 0;
  for (const auto &port : counters.dropped)
    all = std::accumulate(std::begin(port), std::end(port), all);
  return all;
}

uint16_t label_id(const label_set &set, const std::string &name)
{
  for (uint16_t id = 0; id < set.count; id++)
    if (set.label[id]->name == name)
      return id;
  throw std::runtime_error("no label " + name);
}

void expect_closed(const counters &c)
{
  EXPECT_EQ(sum(c.received) + c.cloned + c.taken,
            sum(c.transmitted) + sum_dropped(c) + c.handed + c.pending);
}

std::string Testbed::text(const std::vector<std::string> &ports, const std::string &rest,
                          unsigned rx_queues)
{
  std::string text = "ports:\n";
  for (const std::string &port : ports)
    text += "  " + port + ": { device: net_ring_" + port +
            ", rx_queues: " + std::to_string(rx_queues) + " }\n";
  return text + rest;
}

rte_mbuf *Testbed::make(const Bytes &bytes, const std::vector<size_t> &segments)
{
  std::vector<size_t> lengths = segments.empty() ? std::vector<size_t>{bytes.size()} : segments;
  rte_mbuf *head = nullptr;
  size_t at = 0;
  for (size_t length : lengths) {
    rte_mbuf *segment = rte_pktmbuf_alloc(memory.pool[0].frames);
    if (segment == nullptr)
      throw std::runtime_error("no mbufs left");
    char *place = rte_pktmbuf_append(segment, static_cast<uint16_t>(length));
    if (place == nullptr)
      throw std::runtime_error("longer than an mbuf");
    std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), length, place);
    at += length;
    if (head == nullptr)
      head = segment;
    else
      rte_pktmbuf_chain(head, segment);
  }
  EXPECT_EQ(at, bytes.size()) << "segments of another frame";
  return head;
}

Packets Testbed::make_many(unsigned n, size_t length, unsigned n_segments)
{
  Packets packets;
  for (unsigned i = 0; i < n; i++)
    packets.push_back(make(pattern(length, i), split(length, n_segments)));
  return packets;
}

counters Testbed::count(unsigned worker)
{
  worker_snapshot_make(datapath.worker[worker]);
  return datapath.worker[worker]->snapshot;
}

// All fields of counters are 64-bit numbers.
counters Testbed::count_all()
{
  static_assert(sizeof(counters) % sizeof(uint64_t) == 0);
  constexpr size_t n = sizeof(counters) / sizeof(uint64_t);
  uint64_t total[n] = {};
  for (unsigned w = 0; w < datapath.n_workers; w++) {
    uint64_t one[n];
    counters c = count(w);
    memcpy(one, &c, sizeof(one));
    for (size_t i = 0; i < n; i++)
      total[i] += one[i];
  }
  counters all;
  memcpy(&all, total, sizeof(all));
  return all;
}

uint64_t Testbed::dropped(unsigned port, const std::string &reason)
{
  return count_all().dropped[port][label_id(drop_reasons, reason)];
}

uint64_t Testbed::copied_bytes(const std::string &site)
{
  return count_all().copied[label_id(copy_sites, site)].bytes;
}

uint64_t Testbed::copied_packets(const std::string &site)
{
  return count_all().copied[label_id(copy_sites, site)].packets;
}

void Testbed::expect_no_copies()
{
  counters all = count_all();
  for (const copy_count &copied : all.copied) {
    EXPECT_EQ(copied.packets, 0u);
    EXPECT_EQ(copied.bytes, 0u);
  }
}

void Testbed::expect_accounts()
{
  for (unsigned w = 0; w < datapath.n_workers; w++) {
    SCOPED_TRACE("worker " + std::to_string(w));
    expect_closed(count(w));
  }
  counters all = count_all();
  expect_closed(all);
  uint64_t crossing = 0;
  for (unsigned h = 0; h < datapath.n_handoffs; h++)
    crossing += rte_ring_count(datapath.handoff[h].ring);
  EXPECT_EQ(all.handed - all.taken, crossing);
}
