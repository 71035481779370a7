// SPDX-License-Identifier: BSD-3-Clause
// Entries of a telemetry dictionary. What finds no room is left out, as DPDK does it.
#ifndef CONTROL_TELEMETRY_DATA_H
#define CONTROL_TELEMETRY_DATA_H

#include <stdint.h>

#include <rte_telemetry.h>

void data_number(struct rte_tel_data *data, const char *name, uint64_t value);

// DPDK 22.11 has signed numbers of 32 bits only: what does not fit one is text, not cut.
void data_signed(struct rte_tel_data *data, const char *name, int64_t value);

// At most RTE_TEL_MAX_STRING_LEN - 1 bytes; '?' stands for each that is not ASCII.
void data_text(struct rte_tel_data *data, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// A new dictionary inside `data`, or NULL.
struct rte_tel_data *data_dict(struct rte_tel_data *data, const char *name);

#endif
