// SPDX-License-Identifier: BSD-3-Clause
#include "layout/layout.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace
{

struct Free {
  void operator()(struct layout *layout) const
  {
    layout_free(layout);
  }
};
using Layout = std::unique_ptr<struct layout, Free>;

struct Assign {
  unsigned cpu;
  std::vector<layout_queue> rx;
  std::vector<unsigned> tx;
  int node = LAYOUT_NODE_ANY;
};

// What layout_make takes, with lists that grow.
struct Facts {
  enum layout_kind kind = LAYOUT_PIPELINE;
  std::vector<layout_port_facts> ports;
  std::vector<layout_core> cores;
  std::vector<Assign> assigns;

  Facts &Port(const char *name, unsigned rx_queues, uint32_t reach, unsigned max_tx_queues = 0,
              int node = LAYOUT_NODE_ANY)
  {
    ports.push_back({name, rx_queues, max_tx_queues, node, reach});
    return *this;
  }

  Facts &Core(unsigned cpu, int node = LAYOUT_NODE_ANY)
  {
    cores.push_back({cpu, node});
    return *this;
  }

  Facts &Give(const Assign &assign)
  {
    kind = LAYOUT_EXPLICIT;
    assigns.push_back(assign);
    return *this;
  }

  Layout Make(std::string *error) const
  {
    std::vector<layout_assign> list;
    for (const Assign &a : assigns)
      list.push_back({{a.cpu, a.node},
                      unsigned(a.rx.size()),
                      a.rx.data(),
                      unsigned(a.tx.size()),
                      a.tx.data()});
    struct layout_facts facts = {};
    facts.kind = kind;
    facts.n_ports = unsigned(ports.size());
    facts.ports = ports.data();
    facts.n_cores = unsigned(cores.size());
    facts.cores = cores.data();
    facts.n_assign = unsigned(list.size());
    facts.assign = list.data();
    char text[512] = "";
    Layout layout(layout_make(&facts, text, sizeof(text)));
    *error = text;
    return layout;
  }

  Layout Make() const
  {
    std::string error;
    Layout layout = Make(&error);
    EXPECT_NE(layout, nullptr) << error;
    EXPECT_EQ(error, "");
    return layout;
  }

  std::string Refusal() const
  {
    std::string error;
    EXPECT_EQ(Make(&error), nullptr);
    return error;
  }
};

// Ports left and right, each reaching the other.
Facts Wire(unsigned left_queues = 1, unsigned right_queues = 1)
{
  return Facts().Port("left", left_queues, 2).Port("right", right_queues, 1);
}

std::string Queues(const struct layout *layout, const struct layout_queue *queues, unsigned n)
{
  std::ostringstream out;
  for (unsigned i = 0; i < n; i++)
    out << (i > 0 ? " " : "") << layout->ports[queues[i].port].name << "/" << queues[i].queue;
  return out.str();
}

// One worker: "2: left/0 > left/0 > right@1": core, receive, transmit, handoffs.
std::string Worker(const Layout &layout, unsigned w)
{
  const struct layout_worker &worker = layout->workers[w];
  std::ostringstream out;
  out << worker.cpu << ": " << Queues(layout.get(), worker.rx, worker.n_rx) << " > "
      << Queues(layout.get(), worker.tx, worker.n_tx) << " >";
  for (unsigned h = 0; h < layout->n_handoffs; h++) {
    const struct layout_handoff &handoff = layout->handoffs[h];
    if (handoff.from == w)
      out << " " << layout->ports[handoff.port].name << "@" << handoff.to;
  }
  return out.str();
}

std::vector<std::string> Table(const Layout &layout)
{
  std::vector<std::string> table;
  for (unsigned w = 0; layout != nullptr && w < layout->n_workers; w++)
    table.push_back(Worker(layout, w));
  return table;
}

std::vector<std::string> Notes(const Layout &layout)
{
  return std::vector<std::string>(layout->notes, layout->notes + layout->n_notes);
}

using Strings = std::vector<std::string>;

std::string Written(void (*write)(const struct layout *, FILE *), const struct layout *layout)
{
  char *text = nullptr;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  write(layout, out);
  fclose(out);
  std::string result(text, size);
  free(text);
  return result;
}

TEST(Pipeline, WireOnTwoWorkersCrossesByHandoff)
{
  Layout layout = Wire().Core(2).Core(3).Make();
  EXPECT_EQ(Table(layout),
            (Strings{"2: left/0 > left/0 > right@1", "3: right/0 > right/0 > left@0"}));
  EXPECT_EQ(layout->n_notes, 0u);
  EXPECT_EQ(layout->ports[0].tx_queues, 1u);
  EXPECT_EQ(layout->ports[1].tx_queues, 1u);
}

TEST(Pipeline, OneWorkerHandsNothingOver)
{
  Layout layout = Wire(2).Core(7).Make();
  EXPECT_EQ(Table(layout), (Strings{"7: left/0 left/1 right/0 > left/0 right/0 >"}));
  EXPECT_EQ(layout->n_handoffs, 0u);
}

TEST(Pipeline, ReceiveQueuesGoRoundFromTheHome)
{
  Layout layout = Wire(3, 2).Core(2).Core(3).Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 left/2 right/1 > left/0 > right@1",
                                    "3: left/1 right/0 > right/0 > left@0"}));
}

