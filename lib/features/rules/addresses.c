// SPDX-License-Identifier: BSD-3-Clause
// Makes a set of addresses out of networks, in any order. Control thread; whoever makes it owns it.
#include "features/rules/addresses.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
  const struct addresses_network *x = a, *y = b;
  if (x->ipv6 != y->ipv6)
    return x->ipv6 ? 1 : -1;
  int order = memcmp(x->address, y->address, sizeof(x->address));
  return order != 0 ? order : (x->bits > y->bits) - (x->bits < y->bits);
}

static void set_bit(uint64_t *bits, unsigned at)
{
  bits[at / 64] |= UINT64_C(1) << at % 64;
}

// The power of two that has room for so many.
static size_t room(size_t n)
{
  size_t room = 1;
  while (room < n)
    room *= 2;
  return room;
}

// Room for `more` behind the `used`.
static void *grow(void *array, uint32_t used, uint32_t more, size_t size)
{
  size_t wanted = room((size_t)used + more);
  return array != NULL && wanted == room(used) ? array : realloc(array, wanted * size);
}

// Networks that have the first `level` bytes in common.
struct range {
  const struct addresses_network *first, *end;
};

// Where the run of networks with the same byte at `level` ends.
static const struct addresses_network *run_end(struct range range, unsigned level)
{
  const struct addresses_network *at = range.first;
  while (at < range.end && at->address[level] == range.first->address[level])
    at++;
  return at;
}

// Whether a network of the run reaches no further than this level: then it has all of the byte's
// addresses. Those with fewer bits have the bytes behind theirs as well.
static void mark_all(struct addresses_node *node, struct range range, unsigned level)
{
  for (const struct addresses_network *at = range.first; at < range.end; at++) {
    if (at->bits > 8 * (level + 1))
      continue;
    unsigned free = at->bits > 8 * level ? 8 * (level + 1) - at->bits : 8;
    for (unsigned b = 0; b < 1u << free; b++)
      set_bit(node->all, at->address[level] + b);
  }
}

// Adds the leaves, and room for the nodes, that a node leads to. False: no memory.
static bool add_children(struct addresses *set, uint32_t number, struct range range, unsigned level)
{
  struct addresses_node *node = &set->node[number];
  uint32_t nodes = 0;
  node->leaves = set->n_leaves;
  node->nodes = set->n_nodes;
  for (struct range run = range; run.first < range.end; run.first = run.end) {
    run.end = run_end((struct range){run.first, range.end}, level);
    if (addresses_bit(node->all, run.first->address[level]))
      continue;
    if (run.end - run.first > 1) {
      set_bit(node->node, run.first->address[level]);
      nodes++;
      continue;
    }
    struct addresses_network *leaf = grow(set->leaf, set->n_leaves, 1, sizeof(*leaf));
    if (leaf == NULL)
      return false;
    set->leaf = leaf;
    set->leaf[set->n_leaves++] = *run.first;
    set_bit(node->leaf, run.first->address[level]);
  }
  struct addresses_node *longer = grow(set->node, set->n_nodes, nodes, sizeof(*longer));
  if (longer == NULL)
    return false;
  set->node = longer;
  memset(&set->node[set->n_nodes], 0, nodes * sizeof(*longer));
  set->n_nodes += nodes;
  return true;
}

static bool fill(struct addresses *set, uint32_t number, struct range range, unsigned level)
{
  mark_all(&set->node[number], range, level);
  if (!add_children(set, number, range, level))
    return false;
  uint32_t child = set->node[number].nodes;
  for (struct range run = range; run.first < range.end; run.first = run.end) {
    run.end = run_end((struct range){run.first, range.end}, level);
    if (addresses_bit(set->node[number].node, run.first->address[level]) &&
        !fill(set, child++, run, level + 1))
      return false;
  }
  return true;
}

struct addresses *addresses_make(const struct addresses_network *network, size_t n)
{
  struct addresses *set = calloc(1, sizeof(*set));
  struct addresses_network *sorted = calloc(n + 1, sizeof(*sorted));
  bool good = set != NULL && sorted != NULL;
  if (good) {
    set->node = calloc(2, sizeof(*set->node));
    set->n_nodes = 2;
    good = set->node != NULL;
  }
  if (good) {
    if (n > 0)
      memcpy(sorted, network, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), compare);
    size_t n4 = 0;
    while (n4 < n && !sorted[n4].ipv6)
      n4++;
    good = fill(set, 0, (struct range){sorted, sorted + n4}, 0) &&
           fill(set, 1, (struct range){sorted + n4, sorted + n}, 0);
  }
  free(sorted);
  if (good)
    return set;
  addresses_free(set);
  return NULL;
}

void addresses_free(struct addresses *set)
{
  if (set == NULL)
    return;
  free(set->node);
  free(set->leaf);
  free(set);
}
