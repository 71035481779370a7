// SPDX-License-Identifier: BSD-3-Clause
// What appliance_start.c, appliance_ports.c (their start), appliance.c (while it runs),
// appliance_stop.c, gather.c (figures) and telemetry's commands share. Nobody else includes this.
#ifndef CONTROL_APPLIANCE_INTERNAL_H
#define CONTROL_APPLIANCE_INTERNAL_H

#include "control/appliance.h"
#include "control/circling.h"
#include "control/generation.h"
#include "control/loop.h"
#include "control/plan.h"
#include "control/stall.h"
#include "datapath/datapath.h"
#include "features/bridge/control.h"
#include "features/rules/control.h"
#include "host/eal.h"
#include "ports/hotplug.h"
#include "ports/port.h"
#include "ports/reconnect.h"
#include "ports/wires.h"

// Where the last rates were taken from.
struct mark {
  double at, next; // monotonic seconds; when they are due again
  uint64_t received[CONFIG_PORTS_MAX], transmitted[CONFIG_PORTS_MAX];
  uint64_t busy[LAYOUT_WORKERS_MAX], idle[LAYOUT_WORKERS_MAX], moved[LAYOUT_WORKERS_MAX];
  double wall[LAYOUT_WORKERS_MAX], stolen[LAYOUT_WORKERS_MAX]; // see struct stolen
};

// Time that a worker's thread was ready, or asleep, while its core did something else: what the
// clock on the wall says less the thread's processor time, from the first look at both on.
struct stolen {
  double from_wall, from_cpu; // monotonic seconds, seconds of processor time
  double wall;                // seconds since, as of the last look
  double seconds;             // of them: stolen
};

struct appliance {
  const struct config *config;
  struct loop *loop; // until everything that can be in it is gone
  struct plan plan;
  struct forwarding forwarding;
  struct generation *generation; // that the workers go by
  bool eal;                      // started
  portset refused;               // ports that a step of the start failed with
  int refusal;                   // -errno of the first of them, or 0
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
  struct stolen stolen[LAYOUT_WORKERS_MAX];
  bool fresh;      // the last update took new counters, of all workers
  bool taken;      // it took new ones
  bool consistent; // those taken last are of one moment
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

// The steps of a start that are about ports. Each is tried with all ports; for each that fails an
// error is added, with its place in the configuration.
//   plan_looped  before the memory is planned: reads the captures that ports play in circles
//   plan         before EAL: reads those of replay ports, adds the memory for their frames and the
//                PCI devices, as many as `pci` has room for (CONFIG_PORTS_MAX), to the request
//   probe        finds or makes the devices of ports that were not refused before
//   start        configures and starts them all; 0, or -errno
//   name_outputs see ports/output.h; the last step, for it cannot be undone. 0, or -errno
void appliance_plan_looped(struct appliance *appliance, struct config_errors *errors);
void appliance_plan_ports(struct appliance *appliance, unsigned held, struct eal_request *request,
                          const char **pci, struct notes *warnings, struct config_errors *errors);
void appliance_probe_ports(struct appliance *appliance, struct config_errors *errors);
int appliance_start_ports(struct appliance *appliance, bool strict, struct notes *warnings,
                          struct config_errors *errors);
int appliance_name_outputs(struct appliance *appliance, struct config_errors *errors);

// Adds the sentence to the errors, and to it that it may be for want of descriptors.
void appliance_refuse(struct appliance *appliance, struct config_place place, char *sentence,
                      size_t size, struct config_errors *errors);

// Fills a->status from the ports and the workers' snapshots. `now`: monotonic seconds.
void appliance_gather(struct appliance *appliance, double now);

#endif
