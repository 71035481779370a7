// SPDX-License-Identifier: BSD-3-Clause
// Builds the tree of document.h from libyaml's events. A node is hung into the tree before its
// events are read, so that an error on the way knows its path and one document_free releases all
// there is. After a failure (bad YAML, no memory) `next` yields no more events and every loop ends.
#include "config/document.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config/yaml_problem.h"

enum { SKIP_DEPTH_MAX = 64 };

struct builder {
  yaml_parser_t parser;
  const char *text;
  size_t length;
  struct config_errors *errors;
  bool failed; // reported; the tree is incomplete
};

static struct config_place place_of(yaml_mark_t mark)
{
  return (struct config_place){.line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

static void out_of_memory(struct builder *builder)
{
  builder->failed = true;
  config_error_add(builder->errors, (struct config_place){0}, "out of memory");
}

static void report_failure(struct builder *builder)
{
  if (builder->parser.error == YAML_MEMORY_ERROR)
    out_of_memory(builder);
  else
    yaml_problem_add(&builder->parser, builder->text, builder->length, builder->errors);
  builder->failed = true;
}

// The caller deletes the event.
static bool next(struct builder *builder, yaml_event_t *event)
{
  if (builder->failed)
    return false;
  if (!yaml_parser_parse(&builder->parser, event)) {
    report_failure(builder);
    return false;
  }
  return true;
}

static bool is_start(const yaml_event_t *event)
{
  return event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
}

static bool is_end(const yaml_event_t *event)
{
  return event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
}

// Passes over the rest of a list or map whose start has been read and refused. It gives up on
// nesting that nobody writes: libyaml's time grows with the square of the depth.
static void skip(struct builder *builder)
{
  yaml_event_t event;
  for (size_t depth = 1; depth > 0 && next(builder, &event);) {
    depth += is_start(&event) ? 1 : 0;
    depth -= is_end(&event) ? 1 : 0;
    builder->failed = builder->failed || depth > SKIP_DEPTH_MAX;
    yaml_event_delete(&event);
  }
}

// Refuses an anchor or a tag; `node` is the value, or the value whose key the event is.
static void refuse_properties(struct builder *builder, const struct document_node *node,
                              const yaml_event_t *event)
{
  const yaml_char_t *anchor = NULL, *tag = NULL;
  if (event->type == YAML_SCALAR_EVENT) {
    anchor = event->data.scalar.anchor;
    tag = event->data.scalar.tag;
  } else if (event->type == YAML_SEQUENCE_START_EVENT) {
    anchor = event->data.sequence_start.anchor;
    tag = event->data.sequence_start.tag;
  } else if (event->type == YAML_MAPPING_START_EVENT) {
    anchor = event->data.mapping_start.anchor;
    tag = event->data.mapping_start.tag;
  }
  const char *name = anchor != NULL ? (const char *)anchor : (const char *)tag;
  if (name != NULL)
    document_error(builder->errors, node, "expected a plain value, found the %s '%s'",
                   anchor != NULL ? "anchor" : "tag", text_show(name, strlen(name)).text);
}

static char *copy(const yaml_event_t *event)
{
  size_t length = event->data.scalar.length;
  char *text = malloc(length + 1);
  if (text != NULL) {
    memcpy(text, event->data.scalar.value, length);
    text[length] = '\0';
  }
  return text;
}

static struct document_node *child_add(struct builder *builder, struct document_node *parent)
{
  struct document_node *child = document_add_child(parent);
  if (child == NULL)
    out_of_memory(builder);
  return child;
}

static void fill(struct builder *builder, struct document_node *node, const yaml_event_t *event,
                 int depth);

// Reads the key that `event` begins. False: refused, and the error is reported.
static bool read_key(struct builder *builder, struct document_node *child,
                     const yaml_event_t *event)
{
  child->place = child->key_place = place_of(event->start_mark);
  if (event->type == YAML_SCALAR_EVENT) {
    child->key = copy(event);
    if (child->key == NULL) {
      out_of_memory(builder);
      return false;
    }
    child->key_length = event->data.scalar.length;
    refuse_properties(builder, child, event);
    return true;
  }
  document_map_error(builder->errors, child, "expected a plain key, found %s",
                     event->type == YAML_ALIAS_EVENT            ? "an alias"
                     : event->type == YAML_SEQUENCE_START_EVENT ? "a list"
                                                                : "a map");
  if (is_start(event))
    skip(builder);
  return false;
}

static void add_entry(struct builder *builder, struct document_node *map, const yaml_event_t *event,
                      int depth)
{
  struct document_node *child = child_add(builder, map);
  if (child == NULL)
    return;
  bool good = read_key(builder, child, event);
  yaml_event_t value;
  if (next(builder, &value)) {
    fill(builder, child, &value, depth + 1);
    yaml_event_delete(&value);
  }
  if (!good) {
    document_free(child);
    map->count--;
  }
}

static void add_element(struct builder *builder, struct document_node *list,
                        const yaml_event_t *event, int depth)
{
  struct document_node *child = child_add(builder, list);
  if (child != NULL)
    fill(builder, child, event, depth + 1);
}

// A map of thousands of keys is none of ours: reading on would only cost time and memory.
static bool too_many_keys(struct builder *builder, const struct document_node *map)
{
  if (map->count < CONFIG_KEYS_MAX)
    return false;
  document_error(builder->errors, map, "expected at most %d keys, found more", CONFIG_KEYS_MAX);
  builder->failed = true;
  return true;
}

static void fill_collection(struct builder *builder, struct document_node *node, bool map,
                            int depth)
{
  if (depth > CONFIG_DEPTH_MAX) {
    document_error(builder->errors, node, "expected at most %d lists and maps in one another",
                   CONFIG_DEPTH_MAX);
    skip(builder);
    return;
  }
  node->type = map ? DOCUMENT_MAP : DOCUMENT_LIST;
  yaml_event_t event;
  for (bool end = false; !end && next(builder, &event);) {
    end = is_end(&event);
    if (!end && map && !too_many_keys(builder, node))
      add_entry(builder, node, &event, depth);
    else if (!end && !map)
      add_element(builder, node, &event, depth);
    yaml_event_delete(&event);
  }
  if (map && !builder->failed)
    document_drop_duplicates(node, builder->errors);
}

// Reads the value that `event` begins; `depth` is that of the value, the root's is 1.
static void fill(struct builder *builder, struct document_node *node, const yaml_event_t *event,
                 int depth)
{
  node->place = place_of(event->start_mark);
  refuse_properties(builder, node, event);
  if (is_start(event)) {
    fill_collection(builder, node, event->type == YAML_MAPPING_START_EVENT, depth);
  } else if (event->type == YAML_ALIAS_EVENT) {
    const char *anchor = (const char *)event->data.alias.anchor;
    document_error(builder->errors, node, "expected a plain value, found the alias '%s'",
                   text_show(anchor, strlen(anchor)).text);
  } else {
    node->type = DOCUMENT_SCALAR;
    node->length = event->data.scalar.length;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = copy(event);
    if (node->text == NULL)
      out_of_memory(builder);
  }
}

// Reads the stream: nothing, or one document.
static struct document_node *build(struct builder *builder)
{
  struct document_node *root = NULL;
  yaml_event_t event;
  for (bool end = false; !end && next(builder, &event);) {
    if (event.type == YAML_STREAM_END_EVENT) {
      end = true;
    } else if (event.type == YAML_DOCUMENT_START_EVENT && root != NULL) {
      config_error_add(builder->errors, place_of(event.start_mark),
                       "expected one YAML document, found a second");
      end = true;
    } else if (event.type == YAML_DOCUMENT_START_EVENT) {
      root = calloc(1, sizeof(*root));
      if (root == NULL)
        out_of_memory(builder);
    } else if (event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT ||
               is_start(&event)) {
      fill(builder, root, &event, 1);
    }
    yaml_event_delete(&event);
  }
  return root;
}

struct document_node *document_read(const char *text, size_t length, struct config_errors *errors)
{
  static const char byte_order_mark[] = "\xef\xbb\xbf"; // libyaml takes it for a character
  if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
    text += 3;
    length -= 3;
  }
  struct builder builder = {.text = text, .length = length, .errors = errors};
  if (!yaml_parser_initialize(&builder.parser)) {
    out_of_memory(&builder);
    return NULL;
  }
  yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&builder.parser, (const unsigned char *)text, length);
  struct document_node *root = build(&builder);
  yaml_parser_delete(&builder.parser);
  if (root == NULL && !builder.failed)
    config_error_add(errors, (struct config_place){0}, "expected a configuration, found nothing");
  if (builder.failed) {
    document_free(root);
    root = NULL;
  }
  return root;
}
