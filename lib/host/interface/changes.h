// SPDX-License-Identifier: BSD-3-Clause
// What platter changes on the kernel's interfaces, and gives back.
//
// Each change is written to a record in the runtime directory before it is made, and taken out when
// it has been given back. So a platter that was killed leaves a record; the next one with its
// prefix, or `platter restore`, gives back what stands there. What somebody else has changed since
// then stays as it is.
#ifndef HOST_INTERFACE_CHANGES_H
#define HOST_INTERFACE_CHANGES_H

#include <stdbool.h>

#include "base/notes.h"

#ifdef __cplusplus
extern "C" {
#endif

// Sets "mtu", "up" (0, 1), or a feature by ethtool's name ("rx-gro": 0, 1), of an interface by its
// number. Nothing where it is so already. Returns 0 or -errno, and then nothing has changed.
int changes_make(unsigned index, const char *what, unsigned value);

// Gives back what changes_make has changed. `what`: NULL: all of that interface. Nothing where
// there was no such change.
void changes_undo(unsigned index, const char *what);
void changes_undo_all(void);

// Gives back what a platter that was killed has left changed. The runtime directory is taken. Says
// in `notes` what it gave back and what it could not; false where there is such.
bool changes_restore(struct notes *notes);

// Whether there is a record in a runtime directory, of a platter that runs or was killed. `parent`:
// the open directory that it is in.
bool changes_recorded(int parent, const char *name);

#ifdef __cplusplus
}
#endif
#endif