TEST(Pipeline, SinkHasNoTransmitQueueAndReflectNoHandoff)
{
  Layout layout = Facts().Port("hole", 1, 0).Port("probe", 1, 2).Core(0).Core(1).Make();
  EXPECT_EQ(Table(layout), (Strings{"0: hole/0 >  >", "1: probe/0 > probe/0 >"}));
  EXPECT_EQ(layout->ports[0].tx_queues, 0u);
  unsigned queue = 77;
  EXPECT_EQ(layout_route(layout.get(), 0, 0, &queue), -2);
  EXPECT_EQ(layout_route(layout.get(), 0, 1, &queue), -2);
  EXPECT_EQ(layout_route(layout.get(), 9, 1, &queue), -2);
  EXPECT_EQ(queue, 77u);
  EXPECT_EQ(layout_route(layout.get(), 1, 1, &queue), -1);
  EXPECT_EQ(queue, 0u);
}

TEST(Pipeline, IdleWorkersAreLeftOutAndTheRestMovesDown)
{
  // Node 1 comes first in the list, but the ports are on node 0.
  Layout layout = Facts()
                      .Port("left", 1, 2, 0, 0)
                      .Port("right", 1, 1, 0, 0)
                      .Core(5, 1)
                      .Core(2, 0)
                      .Core(3, 0)
                      .Make();
  EXPECT_EQ(Table(layout),
            (Strings{"2: left/0 > left/0 > right@1", "3: right/0 > right/0 > left@0"}));
  EXPECT_EQ(Notes(layout), (Strings{"core 5: nothing to do with 2 receive queues; left out"}));
}

TEST(Pipeline, HomeIsOnThePortsNodeWhereAWorkerIs)
{
  Layout layout = Facts()
                      .Port("a", 1, 8, 0, 1)
                      .Port("b", 1, 4, 0, 1)
                      .Port("c", 1, 2, 0, 0)
                      .Port("d", 1, 1, 0, 7)
                      .Core(1, 0)
                      .Core(2, 1)
                      .Make();
  EXPECT_EQ(Table(layout),
            (Strings{"1: c/0 d/0 > c/0 d/0 > a@1 b@1", "2: a/0 b/0 > a/0 b/0 > c@0 d@0"}));
  EXPECT_EQ(Notes(layout),
            (Strings{"core 1 is on NUMA node 0 and serves ports of other nodes, which is slower: d "
                     "(node 7)"}));
}

TEST(RunToCompletion, EveryWorkerOwnsWhatItReachesAndNoMore)
{
  Facts facts = Wire().Core(2).Core(3);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  facts.ports[0].max_tx_queues = facts.ports[1].max_tx_queues = 1;
  Layout layout = facts.Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 > right/0 >", "3: right/0 > left/0 >"}));
  EXPECT_EQ(layout->n_notes, 0u);
}

TEST(RunToCompletion, QueuesAreNumberedInTheOrderOfWorkers)
{
  Facts facts = Wire(2, 2).Core(2).Core(3);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  Layout layout = facts.Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 right/1 > left/0 right/0 >",
                                    "3: left/1 right/0 > left/1 right/1 >"}));
  unsigned queue = 0;
  EXPECT_EQ(layout_route(layout.get(), 1, 1, &queue), -1);
  EXPECT_EQ(queue, 1u);
}

