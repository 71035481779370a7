// SPDX-License-Identifier: BSD-3-Clause
// memif clients whose server ended while platter runs. DPDK's driver connects when the port starts
// and never again; so, when somebody listens there once more, the port is stopped and started,
// while no worker uses it. Until then its link is down. Control thread only.
#ifndef CONTROL_RECONNECT_H
#define CONTROL_RECONNECT_H

struct appliance;

// Looks after the ports that have lost their server. Call as often as the ports are looked at.
// `now`: monotonic seconds.
void reconnect_update(struct appliance *appliance, double now);

#endif
