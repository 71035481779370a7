// SPDX-License-Identifier: BSD-3-Clause
// deploy/host-setup on a machine: what it says, changes and gives back, and platter's words where
// it was not used. First in its program, on the machine as it booted.
#include <gtest/gtest.h>

#include "machine_of_all.h"

namespace
{
const char *const own_driver[] = {"e1000e",  "e1000e",  "e1000",      "e1000",
                                  "vmxnet3", "vmxnet3", "virtio-pci", "virtio-pci"};

bool has(const std::string &text, const std::string &part)
{
  return text.find(part) != std::string::npos;
}

// A session at the machine, which the test leaves beside the image: host-setup.txt.
class Session
{
public:
  explicit Session(Machine &machine) : machine_(machine) {}
  ~Session()
  {
    write_file(std::string(getenv("PLATTER_IMAGE")) + "/host-setup.txt", text_);
  }

  Reply run(const std::string &command)
  {
    Reply reply = machine_.run(command);
    text_ += "# " + command + "\n" + reply.out + "\n";
    return reply;
  }

private:
  Machine &machine_;
  std::string text_;
};

TEST(HostSetup, SaysWhatIsMissingSetsItUpAndGivesItBack)
{
  Machine &machine = machine_of_all();
  Session session(machine);
  Reply before = session.run("host-setup");
  EXPECT_EQ(before.status, 1) << before.out;
  for (unsigned nic = 0; nic < 8; nic++)
    EXPECT_TRUE(has(before.out, machine.address(nic))) << before.out;
  EXPECT_TRUE(has(before.out, "host-setup --apply --nic 0000:01:00.0")) << before.out;

  std::string apply = "host-setup --apply --hugepages " + std::to_string(HUGEPAGES);
  for (unsigned nic = 0; nic < 8; nic++)
    apply += " --nic " + machine.address(nic);
  EXPECT_EQ(session.run(apply).status, 0);
  for (unsigned nic = 0; nic < 8; nic++)
    EXPECT_EQ(driver_of(machine, nic), "vfio-pci") << nic;
  EXPECT_EQ(number_in(machine, "/proc/sys/vm/nr_hugepages"), HUGEPAGES);
  Reply after = session.run("host-setup");
  EXPECT_EQ(after.status, 0) << after.out;
  EXPECT_TRUE(has(after.out, "\nready")) << after.out;
  EXPECT_TRUE(has(prepare(machine, {0, 1}), "nothing to do")) << "it is done already";
  EXPECT_EQ(session.run("host-setup --undo").status, 0);
  for (unsigned nic = 0; nic < 8; nic++)
    EXPECT_EQ(driver_of(machine, nic), own_driver[nic]) << nic;
  EXPECT_EQ(number_in(machine, "/proc/sys/vm/nr_hugepages"), 0);
}

TEST(HostSetup, WithoutItPlatterSaysWhatToDo)
{
  Machine &machine = machine_of_all();
  machine.must("host-setup --undo; echo 64 >/proc/sys/vm/nr_hugepages");
  expect_refused(machine, wire_yaml(machine, 0, 1),
                 {"kernel driver e1000e still has it", "host-setup --apply --nic 0000:01:00.0"}, 2);
  expect_refused(machine, wire_yaml(machine, 6, 7), {"host-setup --apply --nic 0000:07:00.0"}, 2);
  prepare(machine, {0, 1, 2, 3, 4, 5, 6, 7});
  expect_refused(machine, wire_yaml(machine, 0, 60),
                 {"0000:3d:00.0", "there is no PCI device at this address", "0000:01:00.0"});
  machine.must("echo 4 >/proc/sys/vm/nr_hugepages");
  expect_refused(machine, wire_yaml(machine, 0, 1) + "memory: {hugepages: on}\n",
                 {"8 MB of hugepages are free", "/proc/sys/vm/nr_hugepages"});
  machine.must("echo " + std::to_string(HUGEPAGES) + " >/proc/sys/vm/nr_hugepages");
}
} // namespace
