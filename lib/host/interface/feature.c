// SPDX-License-Identifier: BSD-3-Clause
// Features of an interface, as `ethtool -k` shows them (linux/ethtool.h): named strings, and a bit
// for each in blocks of 32.
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "host/interface/interface.h"

enum { FEATURES_MAX = 256, BLOCK_BITS = 32, BLOCKS_MAX = FEATURES_MAX / BLOCK_BITS };

static int ask(unsigned index, void *request)
{
  struct ifreq ifr = {.ifr_data = request};
  return interface_ask(SIOCETHTOOL, index, &ifr);
}

static int count(unsigned index)
{
  struct {
    struct ethtool_sset_info head;
    uint32_t count;
  } request = {.head = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = UINT64_C(1) << ETH_SS_FEATURES}};
  int status = ask(index, &request);
  if (status != 0)
    return status;
  return request.head.sset_mask != 0 && request.count <= FEATURES_MAX ? (int)request.count
                                                                      : -EOPNOTSUPP;
}

// The number of a feature among `n`, or -errno.
static int find(unsigned index, const char *name, unsigned n)
{
  struct ethtool_gstrings *strings = calloc(1, sizeof(*strings) + n * ETH_GSTRING_LEN);
  if (strings == NULL)
    return -ENOMEM;
  *strings =
      (struct ethtool_gstrings){.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES, .len = n};
  int found = ask(index, strings);
  for (unsigned i = 0; found == 0 && i < n; i++)
    if (strncmp((const char *)strings->data + i * ETH_GSTRING_LEN, name, ETH_GSTRING_LEN) == 0) {
      free(strings);
      return i;
    }
  free(strings);
  return found != 0 ? found : -EOPNOTSUPP;
}

static int locate(unsigned index, const char *name)
{
  int n = count(index);
  return n < 0 ? n : find(index, name, n);
}

int interface_feature(unsigned index, const char *name)
{
  struct {
    struct ethtool_gfeatures head;
    struct ethtool_get_features_block block[BLOCKS_MAX];
  } request = {.head = {.cmd = ETHTOOL_GFEATURES, .size = BLOCKS_MAX}};
  int feature = locate(index, name);
  int status = feature < 0 ? feature : ask(index, &request);
  if (status != 0)
    return status;
  return request.block[feature / BLOCK_BITS].active >> feature % BLOCK_BITS & 1;
}

int interface_set_feature(unsigned index, const char *name, bool on)
{
  struct {
    struct ethtool_sfeatures head;
    struct ethtool_set_features_block block[BLOCKS_MAX];
  } request = {.head = {.cmd = ETHTOOL_SFEATURES}};
  int n = count(index), feature = n < 0 ? n : find(index, name, n);
  if (feature < 0)
    return feature;
  request.head.size = (n + BLOCK_BITS - 1) / BLOCK_BITS;
  request.block[feature / BLOCK_BITS].valid = UINT32_C(1) << feature % BLOCK_BITS;
  request.block[feature / BLOCK_BITS].requested = (uint32_t)on << feature % BLOCK_BITS;
  int status = ask(index, &request);
  if (status != 0)
    return status;
  return interface_feature(index, name) == on ? 0 : -EOPNOTSUPP;
}
