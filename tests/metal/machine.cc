// SPDX-License-Identifier: BSD-3-Clause
#include "machine.h"

#include <cstdlib>
#include <stdexcept>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unix_socket.h"

namespace
{
enum { BOOT_SECONDS = 300 }; // ten on a quiet host

std::string image(const std::string &file)
{
  const char *directory = getenv("PLATTER_IMAGE");
  if (directory == nullptr)
    throw std::runtime_error("PLATTER_IMAGE is not set: run the tests by `meson test`");
  return std::string(directory) + "/" + file;
}

std::string base64(const std::string &bytes)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    size_t left = bytes.size() - i;
    unsigned value = 0;
    for (size_t k = 0; k < 3; k++)
      value = value << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; k++)
      text += k <= left ? digits[value >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string slot(unsigned nic)
{
  return "slot" + std::to_string(nic);
}

void add(std::vector<std::string> &line, const std::vector<std::string> &words)
{
  line.insert(line.end(), words.begin(), words.end());
}
} // namespace

Machine::Machine(const MachineSetup &setup) : setup_(setup)
{
  std::string n = std::to_string(setup.cpus);
  std::vector<std::string> line = {"qemu-system-x86_64", "-machine", "q35,kernel-irqchip=off"};
  add(line, {"-accel", "tcg,thread=multi", "-cpu", "max", "-smp", n});
  add(line, {"-m", std::to_string(setup.megabytes), "-nodefaults", "-display", "none"});
  // no_timer_check: on a busy host the timer ticks too late for the kernel's check, which panics.
  // nohz, highres: one timer interrupt that qemu loses would stop a CPU for good if each set the
  // next.
  add(line, {"-kernel", image("kernel"), "-initrd", image("root.cpio"), "-no-reboot", "-append",
             "console=ttyS0 quiet panic=-1 intel_iommu=on no_timer_check nohz=off highres=off"});
  add(line, {"-serial", "file:" + scratch_ / "console"});
  add(line, {"-serial", "unix:" + scratch_ / "shell" + ",server=on,wait=off"});
  add(line, {"-qmp", "unix:" + scratch_ / "monitor" + ",server=on,wait=off"});
  if (setup.iommu)
    add(line, {"-device", "intel-iommu,intremap=on,caching-mode=on"});
  for (unsigned i = 0; i < setup.nics.size(); i++) {
    cables_.push_back(std::make_unique<Cable>(scratch_.path(), "cable" + std::to_string(i)));
    add(line, {"-netdev", cables_[i]->netdev(), "-device",
               "pcie-root-port,id=" + slot(i) + ",slot=" + std::to_string(i + 1) +
                   ",chassis=" + std::to_string(i + 1),
               "-device", device(i)});
  }
  add(line, setup.more);
  Surroundings around;
  around.before_exec = [] {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  }; // a test that is killed takes it along
  qemu_ = std::make_unique<Process>(line, around);
  connect_shell(BOOT_SECONDS);
  monitor_ = std::make_unique<Monitor>(scratch_ / "monitor");
}

Machine::~Machine()
{
  if (shell_ >= 0)
    close(shell_);
}

void Machine::connect_shell(double seconds)
{
  double end = monotonic() + seconds;
  while ((shell_ = connect_unix(scratch_ / "shell", SOCK_STREAM)) < 0) {
    if (!qemu_->running() || monotonic() > end)
      throw std::runtime_error("qemu did not start:\n" + log());
    rest(0.02);
  }
  if (read_line(end) != "ready")
    throw std::runtime_error("the machine did not boot:\n" + log());
}

// Waits for something from the shell.
void Machine::fill(double end)
{
  struct pollfd ready = {shell_, POLLIN, 0};
  char part[4096];
  double left = end - monotonic();
  if (left < 0 || poll(&ready, 1, static_cast<int>(left * 1000) + 1) != 1)
    throw std::runtime_error("the machine does not answer:\n" + log());
  ssize_t n = recv(shell_, part, sizeof(part), 0);
  if (n <= 0)
    throw std::runtime_error("the machine went off:\n" + log());
  pending_.append(part, n);
}

std::string Machine::read_bytes(size_t length, double end)
{
  while (pending_.size() < length)
    fill(end);
  std::string bytes = pending_.substr(0, length);
  pending_.erase(0, length);
  return bytes;
}

std::string Machine::read_line(double end)
{
  size_t at;
  while ((at = pending_.find('\n')) == std::string::npos)
    fill(end);
  return read_bytes(at + 1, end).substr(0, at);
}

Reply Machine::run(const std::string &command, double seconds)
{
  double end = monotonic() + seconds;
  std::string line = base64(command) + "\n";
  if (::send(shell_, line.data(), line.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error("the machine went off:\n" + log());
  std::string head = read_line(end);
  char *rest;
  int status = strtol(head.c_str(), &rest, 10);
  return {status, read_bytes(strtoul(rest, nullptr, 10), end)};
}

std::string Machine::must(const std::string &command, double seconds)
{
  Reply reply = run(command, seconds);
  if (reply.status != 0)
    throw std::runtime_error(command + ": status " + std::to_string(reply.status) + "\n" +
                             reply.out);
  return reply.out;
}

// Each slot is a bus, and they are numbered in their order.
std::string Machine::address(unsigned nic) const
{
  char text[16];
  snprintf(text, sizeof(text), "0000:%02x:00.0", nic + 1);
  return text;
}

std::string Machine::device(unsigned nic) const
{
  std::string n = std::to_string(nic);
  return setup_.nics.at(nic) + ",id=nic" + n + ",netdev=cable" + n + ",bus=" + slot(nic) +
         ",mac=02:00:00:00:01:0" + n;
}

void Machine::set_link(unsigned nic, bool up)
{
  std::string said = monitor("set_link nic" + std::to_string(nic) + (up ? " on" : " off"));
  if (!said.empty())
    throw std::runtime_error("set_link: " + said);
}

std::string Machine::log() const
{
  return qemu_->out() + qemu_->err() + read_file(scratch_ / "console");
}
