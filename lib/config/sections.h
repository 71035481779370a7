// SPDX-License-Identifier: BSD-3-Clause
// The sections of a configuration that need more than a table.
#ifndef CONFIG_SECTIONS_H
#define CONFIG_SECTIONS_H

#include "config/option.h"

enum {
  PORT_UNREADABLE = -1, // an error says why, now or earlier
};

// ports.c: `ports`. The field is unused: it fills reader->config.
bool config_ports_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field);

// The index of the port that the text names, part of `node` or all of it; PORT_UNREADABLE after an
// error where there is no such port, or without one where the ports themselves were unreadable.
// `meant` (NULL is allowed), indexed by port, is set for the port that the error suggests.
int config_port_find(struct reader *reader, const struct document_node *node, const char *text,
                     size_t length, bool *meant);

// device.c: the device in its normal form (a PCI address in full and in lower case, arguments
// kept), which the caller frees. NULL with `*invalid` set: the text names no device; else: no
// memory.
char *config_device_normal(const char *text, size_t length, bool *invalid);

// Why no port may have this device, whose form is right: a driver that runs commands, or can be
// told to; a memif server that lets everybody in. NULL: it may.
const char *config_device_refusal(const char *device);

// workers.c: the options of `workers`, and the rules between them.
bool config_workers_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field);

// forward.c: `forward`.
bool config_forward_read(struct reader *reader, const struct option *option,
                         const struct document_node *node, void *field);

// Adds the port that `name` names (a scalar) to an entry of `forward`. False: which port is meant
// is not known.
bool config_forward_port(struct reader *reader, struct config_forward *forward,
                         const struct document_node *name);

// Adds the ports that a list names. False: which ports are meant is not known.
bool config_forward_ports(struct reader *reader, struct config_forward *forward,
                          const struct document_node *list);

// Frees what its kind has read into an entry.
void config_forward_release(struct config_forward *forward);

// rules.c: `rules`, and what they hold.
bool config_rules_read(struct reader *reader, const struct option *option,
                       const struct document_node *node, void *field);

// match_any.c: `match_any` of a rule. The field is a struct config_match_any, whose prefixes the
// caller frees.
bool config_match_any_read(struct reader *reader, const struct option *option,
                           const struct document_node *node, void *field);

void config_rules_free(struct config *config);

#endif
