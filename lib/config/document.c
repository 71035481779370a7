// SPDX-License-Identifier: BSD-3-Clause
#include "config/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  PATH_SIZE = 512, // a longer path is cut: it already names five keys of the longest kind
  MESSAGE_SIZE = 2048,
};

void document_free(struct document_node *node)
{
  if (node == NULL)
    return;
  for (size_t i = 0; i < node->count; i++)
    document_free(node->child[i]);
  free(node->child);
  free(node->key);
  free(node->text);
  free(node);
}

struct document_node *document_add_child(struct document_node *parent)
{
  struct document_node *child = calloc(1, sizeof(*child));
  // The array has room for the next power of two: it grows when the count is one.
  if (child != NULL && (parent->count & (parent->count - 1)) == 0) {
    size_t room = parent->count == 0 ? 1 : parent->count * 2;
    struct document_node **array = realloc(parent->child, room * sizeof(struct document_node *));
    if (array == NULL) {
      free(child);
      return NULL;
    }
    parent->child = array;
  }
  if (child != NULL) {
    child->parent = parent;
    child->index = parent->count;
    parent->child[parent->count++] = child;
  }
  return child;
}

const struct document_node *document_find(const struct document_node *map, const char *key)
{
  for (size_t i = 0; i < map->count; i++) {
    if (text_is(map->child[i]->key, map->child[i]->key_length, key))
      return map->child[i];
  }
  return NULL;
}

struct text_shown document_found(const struct document_node *node)
{
  struct text_shown found = {"nothing"};
  if (node->type == DOCUMENT_LIST)
    snprintf(found.text, sizeof(found.text), "a list");
  else if (node->type == DOCUMENT_MAP)
    snprintf(found.text, sizeof(found.text), "a map");
  else if (node->length > 0)
    snprintf(found.text, sizeof(found.text), "'%.*s'", TEXT_SHOWN_LENGTH,
             text_show(node->text, node->length).text);
  return found;
}

// Writes "ports.left.rx_queues" or "forward[0].wire[1]" and returns its length; the root's is
// empty.
static size_t path_write(const struct document_node *node, char *path, size_t size)
{
  path[0] = '\0';
  if (node->parent == NULL)
    return 0;
  size_t used = path_write(node->parent, path, size);
  int more;
  if (node->key != NULL)
    more = snprintf(path + used, size - used, "%s%s", used > 0 ? "." : "",
                    text_show(node->key, node->key_length).text);
  else
    more = snprintf(path + used, size - used, "[%zu]", node->index);
  return (size_t)more < size - used ? used + (size_t)more : size - 1;
}

static void error_add(struct config_errors *errors, const struct document_node *subject,
                      struct config_place place, const char *format, va_list arguments)
{
  char message[MESSAGE_SIZE];
  char path[PATH_SIZE];
  size_t used = path_write(subject, path, sizeof(path));
  vsnprintf(message, sizeof(message), format, arguments);
  config_error_add(errors, place, "%s%s%s", path, used > 0 ? ": " : "", message);
}

void document_error(struct config_errors *errors, const struct document_node *node,
                    const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  error_add(errors, node, node->place, format, arguments);
  va_end(arguments);
}

void document_key_error(struct config_errors *errors, const struct document_node *node,
                        const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  error_add(errors, node, node->key != NULL ? node->key_place : node->place, format, arguments);
  va_end(arguments);
}

void document_map_error(struct config_errors *errors, const struct document_node *node,
                        const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  error_add(errors, node->parent, node->key_place, format, arguments);
  va_end(arguments);
}

static int compare_keys(const void *a, const void *b)
{
  const struct document_node *x = *(struct document_node *const *)a;
  const struct document_node *y = *(struct document_node *const *)b;
  if (x->key_length != y->key_length)
    return x->key_length < y->key_length ? -1 : 1;
  int order = memcmp(x->key, y->key, x->key_length);
  return order != 0 ? order : x->index < y->index ? -1 : x->index > y->index;
}

static int compare_indices(const void *a, const void *b)
{
  const struct document_node *x = *(struct document_node *const *)a;
  const struct document_node *y = *(struct document_node *const *)b;
  return x->index < y->index ? -1 : x->index > y->index;
}

// Sorted, because a file of 1 MiB has room for more keys than can be compared in pairs.
void document_drop_duplicates(struct document_node *map, struct config_errors *errors)
{
  if (map->count < 2)
    return;
  qsort(map->child, map->count, sizeof(struct document_node *), compare_keys);
  size_t kept = 1;
  for (size_t i = 1; i < map->count; i++) {
    struct document_node *child = map->child[i], *first = map->child[kept - 1];
    if (child->key_length != first->key_length ||
        memcmp(child->key, first->key, child->key_length) != 0) {
      map->child[kept++] = child;
      continue;
    }
    document_map_error(errors, child,
                       "expected each key once, found '%s' a second time, first on line %d",
                       text_show(child->key, child->key_length).text, first->key_place.line);
    document_free(child);
  }
  map->count = kept;
  qsort(map->child, map->count, sizeof(struct document_node *), compare_indices);
}
