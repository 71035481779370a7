// SPDX-License-Identifier: BSD-3-Clause
// libpcap looks host and network names up in the DNS: a filter would mean other packets tomorrow,
// and a DNS that does not answer would hold up the start for as long as it likes. It cannot be told
// not to, so this program has the C library's functions for that, and they know no names while a
// filter is compiled.
#ifndef CONFIG_FILTER_NAMES_H
#define CONFIG_FILTER_NAMES_H

enum { FILTER_NAME_SIZE = 64 };

// From here on until filter_names_allow, this thread looks no name up. The first one that is asked
// for is left in `name`, of FILTER_NAME_SIZE bytes, shortened; empty: none was.
void filter_names_refuse(char *name);
void filter_names_allow(void);

#endif