TEST(RunToCompletion, TooFewTransmitQueuesFallBackToOneOwner)
{
  Facts facts = Wire(4, 1).Core(2).Core(3).Core(4).Core(5);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  facts.ports[1].max_tx_queues = 1;
  Layout layout = facts.Make();
  EXPECT_EQ(Table(layout), (Strings{"2: left/0 > right/0 >", "3: left/1 right/0 > left/0 > right@0",
                                    "4: left/2 >  > right@0", "5: left/3 >  > right@0"}));
  EXPECT_EQ(Notes(layout),
            (Strings{"port right: 4 workers send to it but its device has 1 transmit "
                     "queue; worker 0 owns it and the others hand over to it"}));
}

TEST(RunToCompletion, FallbackPrefersThePortsNodeThenTheFewestOwned)
{
  // All receive queues on node 0 go to cores 0 and 1; "far" is on node 1, where core 2 polls it.
  Facts facts = Facts()
                    .Port("in", 2, 0xe, 0, 0)
                    .Port("x", 1, 0, 1, 0)
                    .Port("y", 1, 0, 1, 0)
                    .Port("far", 2, 0x8, 2, 1)
                    .Core(0, 0)
                    .Core(1, 0)
                    .Core(2, 1)
                    .Core(3, 1);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  Layout layout = facts.Make();
  ASSERT_EQ(layout->n_workers, 4u);
  unsigned queue = 0;
  EXPECT_EQ(layout_route(layout.get(), 0, 1, &queue), -1);
  EXPECT_EQ(layout_route(layout.get(), 1, 2, &queue), -1);
  EXPECT_EQ(layout_route(layout.get(), 2, 3, &queue), -1);
  EXPECT_EQ(layout->ports[3].tx_queues, 1u);
  ASSERT_EQ(layout->n_notes, 3u);
  EXPECT_EQ(Notes(layout)[2],
            "port far: 4 workers send to it but its device has 2 transmit queues; "
            "worker 2 owns the first and the others hand over to it");
}

TEST(Explicit, IsTakenAsGiven)
{
  Layout layout =
      Wire(2).Give({4, {{0, 1}, {0, 0}}, {}}).Give({6, {{1, 0}}, {0}}).Give({8, {}, {1}}).Make();
  EXPECT_EQ(Table(layout),
            (Strings{"4: left/0 left/1 >  > right@2", "6: right/0 > left/0 >", "8:  > right/0 >"}));
}

TEST(Explicit, SeveralOwnersHaveAQueueEachAndTheNearestIsHandedTo)
{
  Layout layout = Facts()
                      .Port("in", 4, 2)
                      .Port("out", 1, 0)
                      .Give({0, {{0, 0}, {1, 0}}, {1}, 0})
                      .Give({1, {{0, 1}}, {1}, 1})
                      .Give({2, {{0, 2}}, {}, 1})
                      .Give({3, {{0, 3}}, {}, 2})
                      .Make();
  EXPECT_EQ(Table(layout), (Strings{"0: in/0 out/0 > out/0 >", "1: in/1 > out/1 >",
                                    "2: in/2 >  > out@1", "3: in/3 >  > out@0"}));
  EXPECT_EQ(layout->ports[1].tx_queues, 2u);
}

TEST(Explicit, LeavesOutWhatNothingUses)
{
  Layout layout = Facts()
                      .Port("hole", 1, 0)
                      .Give({1, {{0, 0}}, {}})
                      .Give({2, {}, {0}})
                      .Give({3, {}, {}})
                      .Make();
  EXPECT_EQ(Table(layout), (Strings{"1: hole/0 >  >"}));
  EXPECT_EQ(Notes(layout),
            (Strings{"core 2: no packet can leave by port hole; its transmit queue is left out",
                     "core 2: nothing is assigned to it; left out",
                     "core 3: nothing is assigned to it; left out"}));
}

