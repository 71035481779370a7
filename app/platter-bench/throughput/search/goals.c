// SPDX-License-Identifier: BSD-3-Clause
#include "throughput/search/search.h"

const struct goal goal_ndr = {"NDR", 1, 1, 21, 0, 0.5, 0.005};
const struct goal goal_pdr = {"PDR", 1, 1, 21, 0.005, 0.5, 0.005};
const struct goal goal_rfc2544 = {"RFC 2544 throughput", 60, 1, 60, 0, 0, 0.005};
const struct goal goal_tst009 = {"TST009 throughput", 60, 1, 120, 0, 0.5, 0.005};

bool goal_is_rfc2544(const struct goal *goal)
{
  return goal->loss == 0 && goal->exceed == 0 && goal->final_seconds >= 60;
}
