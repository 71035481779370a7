// SPDX-License-Identifier: BSD-3-Clause
#include "nics.h"

#include <gtest/gtest.h>

#include "expect.h"

namespace
{
const char *const CONFIG = "/run/platter.yaml", *const OUT = "/run/out", *const ERR = "/run/err";

void write_config(Machine &machine, const std::string &yaml)
{
  machine.must("cat >" + std::string(CONFIG) + " <<'END'\n" + yaml + "END\n");
}

std::string run_line(const std::string &before)
{
  return before + " platter run " + CONFIG + " --json >" + OUT + " 2>" + ERR;
}
} // namespace

void prepare(Machine &machine, const std::vector<unsigned> &nics, unsigned pages)
{
  std::string addresses;
  for (unsigned nic : nics)
    addresses += " " + machine.address(nic);
  machine.must("echo " + std::to_string(pages) +
               " >/proc/sys/vm/nr_hugepages; modprobe vfio-pci\n"
               "for a in" +
               addresses +
               "; do d=/sys/bus/pci/devices/$a; echo vfio-pci >$d/driver_override\n"
               "[[ ! -e $d/driver ]] || echo $a >$d/driver/unbind\n"
               "echo $a >/sys/bus/pci/drivers_probe; done");
  for (unsigned nic : nics)
    EXPECT_EQ(driver_of(machine, nic), "vfio-pci") << machine.address(nic);
}

std::string driver_of(Machine &machine, unsigned nic)
{
  return machine.must(
      "cd /sys/bus/pci/devices/" + machine.address(nic) +
      " && { [[ ! -e driver ]] || { d=$(readlink driver); printf %s ${d##*/}; }; }");
}

Frames filled_up(Frames frames)
{
  for (std::string &frame : frames)
    if (frame.size() < 60)
      frame.resize(60, '\0');
  return frames;
}

std::string port_yaml(const Machine &machine, const std::string &name, unsigned nic,
                      const std::string &more)
{
  return "  " + name + ": {device: \"" + machine.address(nic) + "\"" + more + "}\n";
}

Forwarder::Forwarder(Machine &machine, const std::string &yaml, const std::string &before)
    : machine_(machine)
{
  write_config(machine, yaml);
  pid_ = machine.must(run_line(before) + " & printf %d $!");
  for (double end = monotonic() + 120; monotonic() < end; rest(0.1)) {
    if (get("/platter/info")["pid"].is_number())
      return;
    if (machine.run("kill -0 " + pid_).status != 0)
      break;
  }
  ADD_FAILURE() << "platter does not forward:\n"
                << yaml << machine.run("cat " + std::string(ERR) + " " + OUT).out;
}

Json Forwarder::get(const std::string &command)
{
  return Json::parse(
      machine_.run("ask platter " + command).out)[command.substr(0, command.find(','))];
}

Json Forwarder::expect_clean_end()
{
  Ended ended;
  ended.status = machine_.run("kill -TERM " + pid_ + "; wait " + pid_).status;
  ended.out = machine_.must(std::string("cat ") + OUT);
  ended.err = machine_.must(std::string("cat ") + ERR);
  EXPECT_EQ(ended.status, OK) << ended.err;
  return expect_closed(ended);
}

std::string expect_refused(Machine &machine, const std::string &yaml)
{
  write_config(machine, yaml);
  Ended ended;
  ended.status = machine.run(run_line("")).status;
  ended.err = machine.must(std::string("cat ") + ERR);
  expect_refusal(ended, FAILED, "");
  return ended.err;
}
