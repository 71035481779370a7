// SPDX-License-Identifier: BSD-3-Clause
// The whole box: from a configuration to workers that forward, and back to a clean machine.
// Everything here runs on the control thread, which sleeps in between.
//
//   appliance_start   EAL, devices, layout, memory, ports, workers, in this order; undone in the
//                     reverse order where a step fails
//   appliance_wait    sleeps, and serves what cannot wait
//   appliance_update  once in a while: takes the workers' snapshots, brings ports back
//   appliance_drain   receives no more, waits for what is under way
//   appliance_stop    ends workers, drops the rest, closes ports, counts the mbufs that came back
//   appliance_free    releases everything and ends EAL
#ifndef CONTROL_APPLIANCE_H
#define CONTROL_APPLIANCE_H

#include "base/notes.h"
#include "config/config.h"
#include "figures/residence.h"
#include "figures/status.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

struct appliance;
struct trailing_stage; // control/forwarding.h

struct appliance_options {
  // By port: stands in for the configuration's device; NULL: every port has its own. With stand-ins
  // an MTU that they cannot have and cores that this machine lacks are no errors: this is a replay.
  const char *const *devices;
  unsigned longest_frame; // bytes, of what stand-ins bring; 0: by the ports' MTU
  const char *prefix;     // NULL: the configuration's
  int n_extra;            // the user's own EAL arguments
  char *const *extra;
  bool residence;      // see appliance_residence
  unsigned n_trailing; // see forwarding_append; what they point to outlives the appliance
  const struct trailing_stage *trailing;
};

// Returns 0, or -errno with nothing left behind; then `errors` has at least one more: what is wrong
// with each port that does not start, or else what is. `config` must outlive the appliance. Packets
// may be forwarded before this returns.
int appliance_start(struct appliance **appliance, const struct config *config,
                    const struct appliance_options *options, struct notes *warnings,
                    struct config_errors *errors);

const struct layout *appliance_layout(const struct appliance *appliance);

// Looks after the ports and gathers the status. Takes as long as the workers' longest turn, at most
// 20 ms.
const struct status *appliance_update(struct appliance *appliance);

// Sleeps until `until` (monotonic seconds), or until the descriptor `stop` can be read (-1: none),
// and serves meanwhile what cannot wait for the next update: what workers tell control of addresses
// they saw. Returns whether `stop` could be read. Where control waits for anything while workers
// run, it waits here.
bool appliance_wait(struct appliance *appliance, double until, int stop);

// The status of the last update.
const struct status *appliance_status(const struct appliance *appliance);

// How long packets stayed inside since the last reset (or the start), as far as transmitted ones
// were looked at; all 0 where options.residence was not set. Until appliance_free.
struct residence_times appliance_residence(const struct appliance *appliance);
void appliance_residence_reset(struct appliance *appliance);

// Stops receiving and waits until nothing is in flight, at most `seconds`. Returns whether it is
// so.
bool appliance_drain(struct appliance *appliance, double seconds);

// What has not left by now is dropped as `shutdown`. Returns the final status: still `running`
// where a worker did not come back from a driver within two seconds (its `answers` is false).
const struct status *appliance_stop(struct appliance *appliance);

// NULL is allowed. After a worker did not come back the process must end: its thread still runs.
void appliance_free(struct appliance *appliance);

#ifdef __cplusplus
}
#endif
#endif