TEST(Explicit, Refusals)
{
  EXPECT_EQ(Wire(2).Give({2, {{0, 0}, {1, 0}}, {0, 1}}).Refusal(),
            "receive queue left/1 is polled by no core; add it to the rx of one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {0, 1}}).Give({3, {{1, 0}}, {}}).Refusal(),
            "receive queue right/0 is polled by core 2 and by core 3; leave one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}, {0, 0}}, {0, 1}}).Refusal(),
            "core 2: receive queue left/0 is listed twice; remove one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 4}}, {0, 1}}).Refusal(),
            "core 2: there is no receive queue right/4; port right has 1, counted from 0");
  EXPECT_EQ(Wire().Give({2, {{2, 0}}, {0, 1}}).Refusal(),
            "core 2: it is to receive from a port that is not there");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {0, 2}}).Refusal(),
            "core 2: it is to transmit on a port that is not there");
  EXPECT_EQ(Wire().Give({2, {{0, 0}}, {0}}).Give({2, {{1, 0}}, {1}}).Refusal(),
            "core 2 is given twice; give each worker a core of its own");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {1, 1}}).Refusal(),
            "core 2: transmit port right is listed twice; remove one");
  EXPECT_EQ(Wire().Give({2, {{0, 0}, {1, 0}}, {0}}).Refusal(),
            "port right: packets can leave by it but no core transmits on it; add it to the tx of "
            "one");
  Facts narrow = Wire().Give({2, {{0, 0}, {1, 0}}, {0, 1}}).Give({3, {}, {1}});
  narrow.ports[1].max_tx_queues = 1;
  EXPECT_EQ(
      narrow.Refusal(),
      "port right: 2 cores transmit on it but its device has 1 transmit queue; remove it from "
      "the tx of some, they hand over to the others");
}

TEST(Facts, Refusals)
{
  EXPECT_EQ(Facts().Core(1).Refusal(), "0 ports, but a layout has 1 to 32");
  EXPECT_EQ(Wire().Refusal(), "0 workers, but a layout has 1 to 127; change the list of cores");
  EXPECT_EQ(Wire().Core(1).Core(1).Refusal(),
            "core 1 is given twice; give each worker a core of its own");
  EXPECT_EQ(Wire(0).Core(1).Refusal(), "port left: 0 receive queues, but a port has 1 to 1024");
  EXPECT_EQ(Wire(1025).Core(1).Refusal(),
            "port left: 1025 receive queues, but a port has 1 to 1024");
  EXPECT_EQ(Facts().Port("a", 1, 2).Core(1).Refusal(),
            "port a: its packets may leave by a port that is not there");
  Facts many;
  for (unsigned p = 0; p < LAYOUT_PORTS_MAX + 1; p++)
    many.Port("p", 1, 1);
  EXPECT_EQ(many.Core(1).Refusal(), "33 ports, but a layout has 1 to 32");
}

TEST(Facts, ErrorIsCutToTheBufferGiven)
{
  Facts facts = Wire();
  struct layout_facts raw = {};
  raw.n_ports = 2;
  raw.ports = facts.ports.data();
  char error[8] = "xxxxxxx";
  EXPECT_EQ(layout_make(&raw, error, 6), nullptr);
  EXPECT_STREQ(error, "0 wor");
  EXPECT_EQ(error[6], 'x');
  layout_free(nullptr);
}

// Breaks a good table in one place each; the check must name it.
struct Broken : testing::Test {
  Layout layout = Wire(2).Core(2).Core(3).Make();

  std::string Error() const
  {
    char error[256] = "";
    EXPECT_FALSE(layout_check(layout.get(), error, sizeof(error)));
    return error;
  }
};

TEST_F(Broken, NotAtFirst)
{
  char error[256] = "";
  EXPECT_TRUE(layout_check(layout.get(), error, sizeof(error))) << error;
}

TEST_F(Broken, ReceiveQueuePolledTwice)
{
  layout->workers[1].rx[0] = layout->workers[0].rx[0];
  EXPECT_EQ(Error(), "receive queue left/0 is polled 2 times, not once");
}

TEST_F(Broken, ReceiveQueueUnpolled)
{
  layout->workers[0].n_rx = 0;
  EXPECT_EQ(Error(), "receive queue left/0 is polled 0 times, not once");
}

TEST_F(Broken, TransmitQueueWithTwoOwners)
{
  layout->workers[1].tx[0] = layout->workers[0].tx[0];
  EXPECT_EQ(Error(), "transmit queue left/0 is owned 2 times, not once");
}

TEST_F(Broken, TransmitQueueWithoutOwner)
{
  layout->workers[1].n_tx = 0;
  EXPECT_EQ(Error(), "transmit queue right/0 is owned 0 times, not once");
}

