// SPDX-License-Identifier: BSD-3-Clause
// A test bed for the datapath. From the text of a configuration it builds what platter would run
// (the same parser, layout, memory and assembly), on net_ring devices: what a test feeds into a
// receive ring comes out of poll, what a worker transmits lies in a transmit ring until the test
// reads it. A transmit ring that nobody reads is a transmit side that takes nothing.
//
// A test either takes the workers' turns itself, one after the other, or lets threads run them.
// When it ends, the bed checks that the accounting closes, per worker and in total, and that every
// mbuf is back in its pool as if it had never been used.
#ifndef TESTS_DATAPATH_TESTBED_H
#define TESTS_DATAPATH_TESTBED_H

#include <cstdint>
#include <memory>
#include <numeric>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include "control/generation.h"
#include "control/plan.h"
#include "datapath/datapath.h"
#include "features/bridge/control.h"
#include "features/rules/control.h"
#include "frame_bytes.h"

using Packets = std::vector<rte_mbuf *>;

// The frame sizes of a burst that hit every tail.
inline const std::vector<unsigned> burst_sizes = {1, 2, 31, 32, 33, 63, 64, 65, 257};

// A packet as who holds it sees it.
struct Look {
  struct Segment {
    const rte_mbuf *m;
    const void *buffer;
    uint16_t offset;
    uint16_t length;
  };
  std::vector<Segment> segments;
  Bytes bytes;
};
bool operator==(const Look &a, const Look &b);
void PrintTo(const Look &look, std::ostream *out);

Look look(const rte_mbuf *m);
std::vector<Look> look(const Packets &packets);
std::vector<Bytes> bytes_of(const Packets &packets);

// Bytes that differ from place to place and from seed to seed.
Bytes pattern(size_t length, unsigned seed = 0);

// The lengths of `n` segments, all different, that share `length` bytes; more than 2 * n * n bytes.
std::vector<size_t> split(size_t length, unsigned n);

inline uint64_t sum(const uint64_t (&array)[PORTS_MAX])
{
  return std::accumulate(std::begin(array), std::end(array), uint64_t{0});
}
uint64_t sum_dropped(const counters &counters);

uint16_t label_id(const label_set &set, const std::string &name);

// The equation at the head of datapath/counters.h.
void expect_closed(const counters &counters);

class Testbed : public testing::Test
{
protected:
  struct Sizes {
    unsigned receive = 2048; // references in a receive ring
    unsigned transmit = 2048;
    unsigned tx_queues = 0; // that a device has; 0: as many as it is asked for
    bool exact = false;     // as in a replay
  };

  ~Testbed() override;

  // Checks and releases all of it. A test may do so itself, to start anew.
  void TearDown() override;

  // `ports`: net_ring devices of these names, with as many receive queues. `rest`: the other
  // sections of the configuration.
  static std::string text(const std::vector<std::string> &ports, const std::string &rest,
                          unsigned rx_queues = 1);

  // Builds all of it; throws where that fails.
  void start(const std::string &text, const Sizes &sizes);
  void start(const std::string &text)
  {
    start(text, Sizes());
  }

  // What follows uses ports and workers by number, in the order of configuration and layout.

  rte_mbuf *make(const Bytes &bytes, const std::vector<size_t> &segments = {});
  Packets make_many(unsigned n, size_t length, unsigned n_segments = 1);

  void feed(unsigned port, const Packets &packets, unsigned queue = 0);
  Packets read(unsigned port, unsigned most = UINT32_MAX); // all transmit queues, one by one
  static void release(const Packets &packets);

  void plug(unsigned port); // empty transmit rings take nothing any more
  void unplug(unsigned port);

  unsigned turn(unsigned worker)
  {
    return worker_turn(datapath.worker[worker]);
  }
  void turn_all(); // one turn of each worker
  void settle();   // turns, until nothing moves any more

  void run(); // a thread for each worker
  void set_mode(worker_mode mode);
  void stop(); // ends the threads

  counters count(unsigned worker); // not while threads run
  counters count_all();
  uint64_t dropped(unsigned port, const std::string &reason);
  uint64_t copied_bytes(const std::string &site);
  uint64_t copied_packets(const std::string &site);
  void expect_no_copies();
  void expect_accounts();

  // The workers go by what `forwarding` is now; not while threads run.
  void renew();

  rte_ring *receive_ring(unsigned port, unsigned queue = 0)
  {
    return ports[port].receive[queue];
  }

  struct config *config = nullptr;
  struct forwarding forwarding = {};
  std::unique_ptr<struct plan> plan;
  struct layout *layout = nullptr;
  struct memory memory = {};
  struct datapath datapath = {};
  struct generation *generation = nullptr; // that the workers go by
  struct rules *rules = nullptr;
  struct bridges *bridges = nullptr; // their ticks are the test's

private:
  struct Port {
    std::string name;
    uint16_t device;
    bool started;
    std::vector<rte_ring *> receive, transmit;
  };

  void make_port(unsigned number, const Sizes &sizes);
  void make_queues(Port &port);
  void expect_pools_full();
  void release_all();
  void free_ports();

  std::vector<Port> ports;
  std::vector<std::thread> threads;
};

#endif
