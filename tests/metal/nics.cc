// SPDX-License-Identifier: BSD-3-Clause
#include "nics.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "expect.h"

namespace
{
const std::string CONFIG = "/run/platter.yaml", OUT = "/run/out", ERR = "/run/err";
const std::string NOBODYS = "/run/nobody";

void write_config(Machine &machine, const std::string &yaml)
{
  machine.must("cat >" + CONFIG + " <<'END'\n" + yaml + "END\n");
}

std::string run_line(bool nobody)
{
  std::string line = "platter run " + CONFIG + " --json >" + OUT + " 2>" + ERR;
  if (!nobody)
    return line;
  // As a login does it: the groups of the user, and the limits of the group.
  return "mkdir -p " + NOBODYS + "; chown nobody " + NOBODYS + "; ulimit -l unlimited\n" +
         "XDG_RUNTIME_DIR=" + NOBODYS +
         " setpriv --reuid nobody --regid nogroup --init-groups --no-new-privs " + line;
}
} // namespace

std::string prepare(Machine &machine, const std::vector<unsigned> &nics, const std::string &more)
{
  std::string line = "host-setup --apply --hugepages " + std::to_string(HUGEPAGES) + more;
  for (unsigned nic : nics)
    line += " --nic " + machine.address(nic);
  return machine.must(line);
}

std::string driver_of(Machine &machine, unsigned nic)
{
  return machine.must(
      "cd /sys/bus/pci/devices/" + machine.address(nic) +
      " && { [[ ! -e driver ]] || { d=$(readlink driver); printf %s ${d##*/}; }; }; cd /");
}

long number_in(Machine &machine, const std::string &file)
{
  return std::stol(machine.must("cat " + file));
}

Frames filled_up(Frames frames)
{
  for (std::string &frame : frames)
    if (frame.size() < 60)
      frame.resize(60, '\0');
  return frames;
}

void expect_frames(const Frames &came, const Frames &expected)
{
  EXPECT_EQ(came.size(), expected.size());
  for (size_t i = 0; i < std::min(came.size(), expected.size()); i++)
    if (came[i] != expected[i]) {
      ADD_FAILURE() << "frame " << i << ": " << came[i].size() << " bytes came, expected are "
                    << expected[i].size();
      return;
    }
}

std::string port_yaml(const Machine &machine, const std::string &name, unsigned nic,
                      const std::string &more)
{
  return "  " + name + ": {device: \"" + machine.address(nic) + "\"" + more + "}\n";
}

std::string wire_yaml(const Machine &machine, unsigned left, unsigned right,
                      const std::string &more)
{
  return "ports:\n" + port_yaml(machine, "left", left, more) +
         port_yaml(machine, "right", right, more) + "forward: [{wire: [left, right]}]\n";
}

Forwarder::Forwarder(Machine &machine, const std::string &yaml, bool nobody)
    : machine_(machine), directory_((nobody ? NOBODYS : "/run") + "/dpdk/platter")
{
  write_config(machine, yaml);
  pid_ = machine.must(run_line(nobody) + " & printf %d $!");
  for (double end = monotonic() + 120; monotonic() < end; rest(0.1)) {
    if (get("/platter/info")["pid"].is_number())
      return;
    if (machine.run("kill -0 " + pid_).status != 0)
      break;
  }
  ADD_FAILURE() << "platter does not forward:\n" << yaml << said();
}

Json Forwarder::get(const std::string &command)
{
  return Json::parse(
      machine_.run("ask " + directory_ + " " + command).out)[command.substr(0, command.find(','))];
}

double Forwarder::link_becomes(const std::string &port, const std::string &state, double seconds)
{
  double start = monotonic();
  while (get("/platter/ports")[port]["link"].text() != state)
    if (monotonic() - start > seconds)
      return -1;
  return monotonic() - start;
}

std::string Forwarder::said()
{
  return machine_.must("cat " + ERR);
}

Json Forwarder::expect_clean_end()
{
  Ended ended;
  ended.status = machine_.run("kill -TERM " + pid_ + "; wait " + pid_).status;
  ended.out = machine_.must("cat " + OUT);
  ended.err = said();
  EXPECT_EQ(ended.status, OK) << ended.err;
  EXPECT_EQ(machine_.run("ls " + directory_).status, 2) << "its runtime directory is still there";
  return expect_closed(ended);
}

void expect_refused(Machine &machine, const std::string &yaml,
                    const std::vector<std::string> &words, int sentences)
{
  write_config(machine, yaml);
  Ended ended;
  ended.status = machine.run(run_line(false)).status;
  ended.err = machine.must("cat " + ERR);
  for (const std::string &word : words)
    expect_refusal(ended, FAILED, word, sentences);
}
