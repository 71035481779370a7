// SPDX-License-Identifier: BSD-3-Clause
// Why a call into DPDK failed that returns nothing but NULL: a code that is never 0, for a 0 would
// read as success and some of DPDK's functions fail without setting rte_errno.
#ifndef DATAPATH_FAILURE_H
#define DATAPATH_FAILURE_H

#include <errno.h>

#include <rte_errno.h>

static inline int failure_code(void)
{
  return rte_errno > 0 ? -rte_errno : -EIO;
}

#endif
