// SPDX-License-Identifier: BSD-3-Clause
// A kernel that lacks a system call, as far as this process and its children can tell (seccomp).
#ifndef TESTS_KERNEL_DENIED_H
#define TESTS_KERNEL_DENIED_H

#include <cerrno>
#include <initializer_list>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

// For ever: to be called in a process made for it. Returns whether it worked.
inline bool deny(std::initializer_list<unsigned> calls, unsigned error)
{
  const unsigned short load = BPF_LD | BPF_W | BPF_ABS, equal = BPF_JMP | BPF_JEQ | BPF_K;
  std::vector<sock_filter> filter = {{load, 0, 0, 0}}; // the call's number is the first field
  for (unsigned call : calls) {
    filter.push_back({equal, 0, 1, call});
    filter.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error});
  }
  filter.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  sock_fprog program = {static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
