// SPDX-License-Identifier: BSD-3-Clause
// What the kind `wire` of `forward` is given: a list of two ports, or a map of them and of
// settings.
#include <stddef.h>

#include "config/sections.h"
#include "features/feature.h"

static bool ports_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field)
{
  reader->entry_known = config_forward_ports(reader, field, node);
  return reader->entry_known;
}

static const struct option options[] = {
    {"ports", ports_read, .required = true},
    {"link_follow", option_bool, offsetof(struct config_forward, link_follow)},
    {NULL},
};

static bool wire_read(struct reader *reader, const struct document_node *node,
                      struct config_forward *forward)
{
  if (node->type != DOCUMENT_MAP)
    return config_forward_ports(reader, forward, node);
  reader->entry_known = false;
  option_map(reader, options, node, forward);
  return reader->entry_known;
}

const struct feature wire_feature = {
    .name = "wire",
    .settings = {.read = wire_read, .between = " <-> "},
};
