// SPDX-License-Identifier: BSD-3-Clause
// From bytes to a configuration: document.h makes a tree of the text, the tables (option.h) make a
// struct config of the tree. Both only add to the list of errors; whether there is a configuration
// is decided at the end, by whether the list has grown.
#include "config/config.h"

#include "config/errors.h"
#include "config/sections.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const overload_words[] = {"auto", "wait", "drop", NULL};
static const char *const hugepages_words[] = {"auto", "on", "off", NULL};

static const struct option memory_options[] = {
    {"hugepages", option_word, offsetof(struct config, hugepages), .words = hugepages_words},
    {"mbufs", option_number, offsetof(struct config, mbufs), .min = CONFIG_MBUFS_MIN,
     .max = CONFIG_MBUFS_MAX, .zero = "auto"},
    {NULL},
};

static const struct option telemetry_options[] = {
    {"prefix", option_name, offsetof(struct config, prefix), .extra = "-"},
    {NULL},
};

static bool memory_read(struct reader *reader, const struct option *option,
                        const struct document_node *node, void *field)
{
  reader->config->memory_place = node->key_place;
  return option_section(reader, option, node, field);
}

static bool telemetry_read(struct reader *reader, const struct option *option,
                           const struct document_node *node, void *field)
{
  reader->config->telemetry_place = node->key_place;
  return option_section(reader, option, node, field);
}

static const struct option root_options[] = {
    {"ports", config_ports_read, .required = true},
    {"workers", config_workers_read},
    {"forward", config_forward_read, .required = true},
    {"rules", config_rules_read},
    {"overload", option_word, offsetof(struct config, overload), .words = overload_words},
    {"memory", memory_read, .options = memory_options},
    {"telemetry", telemetry_read, .options = telemetry_options},
    {NULL},
};

static struct config *config_new(const char *file)
{
  struct config *config = calloc(1, sizeof(*config));
  if (config == NULL)
    return NULL;
  strcpy(config->prefix, "platter");
  config->file = strdup(file);
  if (config->file == NULL) {
    free(config);
    return NULL;
  }
  return config;
}

void config_free(struct config *config)
{
  if (config == NULL)
    return;
  for (unsigned i = 0; i < config->n_ports; i++)
    free(config->ports[i].device);
  for (unsigned i = 0; i < config->n_assign; i++)
    free(config->assign[i].rx);
  free(config->assign);
  for (unsigned i = 0; i < config->n_forward; i++)
    config_forward_release(&config->forward[i]);
  free(config->forward);
  config_rules_free(config);
  free(config->file);
  free(config);
}

struct config *config_parse(const char *file, const char *text, size_t length,
                            const struct config_kind *kinds, size_t n_kinds,
                            struct config_errors *errors)
{
  size_t before = errors->count;
  if (length > CONFIG_FILE_MAX) {
    config_error_add(errors, (struct config_place){0}, "expected at most %d bytes, found more",
                     CONFIG_FILE_MAX);
    return NULL;
  }
  struct document_node *root = document_read(text, length, errors);
  struct config *config = config_new(file);
  if (config == NULL) {
    config_error_add(errors, (struct config_place){0}, "out of memory");
  } else if (root != NULL) {
    struct reader reader = {.config = config, .errors = errors, .kinds = kinds, .n_kinds = n_kinds};
    option_map(&reader, root_options, root, config);
  }
  document_free(root);
  config_errors_sort(errors, before);
  if (root == NULL || errors->count > before) {
    config_free(config);
    return NULL;
  }
  return config;
}
