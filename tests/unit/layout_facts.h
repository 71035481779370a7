// SPDX-License-Identifier: BSD-3-Clause
// What layout_make is asked and what it answers, in forms that a test can write in a line.
#ifndef TESTS_UNIT_LAYOUT_FACTS_H
#define TESTS_UNIT_LAYOUT_FACTS_H

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "layout/layout.h"

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
inline Facts Wire(unsigned left_queues = 1, unsigned right_queues = 1)
{
  return Facts().Port("left", left_queues, 2).Port("right", right_queues, 1);
}

inline std::string Queues(const struct layout *layout, const struct layout_queue *queues,
                          unsigned n)
{
  std::ostringstream out;
  for (unsigned i = 0; i < n; i++)
    out << (i > 0 ? " " : "") << layout->ports[queues[i].port].name << "/" << queues[i].queue;
  return out.str();
}

// One worker: "2: left/0 > left/0 > right@1": core, receive, transmit, handoffs.
inline std::string Worker(const Layout &layout, unsigned w)
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

inline std::vector<std::string> Table(const Layout &layout)
{
  std::vector<std::string> table;
  for (unsigned w = 0; layout != nullptr && w < layout->n_workers; w++)
    table.push_back(Worker(layout, w));
  return table;
}

inline std::vector<std::string> Notes(const Layout &layout)
{
  return std::vector<std::string>(layout->notes, layout->notes + layout->n_notes);
}

using Strings = std::vector<std::string>;

template <typename Result>
std::string Written(Result (*write)(const struct layout *, FILE *), const struct layout *layout)
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

#endif
