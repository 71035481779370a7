// SPDX-License-Identifier: BSD-3-Clause
#include "testbed.h"

#include <cstring>
#include <stdexcept>

#include <rte_bus_vdev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>

namespace
{

// Stands in a plugged transmit ring; drivers do not look at what they carry.
char plug_place;
void *const PLUG = &plug_place;

void require(bool condition, const std::string &what)
{
  if (!condition)
    throw std::runtime_error(what);
}

rte_ring *make_ring(const std::string &name, unsigned size)
{
  rte_ring *ring = rte_ring_create(name.c_str(), size, SOCKET_ID_ANY,
                                   RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
  require(ring != nullptr, "no ring " + name);
  return ring;
}

std::string report(config_errors *errors)
{
  std::string all = "configuration:";
  for (size_t i = 0; i < errors->kept; i++)
    all += std::string("\n  ") + errors->error[i].text;
  config_errors_free(errors);
  return all;
}

// An mbuf in a pool must look as its driver expects to find it.
void expect_unused(rte_mempool *pool, void *, void *object, unsigned)
{
  auto *m = static_cast<const rte_mbuf *>(object);
  EXPECT_EQ(m->refcnt, 1) << pool->name;
  EXPECT_EQ(m->nb_segs, 1) << pool->name;
  EXPECT_EQ(m->next, nullptr) << pool->name;
  EXPECT_TRUE(RTE_MBUF_DIRECT(m)) << pool->name;
}

} // namespace

Testbed::~Testbed() = default;

void Testbed::start(const std::string &text, const Sizes &sizes)
{
  char error[256];
  config_errors errors = {};
  size_t n_kinds;
  const config_kind *kinds = forward_kinds(&n_kinds);

  config = config_parse("bed.yaml", text.data(), text.size(), kinds, n_kinds, &errors);
  require(config != nullptr, report(&errors));
  forwarding_make(&forwarding, config, sizes.exact);
  plan = std::make_unique<struct plan>();
  plan_make(plan.get(), config, false);

  std::vector<layout_port_facts> facts;
  for (unsigned i = 0; i < config->n_ports; i++)
    facts.push_back({config->ports[i].name, config->ports[i].rx_queues, sizes.tx_queues,
                     LAYOUT_NODE_ANY, forwarding.reach[i]});
  layout = plan_layout(plan.get(), config->n_ports, facts.data(), error, sizeof(error));
  require(layout != nullptr, error);

  memory_need need;
  int status = plan_memory(plan.get(), config, &forwarding, &need, error, sizeof(error));
  require(status == 0 && memory_start(&memory, &need, error, sizeof(error)) == 0, error);
  std::vector<datapath_device> devices;
  for (unsigned i = 0; i < config->n_ports; i++) {
    make_port(i, sizes);
    devices.push_back({ports[i].device, false, 0, 0, 0});
  }
  status = datapath_make(&datapath, layout, plan_handoff_size(config, layout, &forwarding),
                         devices.data(), forwarding.exact, &memory, error, sizeof(error));
  require(status == 0, error);
  status =
      bridges_start(&bridges, config, &forwarding, layout, datapath.quiet, error, sizeof(error));
  require(status == 0, error);
  status = rules_start(&rules, config, &forwarding, layout, error, sizeof(error));
  require(status == 0, error);
  renew();
}

void Testbed::renew()
{
  generation_free(generation);
  generation = generation_make(&forwarding, layout);
  require(generation != nullptr, "no memory");
  datapath_go_by(&datapath, generation);
}

void Testbed::make_port(unsigned number, const Sizes &sizes)
{
  const layout_port &plan = layout->ports[number];
  ports.push_back({plan.name, 0, false, {}, {}});
  Port &port = ports.back();
  for (unsigned q = 0; q < plan.rx_queues; q++)
    port.receive.push_back(make_ring(port.name + "_rx" + std::to_string(q), sizes.receive));
  for (unsigned q = 0; q < std::max(plan.tx_queues, 1u); q++)
    port.transmit.push_back(make_ring(port.name + "_tx" + std::to_string(q), sizes.transmit));
  int device = rte_eth_from_rings(port.name.c_str(), port.receive.data(), port.receive.size(),
                                  port.transmit.data(), port.transmit.size(), 0);
  require(device >= 0, "no device " + port.name);
  port.device = static_cast<uint16_t>(device);
  port.started = true;
  make_queues(port);
}

void Testbed::make_queues(Port &port)
{
  rte_eth_conf conf = {};
  bool good =
      rte_eth_dev_configure(port.device, port.receive.size(), port.transmit.size(), &conf) == 0;
  for (unsigned q = 0; q < port.receive.size(); q++)
    good = good && rte_eth_rx_queue_setup(port.device, q, 1024, SOCKET_ID_ANY, nullptr,
                                          memory.pool[0].frames) == 0;
  for (unsigned q = 0; q < port.transmit.size(); q++)
    good = good && rte_eth_tx_queue_setup(port.device, q, 1024, SOCKET_ID_ANY, nullptr) == 0;
  require(good && rte_eth_dev_start(port.device) == 0, "cannot start device " + port.name);
}

void Testbed::TearDown()
{
  stop();
  if (datapath.n_workers > 0) {
    expect_accounts();
    release_all();
    expect_accounts();
    counters all = count_all();
    EXPECT_EQ(all.pending, 0u);
    EXPECT_EQ(all.handed, all.taken);
    bridges_stop(bridges);
    bridges = nullptr;
    rules_stop(rules);
    rules = nullptr;
    datapath_free(&datapath);
    generation_free(generation);
    generation = nullptr;
  }
  expect_pools_full();
  free_ports();
  memory_stop(&memory);
  layout_free(layout);
  layout = nullptr;
  config_free(config);
  config = nullptr;
}

// What is left in rings and on its way out.
void Testbed::release_all()
{
  for (unsigned w = 0; w < datapath.n_workers; w++)
    worker_abandon(datapath.worker[w]);
  for (unsigned p = 0; p < ports.size(); p++) {
    release(read(p));
    for (rte_ring *ring : ports[p].receive) {
      void *m;
      while (rte_ring_dequeue(ring, &m) == 0)
        rte_pktmbuf_free(static_cast<rte_mbuf *>(m));
    }
  }
}

void Testbed::expect_pools_full()
{
  for (unsigned i = 0; i < memory.n_pools; i++) {
    for (rte_mempool *pool : {memory.pool[i].frames, memory.pool[i].headers}) {
      EXPECT_EQ(rte_mempool_avail_count(pool), pool->size) << pool->name;
      rte_mempool_obj_iter(pool, expect_unused, nullptr);
    }
  }
}

void Testbed::free_ports()
{
  for (Port &port : ports) {
    if (port.started) {
      EXPECT_EQ(rte_eth_dev_stop(port.device), 0);
      EXPECT_EQ(rte_vdev_uninit(("net_ring_" + port.name).c_str()), 0);
    }
    for (const std::vector<rte_ring *> &rings : {port.receive, port.transmit})
      for (rte_ring *ring : rings)
        rte_ring_free(ring);
  }
  ports.clear();
}

void Testbed::feed(unsigned port, const Packets &packets, unsigned queue)
{
  for (rte_mbuf *m : packets)
    require(rte_ring_enqueue(ports[port].receive[queue], m) == 0, "receive ring too small");
}

Packets Testbed::read(unsigned port, unsigned most)
{
  Packets packets;
  for (rte_ring *ring : ports[port].transmit) {
    void *m;
    while (packets.size() < most && rte_ring_dequeue(ring, &m) == 0)
      if (m != PLUG)
        packets.push_back(static_cast<rte_mbuf *>(m));
  }
  return packets;
}

void Testbed::release(const Packets &packets)
{
  for (rte_mbuf *m : packets)
    rte_pktmbuf_free(m);
}

void Testbed::plug(unsigned port)
{
  for (rte_ring *ring : ports[port].transmit) {
    require(rte_ring_empty(ring), "plugged with packets inside");
    while (rte_ring_enqueue(ring, PLUG) == 0)
      ;
  }
}

void Testbed::unplug(unsigned port)
{
  EXPECT_TRUE(read(port).empty()) << "transmitted through a plug";
}

void Testbed::turn_all()
{
  for (unsigned w = 0; w < datapath.n_workers; w++)
    turn(w);
}

void Testbed::settle()
{
  for (unsigned round = 0; round < 100000; round++) {
    unsigned moved = 0;
    for (unsigned w = 0; w < datapath.n_workers; w++)
      moved += turn(w);
    if (moved == 0)
      return;
  }
  throw std::runtime_error("does not settle");
}

void Testbed::run()
{
  for (unsigned w = 0; w < datapath.n_workers; w++)
    threads.emplace_back([worker = datapath.worker[w]] {
      EXPECT_EQ(rte_thread_register(), 0); // a mempool cache of its own, as a real worker has
      EXPECT_EQ(worker_main(worker), 0);
      rte_thread_unregister();
    });
}

void Testbed::set_mode(worker_mode mode)
{
  for (unsigned w = 0; w < datapath.n_workers; w++)
    __atomic_store_n(&datapath.worker[w]->mode, mode, __ATOMIC_RELAXED);
}

void Testbed::stop()
{
  if (threads.empty())
    return;
  set_mode(WORKER_STOP);
  for (std::thread &thread : threads)
    thread.join();
  threads.clear();
}
