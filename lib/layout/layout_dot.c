// SPDX-License-Identifier: BSD-3-Clause
// The picture reads from left to right like a packet's way: receive queue, worker, handoff,
// transmit queue. A handoff's arrow ends at the transmit queue and not at the worker that empties
// it, or every wire between two workers would be a circle; colour says whose work an arrow is.
#include "layout/dot.h"
#include "layout/layout.h"

// Graphviz' dark28 scheme has colours 1 to 8.
static unsigned color(unsigned worker)
{
  return worker % 8 + 1;
}

static void write_receive_queues(const struct layout *layout, FILE *out)
{
  fputs("  { rank=same; node [shape=box];\n", out);
  for (unsigned p = 0; p < layout->n_ports; p++) {
    for (unsigned q = 0; q < layout->ports[p].rx_queues; q++) {
      fprintf(out, "    rx_%u_%u [label=\"receive ", p, q);
      dot_escape(layout->ports[p].name, out);
      fprintf(out, "/%u\"];\n", q);
    }
  }
  fputs("  }\n", out);
}

static void write_transmit_queues(const struct layout *layout, FILE *out)
{
  fputs("  { rank=same; node [shape=box];\n", out);
  for (unsigned w = 0; w < layout->n_workers; w++) {
    const struct layout_worker *worker = &layout->workers[w];
    for (unsigned i = 0; i < worker->n_tx; i++) {
      const struct layout_queue *tx = &worker->tx[i];
      fprintf(out, "    tx_%u_%u [color=%u, label=\"transmit ", tx->port, tx->queue, color(w));
      dot_escape(layout->ports[tx->port].name, out);
      fprintf(out, "/%u\\nby worker %u\"];\n", tx->queue, w);
    }
  }
  fputs("  }\n", out);
}

static void write_workers(const struct layout *layout, FILE *out)
{
  fputs("  { rank=same; node [shape=ellipse, style=filled, fontcolor=white];\n", out);
  for (unsigned w = 0; w < layout->n_workers; w++)
    fprintf(out, "    worker_%u [color=%u, label=\"worker %u\\ncore %u\"];\n", w, color(w), w,
            layout->workers[w].cpu);
  // Edges that are not drawn keep the workers in order from top to bottom.
  for (unsigned w = 1; w < layout->n_workers; w++)
    fprintf(out, "    worker_%u -> worker_%u [style=invis];\n", w - 1, w);
  fputs("  }\n", out);
}

static uint32_t write_polls(const struct layout *layout, unsigned w, FILE *out)
{
  const struct layout_worker *worker = &layout->workers[w];
  uint32_t reach = 0;
  for (unsigned i = 0; i < worker->n_rx; i++) {
    reach |= layout->ports[worker->rx[i].port].reach;
    fprintf(out, "  rx_%u_%u -> worker_%u [color=%u];\n", worker->rx[i].port, worker->rx[i].queue,
            w, color(w));
  }
  return reach;
}

// From the worker to each port that its packets may leave by: straight, or through a handoff.
static void write_routes(const struct layout *layout, unsigned w, uint32_t reach, FILE *out)
{
  for (unsigned p = 0; p < layout->n_ports; p++) {
    unsigned queue = 0;
    int route = reach >> p & 1 ? layout_route(layout, w, p, &queue) : -2;
    if (route == -1)
      fprintf(out, "  worker_%u -> tx_%u_%u [color=%u];\n", w, p, queue, color(w));
    if (route < 0)
      continue;
    unsigned to = layout->handoffs[route].to;
    fprintf(out,
            "  handoff_%d [shape=cds, margin=\"0.15,0.1\", label=\"handoff\\nto worker %u\"];\n",
            route, to);
    fprintf(out, "  worker_%u -> handoff_%d [color=%u];\n", w, route, color(w));
    if (layout_route(layout, to, p, &queue) == -1)
      fprintf(out, "  handoff_%d -> tx_%u_%u [color=%u];\n", route, p, queue, color(to));
  }
}

void layout_dot(const struct layout *layout, FILE *out)
{
  fprintf(out,
          "  subgraph cluster_layout {\n"
          "  label=\"layout: %s\";\n"
          "  node [fontname=\"sans-serif\", fontsize=11, colorscheme=dark28];\n"
          "  edge [colorscheme=dark28];\n",
          layout_kind_name(layout->kind));
  write_receive_queues(layout, out);
  write_workers(layout, out);
  write_transmit_queues(layout, out);
  for (unsigned w = 0; w < layout->n_workers; w++) {
    uint32_t reach = write_polls(layout, w, out);
    write_routes(layout, w, reach, out);
  }
  fputs("  }\n", out);
}
