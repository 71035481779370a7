// SPDX-License-Identifier: BSD-3-Clause
// A YAML text as a tree of maps, lists and scalars that all know their places. What a configuration
// has no use for is refused while the tree is built: duplicate keys, anchors and aliases, tags,
// several documents, deep nesting. Nothing here knows what the keys mean. Scalars are text; quotes
// make no difference but where nothing could be meant.
#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include "base/text.h"
#include "config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

enum document_type {
  DOCUMENT_REFUSED, // an error says why; whoever reads the tree passes over it in silence
  DOCUMENT_SCALAR,
  DOCUMENT_LIST,
  DOCUMENT_MAP,
};

struct document_node {
  enum document_type type;
  struct config_place place;     // of the value
  struct document_node *parent;  // NULL: the root
  size_t index;                  // in the parent
  char *key;                     // in a map, NUL-terminated; else NULL
  size_t key_length;             // bytes of key: a quoted key may hold NUL
  struct config_place key_place; // in a map
  char *text;                    // of a scalar, NUL-terminated; else NULL
  size_t length;                 // bytes of text, which may hold NUL too
  bool plain;                    // a scalar without quotes: where it is empty, there is no value
  size_t count;                  // children of a list or map
  struct document_node **child;  // in the order of the file
};

// Reads one YAML document. Returns the root, which document_free releases, with an error added for
// everything refused, or NULL with at least one error where the text is no YAML or holds nothing.
struct document_node *document_read(const char *text, size_t length, struct config_errors *errors);

void document_free(struct document_node *node); // NULL is allowed

// Adds an empty child at the end of a list or map; NULL where there is no memory.
struct document_node *document_add_child(struct document_node *parent);

// Keeps the first of those entries of a map that have the same key, and adds an error per other.
void document_drop_duplicates(struct document_node *map, struct config_errors *errors);

// The child of a map under this key, or NULL.
const struct document_node *document_find(const struct document_node *map, const char *key);

// What a message says was found: "'4x'", "nothing", "a list" or "a map".
struct text_shown document_found(const struct document_node *node);

// Adds an error about a node, at the place of its value, after its path ("ports.left.rx_queues").
void document_error(struct config_errors *errors, const struct document_node *node,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));

// The same at the place of its key; the root, which has none, lends its own place.
void document_key_error(struct config_errors *errors, const struct document_node *node,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));

// An error about a key of its map: at the place of the key, after the path of the map.
void document_map_error(struct config_errors *errors, const struct document_node *node,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));

#ifdef __cplusplus
}
#endif
#endif
