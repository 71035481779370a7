// SPDX-License-Identifier: BSD-3-Clause
#include "datapath/reason.h"

struct label_set drop_reasons;

struct label reason_no_verdict = {"no_verdict", "no stage decided about the packet", 0, false};
struct label reason_unreachable = {"unreachable", "sent to a port its worker has no way to", 0,
                                   true};
struct label reason_handoff_full = {"handoff_full", "the ring to the port's worker was full", 0,
                                    true};
struct label reason_transmit_full = {"transmit_full", "the port's transmit queue was full", 0,
                                     true};
struct label reason_mirror_full = {
    "mirror_full", "no room at a mirror's port beyond what forwarding needs", 0, true};
struct label reason_mirror_down = {"mirror_down", "a mirror's port was down", 0, true};
struct label reason_segmented = {"segmented", "in several segments; the port's driver takes one", 0,
                                 true};
struct label reason_too_long = {
    "too_long", "longer than the port's device takes, or may have been cut on receipt", 0, true};
struct label reason_absent = {"absent", "the port's device is gone", 0, true};
struct label reason_shutdown = {"shutdown", "still under way when platter stopped", 0, true};

__attribute__((constructor)) static void register_reasons(void)
{
  label_register(&drop_reasons, &reason_no_verdict);
  label_register(&drop_reasons, &reason_unreachable);
  label_register(&drop_reasons, &reason_handoff_full);
  label_register(&drop_reasons, &reason_transmit_full);
  label_register(&drop_reasons, &reason_mirror_full);
  label_register(&drop_reasons, &reason_mirror_down);
  label_register(&drop_reasons, &reason_segmented);
  label_register(&drop_reasons, &reason_too_long);
  label_register(&drop_reasons, &reason_absent);
  label_register(&drop_reasons, &reason_shutdown);
}
