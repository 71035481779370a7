// SPDX-License-Identifier: BSD-3-Clause
// The configuration: one YAML file in, one struct config out, or a list of errors that each name
// file, line, column, key, what was expected and what was found. No DPDK and no devices here: this
// runs in `platter check` on any machine. The fields' meanings and defaults are the README's
// configuration reference.
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CONFIG_PORTS_MAX = 32,           // one bit per port in a verdict
  CONFIG_NAME_MAX = TEXT_NAME_MAX, // bytes of a port's name, without the NUL
  CONFIG_CORES_MAX = 127,          // workers: DPDK has 128 lcores, and one of them is control
  CONFIG_RX_QUEUES_MAX = 64,       // per port
  CONFIG_MTU_MIN = 68,             // RFC 791 section 3.2
  CONFIG_MTU_MAX = 9198,           // a frame of 9216 bytes less Ethernet header and CRC
  CONFIG_FILE_MAX = 1024 * 1024,   // bytes
  CONFIG_DEPTH_MAX = 16,           // nested collections
  CONFIG_KEYS_MAX = 1024,          // of one map; none that is valid has a tenth of that
  CONFIG_MBUFS_MIN = 64,           // per pool
  CONFIG_MBUFS_MAX = 16 * 1024 * 1024,
  CONFIG_HANDOFF_MIN = 64, // references: a whole burst, or `overload: wait` would wait for ever
  CONFIG_HANDOFF_MAX = 65536,
  CONFIG_VLAN_MAX = 4094,                // IEEE 802.1Q table 9-2: 4095 is reserved, and 0 no VLAN
  CONFIG_AGEING_MAX = 1000000,           // seconds, IEEE 802.1Q table 8-6
  CONFIG_CAPACITY_MAX = 4 * 1024 * 1024, // addresses of a bridge
  CONFIG_STORM_MAX = 1000000000,         // packets a second
  CONFIG_RULES_MAX = 256,
  CONFIG_PREFIXES_MAX = 1000000, // of one match_any
  CONFIG_ERRORS_MAX = 100,       // kept of one file
  CONFIG_FRAME_MAX = 9216,       // bytes of the longest frame, without its CRC
};

struct bpf_program; // libpcap's

// Where in the file something stands, both counted from 1; 0 where it does not stand in the file.
struct config_place {
  int line;
  int column;
};

struct config_port {
  char name[CONFIG_NAME_MAX + 1];
  char *device;              // PCI address (full form, lower case) or a vdev with its arguments
  unsigned rx_queues;        // 1 to CONFIG_RX_QUEUES_MAX; default 1
  unsigned mtu;              // bytes; 0: what the device has
  bool promiscuous;          // default true: a forwarder wants every frame
  struct config_place place; // of the port's name
  struct config_place device_place;               // of the device's value
  struct config_place mtu_place, rx_queues_place; // likewise; line 0: not given
};

enum config_layout {
  CONFIG_LAYOUT_PIPELINE,
  CONFIG_LAYOUT_RUN_TO_COMPLETION,
};

struct config_queue {
  unsigned port; // index into config.ports
  unsigned queue;
  struct config_place place;
};

// One worker of an explicit assignment.
struct config_assign {
  unsigned core;
  unsigned n_rx;
  struct config_queue *rx;
  unsigned n_tx;
  unsigned tx[CONFIG_PORTS_MAX]; // indices into config.ports
  struct config_place place;
};

// A limit that is not given: what keeps a loop from filling its ports, where time is real.
#define CONFIG_STORM_AUTO UINT32_MAX

enum config_storm {
  CONFIG_STORM_BROADCAST,
  CONFIG_STORM_MULTICAST,
  CONFIG_STORM_UNKNOWN, // unicast to an address that was not learned
  CONFIG_STORMS,
};

