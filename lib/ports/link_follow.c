// SPDX-License-Identifier: BSD-3-Clause
#include "ports/link_follow.h"

void link_follow_start(struct link_follow *follow, double now)
{
  double settled = now + LINK_FOLLOW_SETTLE_SECONDS;
  *follow = (struct link_follow){.held = LINK_FOLLOW_NONE,
                                 .patience = LINK_FOLLOW_SETTLE_SECONDS,
                                 .settled = {settled, settled}};
}

static int release(struct link_follow *follow, double now)
{
  follow->settled[follow->held] = now + follow->patience;
  follow->settled[1 - follow->held] = 0;
  follow->held = LINK_FOLLOW_NONE;
  return LINK_FOLLOW_NONE; // what was read of its link is of when it was held
}

static int hold(struct link_follow *follow, int side)
{
  int other = 1 - side;
  if (follow->settled[other] > 0) { // it had its time and did not come up in it
    double longer = 2 * follow->patience;
    follow->patience =
        longer < LINK_FOLLOW_SETTLE_MAX_SECONDS ? longer : LINK_FOLLOW_SETTLE_MAX_SECONDS;
  }
  follow->settled[0] = follow->settled[1] = 0;
  follow->held = side;
  return side;
}

int link_follow_step(struct link_follow *follow, const bool up[2], double now)
{
  if (follow->held != LINK_FOLLOW_NONE)
    return up[1 - follow->held] ? release(follow, now) : follow->held;
  if (up[0] && up[1])
    follow->patience = LINK_FOLLOW_SETTLE_SECONDS;
  for (int side = 0; side < 2; side++)
    if (up[side])
      follow->settled[side] = 0;
  for (int side = 0; side < 2; side++) {
    bool alive = up[side] || now < follow->settled[side]; // or about to be
    if (alive && !up[1 - side] && now >= follow->settled[1 - side])
      return hold(follow, side);
  }
  return LINK_FOLLOW_NONE;
}
