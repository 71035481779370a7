// SPDX-License-Identifier: BSD-3-Clause
// Which CPUs workers get, on machines that are not this one.
#include "host/cpu.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace
{

using List = std::vector<unsigned>;

struct Machine {
  List online, isolated, allowed, possible;
};

std::unique_ptr<cpu_view> view(const Machine &machine)
{
  auto view = std::make_unique<cpu_view>();
  for (unsigned cpu : machine.online)
    view->online[cpu] = true;
  for (unsigned cpu : machine.isolated)
    view->isolated[cpu] = true;
  for (unsigned cpu : machine.allowed)
    view->allowed[cpu] = true;
  for (unsigned cpu : machine.possible)
    view->possible[cpu] = true;
  return view;
}

List usable(const Machine &machine, unsigned max = CPU_SET_MAX)
{
  List cpus(max);
  cpus.resize(cpu_usable_of(view(machine).get(), cpus.data(), max));
  return cpus;
}

List workers(const Machine &machine, unsigned max = CPU_SET_MAX)
{
  List cpus(max);
  cpus.resize(cpu_workers_of(view(machine).get(), cpus.data(), max));
  return cpus;
}

const List four = {0, 1, 2, 3};

TEST(Cpu, AllButTheFirst)
{
  Machine machine = {four, {}, four, four};
  EXPECT_EQ(usable(machine), four);
  EXPECT_EQ(workers(machine), (List{1, 2, 3}));
  EXPECT_EQ(workers(machine, 2), (List{1, 2}));
}

TEST(Cpu, OneOrTwoAreAllThereIs)
{
  EXPECT_EQ(workers({{0, 1}, {}, {0, 1}, {0, 1}}), (List{0, 1}));
  EXPECT_EQ(workers({{0}, {}, {0}, {0}}), (List{0}));
}

TEST(Cpu, IsolatedOnesAreForWorkers)
{
  Machine machine = {four, {2, 3}, {0, 1}, four};
  EXPECT_EQ(usable(machine), four);
  EXPECT_EQ(workers(machine), (List{2, 3}));
  EXPECT_EQ(workers(machine, 1), (List{2}));
}

TEST(Cpu, ANarrowedAffinityStands)
{
  Machine machine = {four, {2, 3}, {1}, four};
  EXPECT_EQ(usable(machine), (List{1}));
  machine.allowed = {0, 1, 3}; // taskset named an isolated one
  EXPECT_EQ(usable(machine), four) << "and left out none of the others";
  machine.allowed = {1, 3};
  EXPECT_EQ(usable(machine), (List{1, 3}));
  EXPECT_EQ(workers(machine), (List{3}));
}

TEST(Cpu, ACpusetWithoutTheIsolatedOnes)
{
  Machine machine = {four, {2, 3}, {0, 1}, {0, 1, 2}};
  EXPECT_EQ(usable(machine), (List{0, 1, 2}));
  EXPECT_EQ(workers(machine), (List{2}));
  machine.possible = {0, 1};
  EXPECT_EQ(workers(machine), (List{0, 1}));
}

TEST(Cpu, LookingChangesNothing)
{
  List before(CPU_SET_MAX), after(CPU_SET_MAX);
  before.resize(cpu_shared(before.data(), CPU_SET_MAX));
  auto here = std::make_unique<cpu_view>();
  cpu_look(here.get());
  after.resize(cpu_shared(after.data(), CPU_SET_MAX));
  EXPECT_EQ(after, before);
  for (unsigned cpu : before) {
    EXPECT_TRUE(here->online[cpu] && here->allowed[cpu] && here->possible[cpu]) << cpu;
  }
}

} // namespace
