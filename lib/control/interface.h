// SPDX-License-Identifier: BSD-3-Clause
// The kernel's network interface below a port. Drivers that run on one (af_packet, af_xdp, pcap)
// report a link that is always up and leave the interface promiscuous behind: what they do not
// look at and do not restore is done here.
#ifndef CONTROL_INTERFACE_H
#define CONTROL_INTERFACE_H

#include <stdbool.h>

// By the kernel's interface number, in this process's network namespace. An interface that is not
// there any more is not running and not promiscuous.
bool interface_running(unsigned index); // up, and with a carrier
bool interface_promiscuous(unsigned index);

// Its MTU, or -errno.
int interface_mtu(unsigned index);

// Sets IFF_UP, or takes it away. Returns 0 or -errno.
int interface_set_up(unsigned index, bool up);

#endif