TEST_F(Broken, WorkerWithTwoTransmitQueuesOfAPort)
{
  layout->ports[1].tx_queues = 2;
  struct layout_queue both[] = {{1, 0}, {1, 1}};
  struct layout_queue *own = layout->workers[1].tx;
  layout->workers[1].tx = both;
  layout->workers[1].n_tx = 2;
  EXPECT_EQ(Error(), "worker 1 owns 2 transmit queues on port right, not one");
  layout->workers[1].tx = own;
}

TEST_F(Broken, QueuesThatAreNotThere)
{
  layout->workers[0].rx[0].queue = 2;
  EXPECT_EQ(Error(), "worker 0 has receive queue left/2, which is not there");
  layout->workers[0].rx[0].queue = 0;
  layout->workers[1].tx[0].port = 2;
  EXPECT_EQ(Error(), "worker 1 has a transmit queue on port 2, which is not there");
}

TEST_F(Broken, HandoffWithASecondProducerOrConsumer)
{
  ASSERT_EQ(layout->n_handoffs, 2u); // right: 0 to 1; left: 1 to 0
  layout->handoffs[1] = layout->handoffs[0];
  EXPECT_EQ(Error(), "worker 0 has 2 handoffs for port right, not one");
  layout->handoffs[1] = {1, 0, 1};
  EXPECT_EQ(Error(), "worker 1 hands packets for port right to worker 0, which owns no transmit "
                     "queue there");
}

TEST_F(Broken, HandoffToItselfOrToNobody)
{
  layout->handoffs[0] = {1, 1, 1};
  EXPECT_EQ(Error(), "worker 1 hands packets for port right to itself");
  layout->handoffs[0] = {0, 2, 1};
  EXPECT_EQ(Error(), "a handoff from worker 0 to worker 2 for port 1 names what is not there");
  layout->handoffs[0] = {0, 1, 32};
  EXPECT_EQ(Error(), "a handoff from worker 0 to worker 1 for port 32 names what is not there");
}

TEST_F(Broken, WorkerWithoutAWay)
{
  layout->n_handoffs = 1;
  EXPECT_EQ(Error(), "worker 1 receives packets for port left but has no way to it");
}

TEST_F(Broken, HandoffBesideAnOwnedQueueOrForNoPacket)
{
  Facts facts = Wire(2, 2).Core(2).Core(3);
  facts.kind = LAYOUT_RUN_TO_COMPLETION;
  layout = facts.Make();
  layout->n_handoffs = 1;
  layout->handoffs[0] = {0, 1, 0};
  EXPECT_EQ(Error(), "worker 0 has a handoff for port left and owns a transmit queue there");

  layout = Facts().Port("hole", 1, 0).Port("probe", 1, 2).Core(2).Core(3).Make();
  layout->n_handoffs = 1;
  layout->handoffs[0] = {0, 1, 1};
  EXPECT_EQ(Error(), "worker 0 has a handoff for port probe but receives no packet for it");
}

TEST_F(Broken, TransmitQueuesWhereNothingLeaves)
{
  layout->ports[0].reach = 0;
  EXPECT_EQ(Error(), "port right: packets cannot leave by it but it has 1 transmit queues");
  layout->ports[0].reach = 4;
  EXPECT_EQ(Error(), "packets may leave by a port that is not in the table");
}

TEST_F(Broken, Sizes)
{
  layout->workers[1].cpu = 2;
  EXPECT_EQ(Error(), "workers 0 and 1 are both on core 2");
  struct layout none = {};
  char error[256];
  EXPECT_FALSE(layout_check(&none, error, sizeof(error)));
  EXPECT_STREQ(error, "the table has 0 ports, not 1 to 32");
  none.n_ports = 1;
  EXPECT_FALSE(layout_check(&none, error, sizeof(error)));
  EXPECT_STREQ(error, "the table has 0 workers, not 1 to 127");
}

// Random facts, most of them possible and some not.
class Random
{
public:
  explicit Random(unsigned seed) : generator(seed) {}

  unsigned Below(unsigned n)
  {
    return std::uniform_int_distribution<unsigned>(0, n - 1)(generator);
  }

  int Node()
  {
    return int(Below(4)) - 1;
  }

