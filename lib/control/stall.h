// SPDX-License-Identifier: BSD-3-Clause
// Workers that do not come back: from a driver that waits for the kernel, or because something else
// has their core. Said once each time, and when it is over. Control thread only.
#ifndef CONTROL_STALL_H
#define CONTROL_STALL_H

#include <stdbool.h>
#include <stddef.h>

struct appliance;
struct worker;

// Of one worker; times in monotonic seconds.
struct stall {
  double answered; // last
  double cpu;      // seconds of processor time that its thread had had by then
  bool said;
};

// Call when workers were asked for their snapshots. `now`: monotonic seconds.
void stall_update(struct appliance *appliance, double now);

// Seconds of processor time that a worker's thread has had; 0: it has none yet, or no more.
double stall_cpu(const struct worker *worker);

// Whether the worker is inside a driver, or whatever holds it, for good as far as one can tell: it
// sleeps in the kernel, or has had half a second of processor time since it last answered. One that
// merely was given no time will come.
bool stall_certain(const struct appliance *appliance, unsigned worker);

// Says it now, unless it was said.
void stall_say(struct appliance *appliance, unsigned worker, double now);

// Where the worker is: "the driver of port right (net_pcap)", or "" outside of drivers.
void stall_place(const struct appliance *appliance, unsigned worker, char *text, size_t size);

#endif