// One port of a bridge. Where the bridge knows VLANs, it has either `access` or a trunk.
struct config_bridge_port {
  unsigned access;    // VLAN; 0: none
  uint64_t trunk[64]; // one bit per VLAN
  bool has_trunk;
  unsigned native;               // VLAN of the trunk that leaves without a tag; 0: none
  unsigned learn;                // addresses, at most; default: as many as the bridge has room for
  unsigned storm[CONFIG_STORMS]; // packets a second; 0: no limit; or CONFIG_STORM_AUTO
};

// An address that is not learned and does not age.
struct config_static {
  uint8_t address[6];
  unsigned vlan; // 0: the bridge knows no VLANs
  unsigned port; // index into config.ports
  struct config_place place;
};

struct config_bridge {
  char name[CONFIG_NAME_MAX + 1]; // default: bridge0, bridge1, … in the order of the file
  bool vlans;                     // whether it looks at tags
  unsigned ageing;                // seconds; 0: never
  unsigned capacity;              // addresses
  struct config_bridge_port port[CONFIG_PORTS_MAX]; // in the order of config_forward.ports
  unsigned n_statics;
  struct config_static *statics;
  struct config_place name_place; // line 0: the name is the default
};

// One entry of `forward`: a kind of forwarding (`wire`, `reflect`, …) and its ports, in the order
// they are written.
struct config_forward {
  const struct config_kind *kind;
  unsigned n_ports;
  unsigned ports[CONFIG_PORTS_MAX]; // indices into config.ports
  struct config_bridge *bridge;     // of the kind `bridge`; else NULL
  bool link_follow;                 // of the kind `wire`: when one side loses its link, so does the
                                    // other; default false
  struct config_place place;
};

enum config_vlan {
  CONFIG_VLAN_NONE,
  CONFIG_VLAN_PUSH,
  CONFIG_VLAN_POP,
  CONFIG_VLAN_SET,
};

// What stands in front of a pushed tag's TCI.
enum config_tpid {
  CONFIG_TPID_CUSTOMER, // 0x8100
  CONFIG_TPID_SERVICE,  // 0x88a8
};

struct config_police {
  double rate;  // bits a second; 0: no limit
  double burst; // bytes
};

enum config_field { CONFIG_FIELD_SRC, CONFIG_FIELD_DST, CONFIG_FIELD_EITHER };

// An IPv4 or IPv6 network; an address is one of all its bits.
struct config_prefix {
  uint8_t address[16]; // network order; IPv4: the first four bytes
  uint8_t bits;
  bool ipv6;
};

// Packets whose address lies in one of these networks.
struct config_match_any {
  enum config_field field;
  size_t count; // 0: there is no such match
  struct config_prefix *prefix;
};

// What is to be done with packets that match a filter. Sets of ports have one bit per port, by
// index into config.ports.
struct config_rule {
  char name[CONFIG_NAME_MAX + 1]; // default: rule_N, counted from 0
  bool egress;                    // about packets that leave by `ports`, not about those received
  uint32_t ports;
  bool ports_named;            // by `from` or `to`; else all but those it sends to
  char *match;                 // in the language of libpcap; "": every packet
  struct bpf_program *filter;  // the same, compiled (filter.h); NULL: every packet
  bool any_vlan;               // the filter is about what is behind up to two tags
  struct config_match_any any; // the packet matches only if this does, too
  unsigned sample;             // its actions apply to one in so many; 0: to all
  struct config_police police;
  bool drop;
  uint32_t mirror;
  uint32_t balance;
  unsigned truncate; // bytes of what mirror and balance give; 0: all
  enum config_vlan vlan;
  unsigned vlan_id;
  enum config_tpid vlan_tpid; // of a tag that is pushed
  uint32_t redirect;
  bool count;
  bool stop;
  struct config_place place;
  struct config_place match_place;
};

enum config_overload {
  CONFIG_OVERLOAD_AUTO,
  CONFIG_OVERLOAD_WAIT,
  CONFIG_OVERLOAD_DROP,
};

