// SPDX-License-Identifier: BSD-3-Clause
// What appliance_start.c, appliance.c (while it runs), appliance_stop.c, gather.c (figures),
// hotplug.c and telemetry's commands share. Nobody else includes this.
#ifndef CONTROL_APPLIANCE_INTERNAL_H
#define CONTROL_APPLIANCE_INTERNAL_H

#include "control/appliance.h"
#include "control/assemble.h"
#include "control/bridge.h"
#include "control/circling.h"
#include "control/loop.h"
#include "control/plan.h"
#include "control/port.h"
#include "control/reconnect.h"
#include "control/rules.h"
#include "control/stall.h"
#include "control/wires.h"

// Where the last rates were taken from.
struct mark {
  double at, next; // monotonic seconds; when they are due again
  uint64_t received[CONFIG_PORTS_MAX], transmitted[CONFIG_PORTS_MAX];
  uint64_t busy[LAYOUT_WORKERS_MAX], idle[LAYOUT_WORKERS_MAX], moved[LAYOUT_WORKERS_MAX];
};

// See hotplug.h. Of one port; times in monotonic seconds.
struct hotplug {
  bool leaves;         // the device was taken from the workers, and is not let go yet
  uint64_t detachment; // see datapath_detach
  double waits_until;  // for the workers, before it is said that one does not come
  double retry;
  char error[512]; // why it did not come back, when last tried
};

struct appliance {
  const struct config *config;
  struct loop *loop; // until everything that can be in it is gone
  struct plan plan;
  struct forwarding forwarding;
  bool eal; // started
  struct port port[CONFIG_PORTS_MAX];
  struct hotplug hotplug[CONFIG_PORTS_MAX];
  struct reconnect reconnect[CONFIG_PORTS_MAX];
  struct wires wires; // none where stand-ins have their place
  struct layout *layout;
  struct memory memory;
  struct residence *residence; // NULL: not asked for
  struct datapath datapath;
  struct bridges *bridges; // NULL: the configuration has none
  struct rules *rules;     // NULL: the configuration has none
  portset cut_said;        // ports of which it was said that their driver may have cut frames
  portset up;              // ports that have a link, as of the last update
  bool running;            // workers have threads
  bool stuck;              // one of them does not end
  bool answers[LAYOUT_WORKERS_MAX];
  struct stall stall[LAYOUT_WORKERS_MAX];
  bool fresh; // the last update took new counters, of all workers
  bool taken; // it took new ones
  double last_fresh;
  struct counters counters[LAYOUT_WORKERS_MAX]; // the last that fit together
  bool pools_checked;
  double started, stopped; // monotonic seconds
  struct mark mark;
  struct circling circling[CONFIG_PORTS_MAX];
  struct status status;
  struct telemetry_server *telemetry;
  char prefix[CONFIG_NAME_MAX + 32]; // of the runtime directory
};

// Fills a->status from the ports and the workers' snapshots. `now`: monotonic seconds.
void appliance_gather(struct appliance *appliance, double now);

#endif
