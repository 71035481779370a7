// SPDX-License-Identifier: BSD-3-Clause
// Ports whose device goes while platter runs: the workers let go of it, packets to it are dropped
// (reason `absent`) and counted, everything else goes on. When the device is there again, the port
// is set up as at start and traffic flows as before. Control thread only.
#ifndef CONTROL_HOTPLUG_H
#define CONTROL_HOTPLUG_H

struct appliance;

// Takes away what leaves, and brings back what has returned. Call as often as the ports are looked
// at. `now`: monotonic seconds.
void hotplug_update(struct appliance *appliance, double now);

#endif