  Facts Any()
  {
    Facts facts;
    facts.kind = static_cast<enum layout_kind>(Below(3));
    unsigned n_ports = 1 + Below(Below(3) == 0 ? LAYOUT_PORTS_MAX : 4);
    uint32_t mask = n_ports == 32 ? UINT32_MAX : (1u << n_ports) - 1;
    for (unsigned p = 0; p < n_ports; p++) {
      uint32_t reach = Below(4) == 0 ? 0 : uint32_t(generator()) & mask;
      facts.Port(names[p].c_str(), 1 + Below(6), reach, Below(3) == 0 ? 0 : 1 + Below(8), Node());
    }
    unsigned n_workers = 1 + Below(16);
    for (unsigned w = 0; w < n_workers; w++)
      facts.Core(w * 3, Node());
    if (facts.kind == LAYOUT_EXPLICIT)
      Assignment(&facts);
    return facts;
  }

private:
  void Assignment(Facts *facts)
  {
    for (const layout_core &core : facts->cores)
      facts->assigns.push_back({core.cpu, {}, {}, core.node});
    for (unsigned p = 0; p < facts->ports.size(); p++) {
      for (unsigned q = 0; q < facts->ports[p].rx_queues; q++) {
        unsigned copies = Below(200) == 0 ? Below(3) : 1;
        for (unsigned i = 0; i < copies; i++)
          One(facts).rx.push_back({p, q});
      }
      One(facts).tx.push_back(p);
      if (Below(8) == 0)
        One(facts).tx.push_back(p);
    }
  }

  Assign &One(Facts *facts)
  {
    return facts->assigns[Below(unsigned(facts->assigns.size()))];
  }

  static std::vector<std::string> MakeNames()
  {
    std::vector<std::string> made;
    for (unsigned p = 0; p < LAYOUT_PORTS_MAX; p++)
      made.push_back("port" + std::to_string(p));
    return made;
  }

  std::mt19937 generator;
  std::vector<std::string> names = MakeNames();
};

// Judges a table by the words of the header alone.
void ExpectRoutes(const Layout &layout)
{
  for (unsigned w = 0; w < layout->n_workers; w++) {
    uint32_t reach = 0;
    for (unsigned i = 0; i < layout->workers[w].n_rx; i++)
      reach |= layout->ports[layout->workers[w].rx[i].port].reach;
    for (unsigned p = 0; p < layout->n_ports; p++) {
      unsigned queue = 0;
      int route = layout_route(layout.get(), w, p, &queue);
      if (route >= 0) {
        const struct layout_handoff &handoff = layout->handoffs[route];
        EXPECT_EQ(handoff.from, w);
        EXPECT_EQ(handoff.port, p);
        route = layout_route(layout.get(), handoff.to, p, &queue);
        EXPECT_EQ(route, -1);
      }
      if (reach >> p & 1) {
        EXPECT_NE(route, -2);
      }
      if (route == -1) {
        EXPECT_LT(queue, layout->ports[p].tx_queues);
      }
    }
  }
}

TEST(Property, AnyFactsGiveARefusalOrAWholeTable)
{
  unsigned made[3] = {0, 0, 0};
  unsigned refused[3] = {0, 0, 0};
  for (unsigned seed = 0; seed < 6000; seed++) {
    Random random(seed);
    Facts facts = random.Any();
    std::string error;
    Layout layout = facts.Make(&error);
    if (layout == nullptr) {
      EXPECT_NE(error, "") << "seed " << seed;
      refused[facts.kind]++;
      continue;
    }
    made[facts.kind]++;
    char text[256] = "";
    EXPECT_TRUE(layout_check(layout.get(), text, sizeof(text))) << "seed " << seed << ": " << text;
    ExpectRoutes(layout);
    for (unsigned p = 0; p < layout->n_ports; p++) {
      unsigned max = facts.ports[p].max_tx_queues;
      EXPECT_TRUE(max == 0 || layout->ports[p].tx_queues <= max) << "seed " << seed;
      if (facts.kind == LAYOUT_PIPELINE) {
        EXPECT_LE(layout->ports[p].tx_queues, 1u) << "seed " << seed;
      }
    }
    if (testing::Test::HasFailure())
      break;
  }
  EXPECT_EQ(refused[LAYOUT_PIPELINE], 0u);
  EXPECT_EQ(refused[LAYOUT_RUN_TO_COMPLETION], 0u);
  EXPECT_GT(made[LAYOUT_EXPLICIT], 500u);
  EXPECT_GT(refused[LAYOUT_EXPLICIT], 100u);
}

