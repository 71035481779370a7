// SPDX-License-Identifier: BSD-3-Clause
#include "host/log_limit.h"

bool log_limit_allows(struct log_limit *limit, double now, unsigned long *left_out)
{
  *left_out = 0;
  limit->room += limit->since == 0 ? LOG_LIMIT_BURST : (now - limit->since) * LOG_LIMIT_RATE;
  if (limit->room > LOG_LIMIT_BURST)
    limit->room = LOG_LIMIT_BURST;
  limit->since = now;
  if (limit->room < 1) {
    limit->left_out++;
    return false;
  }
  limit->room--;
  *left_out = limit->left_out;
  limit->left_out = 0;
  return true;
}
