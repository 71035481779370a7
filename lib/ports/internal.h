// SPDX-License-Identifier: BSD-3-Clause
// What port.c (life cycle), configure.c, absence.c and their like share. Nobody else includes this.
#ifndef PORTS_INTERNAL_H
#define PORTS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct port;

enum { PORT_CALLBACK_TIMEOUT = 1000 }; // milliseconds

// fail() for a port: "ports.NAME.device: 'DEVICE': WHAT: CODE (DPDK says: …)".
int port_fail(const struct port *port, int code, const char *what, char *error, size_t size);

// From now on the device may say that it goes (see port_leaves); and until here.
void port_listen(struct port *port);
void port_listen_no_more(struct port *port);

// Has DPDK forget the device that it probed for a port, which is closed.
void port_remove_device(const struct port *port);

int port_prepare_socket(const struct port *port, char *error, size_t size); // peer_socket_prepare

// Whether the driver sends packets of several segments, and receives them.
bool port_sends_segments(const struct port *port);
bool port_scatters(const struct port *port);

// See losses.c: once when the device is there, and with each reading of statistics.
void port_find_losses(struct port *port);
void port_read_losses(struct port *port);

// See interface.c. Beside a port that stands on an interface of the kernel's: makes it fit,
// before the device starts; has it hear all, behind that (0 or -errno); undoes both.
struct notes;
bool port_stands_on_interface(const struct port *port);
void port_take_interface(const struct port *port, struct notes *warnings);
int port_hear_all(struct port *port);
void port_give_interface_back(struct port *port);

bool port_is_vhost(const struct port *port);

#ifdef __cplusplus
}
#endif
#endif
