// SPDX-License-Identifier: BSD-3-Clause
// Whatever the facts are: a whole table, or a refusal.
#include <random>

#include "layout_facts.h"

namespace
{

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
      EXPECT_TRUE(line.size() <= 80) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << "'" << line << "'";
    }
  }
}

} // namespace