enum config_hugepages {
  CONFIG_HUGEPAGES_AUTO,
  CONFIG_HUGEPAGES_ON,
  CONFIG_HUGEPAGES_OFF,
};

struct config {
  char *file; // as given to config_load or config_parse
  unsigned n_ports;
  struct config_port ports[CONFIG_PORTS_MAX]; // in the order of the file
  unsigned n_cores;                           // 0: the default set
  unsigned cores[CONFIG_CORES_MAX];
  struct config_place core_place[CONFIG_CORES_MAX]; // of each
  enum config_layout layout;
  unsigned n_assign; // over 0: explicit assignment, which replaces cores and layout
  struct config_assign *assign;
  unsigned handoff; // references that each holds; 0: auto
  unsigned n_forward;
  struct config_forward *forward;
  unsigned n_rules;
  struct config_rule *rules; // in the order of the file, which is that in which they run
  enum config_overload overload;
  enum config_hugepages hugepages;
  unsigned mbufs;                   // per pool; 0: auto
  char prefix[CONFIG_NAME_MAX + 1]; // of DPDK's runtime directory; default "platter"
  struct config_place memory_place, telemetry_place; // of the sections; line 0: not in the file
};

struct reader;        // config/option.h
struct document_node; // config/document.h

// How a kind of forwarding that has settings reads them, by the means of config/sections.h.
struct config_settings {
  // Reads what stands under the kind into `forward`, and what is wrong with it into the reader's
  // errors. False: its ports are not known.
  bool (*read)(struct reader *reader, const struct document_node *node,
               struct config_forward *forward);
  // When all entries are read: what is between them. NULL: nothing.
  void (*read_all)(struct reader *reader);
  // Frees what `read` has allocated; also after it has failed. NULL: nothing.
  void (*release)(struct config_forward *forward);
  const char *between; // its ports, where a person reads them; NULL: a comma
};

// What may stand under `forward`: the caller names the kinds, since the features that implement
// them are not known here. Lives as long as the configurations that point to it.
struct config_kind {
  const char *name;
  unsigned min_ports;
  unsigned max_ports;
  const struct config_settings *settings; // NULL: it is given a list of ports, and that is all
};

struct config_error {
  struct config_place place;
  char *text; // "ports.left.rx_queues: expected a whole number from 1 to 64, found '4x'"
};

// The errors of one file, in the order of the file. Zero-initialise it; config_errors_free at end.
// All are counted, the first CONFIG_ERRORS_MAX that were found are kept; where there is no memory
// for one it is counted all the same, so that what is wrong is never taken for right.
struct config_errors {
  size_t count;
  size_t kept;
  struct config_error *error;
};

// Reads the file at `path`. Returns a configuration that config_free releases, or NULL with at
// least one entry added to `errors` (which must not be NULL). A file that cannot be read is an
// error without a place.
struct config *config_load(const char *path, const struct config_kind *kinds, size_t n_kinds,
                           struct config_errors *errors);

// The same for `length` bytes of text; `file` is the name that stands in config.file.
struct config *config_parse(const char *file, const char *text, size_t length,
                            const struct config_kind *kinds, size_t n_kinds,
                            struct config_errors *errors);

void config_free(struct config *config); // NULL is allowed

// Adds an error found later, by someone who knows more than the file (a layout that cannot be).
void config_error_add(struct config_errors *errors, struct config_place place, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

// Prints each error as "FILE:LINE:COLUMN: TEXT", one per line (without a place: "FILE: TEXT"), each
// TEXT behind `label` (""; "warning: "), and how many there are more.
void config_errors_list(const struct config_errors *errors, const char *file, const char *label,
                        FILE *out);

// The same without a label.
void config_errors_print(const struct config_errors *errors, const char *file, FILE *out);

void config_errors_free(struct config_errors *errors);

#ifdef __cplusplus
}
#endif
#endif
