// SPDX-License-Identifier: BSD-3-Clause
// `workers`: either cores and a layout, or an explicit assignment, which says both itself; with
// either, the size of the handoffs between them.
#include "config/sections.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const layout_words[] = {"pipeline", "run-to-completion", NULL};

// Notes the first place of something that may stand once. False: it stood before, and an error
// says where.
static bool once(struct reader *reader, const struct document_node *node,
                 struct config_place *first, const char *what)
{
  if (first->line == 0) {
    *first = node->place;
    return true;
  }
  document_error(reader->errors, node,
                 "expected each %s once, found %s a second time, first on "
                 "line %d",
                 what, document_found(node).text, first->line);
  return false;
}

static bool core_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  static const struct option number = {.max = OPTION_CORE_MAX};
  unsigned core;
  if (!option_number(reader, &number, node, &core) ||
      !once(reader, node, &reader->core_used[core], "core"))
    return false;
  *(unsigned *)field = core;
  return true;
}

static bool cores_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  struct config *config = field;
  struct option_elements list;
  if (!option_elements(reader, node, "cores", &list))
    return false;
  option_count(reader, node, "cores", 1, CONFIG_CORES_MAX);
  for (size_t i = 0; i < list.count; i++) {
    unsigned core;
    if (!core_read(reader, option, list.child[i], &core) || config->n_cores == CONFIG_CORES_MAX)
      continue;
    config->core_place[config->n_cores] = list.child[i]->place;
    config->cores[config->n_cores++] = core;
  }
  return true;
}

// Reads "left/0".
static bool queue_read(struct reader *reader, const struct document_node *node,
                       struct config_queue *queue)
{
  static const char what[] = "PORT/QUEUE";
  if (!option_is_scalar(reader, node, what))
    return false;
  const char *slash = memrchr(node->text, '/', node->length);
  if (slash == NULL) {
    option_refuse(reader, node, what, NULL);
    return false;
  }
  size_t name = (size_t)(slash - node->text);
  int port = config_port_find(reader, node, node->text, name, NULL);
  if (port == PORT_UNREADABLE)
    return false;
  unsigned queues = reader->config->ports[port].rx_queues;
  queue->port = (unsigned)port;
  queue->place = node->place;
  if (!text_number(slash + 1, node->length - name - 1, 0, queues - 1, &queue->queue)) {
    document_error(reader->errors, node,
                   "expected a receive queue from 0 to %u after '/', found %s", queues - 1,
                   document_found(node).text);
    return false;
  }
  return once(reader, node, &reader->queue_used[port][queue->queue], "receive queue");
}

static bool rx_read(struct reader *reader, const struct option *option,
                    const struct document_node *node, void *field)
{
  struct config_assign *assign = field;
  struct option_elements list;
  if (!option_elements(reader, node, "receive queues", &list))
    return false;
  assign->rx = calloc(list.count, sizeof(*assign->rx));
  if (assign->rx == NULL && list.count > 0) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  for (size_t i = 0; i < list.count; i++) {
    struct config_queue queue;
    if (queue_read(reader, list.child[i], &queue))
      assign->rx[assign->n_rx++] = queue;
  }
  return true;
}

static bool tx_read(struct reader *reader, const struct option *option,
                    const struct document_node *node, void *field)
{
  struct config_assign *assign = field;
  struct config_place used[CONFIG_PORTS_MAX] = {0};
  struct option_elements list;
  if (!option_elements(reader, node, "ports", &list))
    return false;
  for (size_t i = 0; i < list.count; i++) {
    const struct document_node *name = list.child[i];
    if (!option_is_scalar(reader, name, "the name of a port"))
      continue;
    int port = config_port_find(reader, name, name->text, name->length, NULL);
    if (port != PORT_UNREADABLE && once(reader, name, &used[port], "port"))
      assign->tx[assign->n_tx++] = (unsigned)port;
  }
  return true;
}

static const struct option assign_options[] = {
    {"core", core_read, offsetof(struct config_assign, core), .required = true},
    {"rx", rx_read},
    {"tx", tx_read},
    {NULL},
};

static bool assign_read(struct reader *reader, const struct option *option,
                        const struct document_node *node, void *field)
{
  struct config *config = field;
  if (!option_is_list(reader, node, "workers"))
    return false;
  option_count(reader, node, "workers", 1, CONFIG_CORES_MAX);
  // Cores that stand beside the assignment are refused as a whole, not one by one.
  memset(reader->core_used, 0, sizeof(reader->core_used));
  size_t count = node->count < CONFIG_CORES_MAX ? node->count : CONFIG_CORES_MAX;
  config->assign = calloc(count, sizeof(*config->assign));
  if (config->assign == NULL && count > 0) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    const struct document_node *worker = node->child[i];
    struct config_assign *assign = &config->assign[config->n_assign++];
    assign->place = worker->place;
    if (option_map(reader, assign_options, worker, assign) && document_find(worker, "rx") == NULL &&
        document_find(worker, "tx") == NULL)
      document_error(reader->errors, worker, "expected the key 'rx' or 'tx', found neither");
  }
  return true;
}

static const struct option workers_options[] = {
    {"cores", cores_read},
    {"layout", option_word, offsetof(struct config, layout), .words = layout_words},
    {"assign", assign_read},
    {"handoff", option_number, offsetof(struct config, handoff), .min = CONFIG_HANDOFF_MIN,
     .max = CONFIG_HANDOFF_MAX, .zero = "auto"},
    {NULL},
};

// An assignment says which cores work and what each does: nothing else may say so.
static void refuse_beside_assign(struct reader *reader, const struct document_node *workers,
                                 const char *key)
{
  const struct document_node *assign = document_find(workers, "assign");
  const struct document_node *other = document_find(workers, key);
  if (assign != NULL && other != NULL)
    document_key_error(reader->errors, other,
                       "expected either '%s' or 'assign', found 'assign' on line %d too", key,
                       assign->key_place.line);
}

bool config_workers_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field)
{
  if (!option_map(reader, workers_options, node, field))
    return false;
  refuse_beside_assign(reader, node, "cores");
  refuse_beside_assign(reader, node, "layout");
  return true;
}
