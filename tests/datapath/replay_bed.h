// SPDX-License-Identifier: BSD-3-Clause
// A test bed whose ports replay captures: a capture of the test's own making, the sources that are
// put behind the receive queues of the bed's devices, and what they must have given back at the
// end. Polls by hand or by the bed's workers.
#ifndef TESTS_DATAPATH_REPLAY_BED_H
#define TESTS_DATAPATH_REPLAY_BED_H

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "capture_file.h"
#include "replay/replay.h"
#include "scratch.h"
#include "testbed.h"

#ifdef __SANITIZE_ADDRESS__
inline constexpr bool SLOW = true;
#else
inline constexpr bool SLOW = false;
#endif

class ReplayBed : public Testbed
{
protected:
  // What is in the capture: frames that all differ, of these lengths.
  void capture_of(const std::vector<size_t> &lengths)
  {
    frames.clear();
    for (size_t length : lengths)
      frames.push_back(pattern(length, frames.size()));
    write_capture();
  }

  // So many frames of odd lengths up to `longest`.
  void capture_of_odd(unsigned n, size_t longest)
  {
    std::vector<size_t> lengths;
    for (size_t i = 0; i < n; i++)
      lengths.push_back(1 + i * 7919 % longest);
    capture_of(lengths);
  }

  void write_capture()
  {
    write_capture(frames);
  }

  // In place of the old file, which whoever has it open goes on reading.
  void write_capture(const std::vector<Bytes> &all)
  {
    Pcap file;
    for (const Bytes &bytes : all)
      file.add(std::string(bytes.begin(), bytes.end()));
    std::filesystem::remove(path);
    write_file(path, file.bytes);
  }

  replay_plan make_plan(const std::string &rest, unsigned held)
  {
    config_replay replay_options;
    replay_plan plan;
    char error[512] = "";
    EXPECT_TRUE(config_replay_read(("replay,file=" + path + rest).c_str(), &replay_options, error,
                                   sizeof(error)))
        << error;
    EXPECT_EQ(replay_plan_make(&plan, &replay_options, held, error, sizeof(error)), 0) << error;
    return plan;
  }

  // Frames of the capture, into the receive queue of the port.
  replay *open(const replay_plan &plan, const std::string &port)
  {
    char error[512] = "";
    replay *opened = nullptr;
    int status = replay_open(&opened, &plan, sources.size(), SOCKET_ID_ANY, error, sizeof(error));
    if (status != 0)
      throw std::runtime_error(error);
    sources.push_back(opened);
    EXPECT_EQ(replay_attach(opened, device(port)), 0);
    return opened;
  }
  replay *open(const std::string &rest, unsigned held = 0, const std::string &port = "in")
  {
    return open(make_plan(rest, held), port);
  }

  static uint16_t device(const std::string &port)
  {
    uint16_t id;
    if (rte_eth_dev_get_port_by_name(("net_ring_" + port).c_str(), &id) != 0)
      throw std::runtime_error("no device for port " + port);
    return id;
  }

  static Packets poll(unsigned most, const std::string &port = "in")
  {
    Packets packets(most);
    packets.resize(rte_eth_rx_burst(device(port), 0, packets.data(), most));
    return packets;
  }

  static replay_status status_of(const replay *source)
  {
    replay_status status;
    replay_read(source, &status);
    return status;
  }

  // The frame that comes out as the number-th of all laps.
  const Bytes &frame(uint64_t number) const
  {
    return frames[number % frames.size()];
  }

  bool is_frame(const rte_mbuf *m, uint64_t number) const
  {
    const Bytes &bytes = frame(number);
    return m->nb_segs == 1 && m->pkt_len == bytes.size() && m->data_len == bytes.size() &&
           memcmp(rte_pktmbuf_mtod(m, const void *), bytes.data(), bytes.size()) == 0;
  }

  // Tries until it is so, or a minute is over, for which no machine is too busy.
  template <typename Condition> static bool wait_for(Condition condition)
  {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      std::this_thread::yield();
    }
    return true;
  }

  // Bytes of DPDK's memory that are taken.
  static size_t taken()
  {
    rte_malloc_socket_stats stats;
    return rte_malloc_get_socket_stats(0, &stats) == 0 ? stats.heap_allocsz_bytes : 0;
  }

  // As platter does it: sources away from the devices, all packets freed, devices closed, and then
  // each must have got back every frame.
  void TearDown() override
  {
    stop();
    for (replay *source : sources)
      replay_detach(source);
    Testbed::TearDown();
    for (replay *source : sources) {
      replay_release(source);
      replay_status status = status_of(source);
      EXPECT_EQ(status.mbufs_back, status.mbufs);
      replay_free(source);
    }
    sources.clear();
  }

  Scratch dir;
  const std::string path = dir / "x.pcap";
  std::vector<Bytes> frames;
  std::vector<replay *> sources;
};

#endif