TEST(Property, NoTableIsWiderThanATerminal)
{
  for (unsigned seed = 0; seed < 300; seed++) {
    Random random(seed);
    Facts facts = random.Any();
    std::string error;
    Layout layout = facts.Make(&error);
    if (layout == nullptr)
      continue;
    std::istringstream lines(Written(layout_print, layout.get()));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(line.size() <= 80 || line.rfind("note: ", 0) == 0) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << "'" << line << "'";
    }
  }
}

TEST(Print, Table)
{
  Layout layout = Wire().Core(2).Core(3).Make();
  EXPECT_EQ(Written(layout_print, layout.get()),
            "layout: pipeline, 2 workers, 2 ports, 2 handoffs\n"
            "\n"
            "worker  core  receives  transmits  hands over\n"
            "0       2     left/0    left/0     right to worker 1\n"
            "1       3     right/0   right/0    left to worker 0\n");
}

TEST(Print, LongListsGoOnBelowAndNotesFollow)
{
  Facts facts = Wire(16, 1).Core(2).Core(3);
  facts.ports[0].node = 1;
  facts.cores[0].node = facts.cores[1].node = 0;
  facts.Core(4, 1);
  Layout layout = facts.Make();
  EXPECT_EQ(Written(layout_print, layout.get()),
            "layout: pipeline, 2 workers, 2 ports, 2 handoffs\n"
            "\n"
            "worker  core  receives                              transmits  hands over\n"
            "0       2     right/0                               right/0    left to worker 1\n"
            "1       4     left/0, left/1, left/2, left/3,       left/0     right to worker 0\n"
            "              left/4, left/5, left/6, left/7,\n"
            "              left/8, left/9, left/10, left/11,\n"
            "              left/12, left/13, left/14, left/15\n"
            "\n"
            "note: core 3: nothing to do with 17 receive queues; left out\n");
}

TEST(Print, LongestNamesStandBelowOneAnother)
{
  std::string left(31, 'l');
  std::string right(31, 'r');
  Layout layout = Facts().Port(left.c_str(), 3, 2).Port(right.c_str(), 1, 1).Core(2).Core(3).Make();
  EXPECT_EQ(Written(layout_print, layout.get()),
            "layout: pipeline, 2 workers, 2 ports, 2 handoffs\n"
            "\n"
            "worker 0, core 2\n"
            "  receives    " +
                left +
                "/0,\n"
                "              " +
                left +
                "/2\n"
                "  transmits   " +
                left +
                "/0\n"
                "  hands over  " +
                right +
                " to worker 1\n"
                "\n"
                "worker 1, core 3\n"
                "  receives    " +
                left +
                "/1,\n"
                "              " +
                right +
                "/0\n"
                "  transmits   " +
                right +
                "/0\n"
                "  hands over  " +
                left + " to worker 0\n");
}

TEST(Dot, DrawsEveryQueueWorkerAndHandoff)
{
  Layout layout = Wire().Core(2).Core(3).Make();
  std::string dot = Written(layout_dot, layout.get());
  for (const char *part : {"digraph layout {\n  rankdir=LR;\n", "rx_0_0 [label=\"receive left/0\"]",
                           "rx_1_0 [label=\"receive right/0\"]", "label=\"worker 0\\ncore 2\"",
                           "label=\"worker 1\\ncore 3\"", "label=\"transmit left/0\\nby worker 0\"",
                           "label=\"transmit right/0\\nby worker 1\"", "rx_0_0 -> worker_0 ",
                           "rx_1_0 -> worker_1 ", "worker_0 -> handoff_0 ", "handoff_0 -> tx_1_0 ",
                           "worker_1 -> handoff_1 ", "handoff_1 -> tx_0_0 "})
    EXPECT_NE(dot.find(part), std::string::npos) << part << "\n" << dot;
  EXPECT_EQ(dot.find("worker_0 -> tx"), std::string::npos) << dot;
  EXPECT_EQ(dot.substr(dot.size() - 2), "}\n");
}

TEST(Dot, DrawsOwnedQueuesStraightAndEscapesNames)
{
  Layout layout = Facts().Port("a\"b\\", 1, 1).Core(2).Make();
  std::string dot = Written(layout_dot, layout.get());
  EXPECT_NE(dot.find("worker_0 -> tx_0_0 "), std::string::npos) << dot;
  EXPECT_NE(dot.find("receive a\\\"b\\\\/0"), std::string::npos) << dot;
  EXPECT_EQ(dot.find("handoff"), std::string::npos) << dot;
}

} // namespace
