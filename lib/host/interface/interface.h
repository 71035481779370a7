// SPDX-License-Identifier: BSD-3-Clause
// The kernel's network interface below a port. Drivers that run on one (af_packet, af_xdp, pcap)
// report a link that is always up and leave the interface promiscuous behind: what they do not
// look at and do not restore is done here.
#ifndef HOST_INTERFACE_INTERFACE_H
#define HOST_INTERFACE_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

struct ifreq;

// By the kernel's interface number, in this process's network namespace. An interface that is not
// there any more is not running and not promiscuous.
bool interface_running(unsigned index); // up, and with a carrier
bool interface_promiscuous(unsigned index);
int interface_set_promiscuous(unsigned index, bool on);

// Its MTU, or -errno.
int interface_mtu(unsigned index);
int interface_set_mtu(unsigned index, int mtu);

// Whether a feature, by its name in `ethtool -k`, is on: 0, 1 or -errno. And switches it.
int interface_feature(unsigned index, const char *name);
int interface_set_feature(unsigned index, const char *name, bool on);

// The other end of a veth pair: its number, with its name in `name` (IF_NAMESIZE bytes); 0 where
// that is in another network namespace; -ENODEV where the interface is no veth.
int interface_veth_peer(unsigned index, char *name);

// Whether it is a tap.
bool interface_is_tap(unsigned index);

// Packets that the kernel was to send by an interface and whose driver dropped. False where it
// cannot be asked: then *packets stays as it is.
bool interface_undelivered(const char *name, uint64_t *packets);

// Whether IFF_UP is set: 0, 1 or -errno.
int interface_is_up(unsigned index);

// Sets IFF_UP, or takes it away. Returns 0 or -errno, as all that set something.
int interface_set_up(unsigned index, bool up);

// An ioctl of netdevice(7) on the interface: SIOCGIFFLAGS… Fills in its name. Returns 0 or -errno.
int interface_ask(unsigned long what, unsigned index, struct ifreq *request);

#endif
