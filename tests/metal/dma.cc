// SPDX-License-Identifier: BSD-3-Clause
#include "dma.h"

#include <sstream>
#include <stdexcept>
#include <vector>

namespace
{
const uint64_t REGISTERS = 0xfed90000, ROOT_TABLE = REGISTERS + 0x20; // where qemu has the IOMMU
const uint64_t ADDRESS = 0xffffffffff000, HUGE = 2 << 20;
enum { PRESENT = 1, READ_OR_WRITE = 3, SUPERPAGE = 0x80, ENTRIES = 512 };

std::vector<uint64_t> read_memory(Machine &machine, uint64_t address, unsigned words)
{
  std::ostringstream line;
  line << "xp /" << words << "gx 0x" << std::hex << address;
  std::istringstream said(machine.monitor(line.str()));
  std::vector<uint64_t> values;
  for (std::string word; said >> word;)
    if (word.back() != ':') // "0000000000001000: 0x… 0x…"
      values.push_back(std::stoull(word, nullptr, 16));
  if (values.size() != words)
    throw std::runtime_error(line.str() + ": " + said.str());
  return values;
}

// A table of level 1 has pages of 4 KB, of level 2 of 2 MB or tables of level 1, and so on.
void walk(Machine &machine, uint64_t table, unsigned level, std::set<uint64_t> &pages)
{
  uint64_t bytes = UINT64_C(1) << (12 + 9 * (level - 1));
  for (uint64_t entry : read_memory(machine, table, ENTRIES)) {
    if ((entry & READ_OR_WRITE) == 0)
      continue;
    uint64_t at = entry & ADDRESS;
    if (level > 1 && (entry & SUPERPAGE) == 0) {
      walk(machine, at, level - 1, pages);
      continue;
    }
    for (uint64_t page = at / HUGE * HUGE; page < at + bytes; page += HUGE)
      pages.insert(page);
  }
}
} // namespace

std::set<uint64_t> dma_pages(Machine &machine, const std::string &address)
{
  unsigned bus = std::stoul(address.substr(5, 2), nullptr, 16);
  uint64_t root = read_memory(machine, ROOT_TABLE, 1)[0] & ADDRESS;
  uint64_t of_bus = read_memory(machine, root + bus * 16, 1)[0];
  if ((of_bus & PRESENT) == 0)
    throw std::runtime_error(address + ": its bus is not behind the IOMMU");
  std::vector<uint64_t> context = read_memory(machine, of_bus & ADDRESS, 2); // device 0, function 0
  bool translated = (context[0] & PRESENT) != 0 && (context[0] >> 2 & 3) == 0;
  if (!translated)
    throw std::runtime_error(address + ": the IOMMU does not translate for it");
  std::set<uint64_t> pages;
  walk(machine, context[0] & ADDRESS, 2 + (context[1] & 7), pages);
  return pages;
}

std::set<uint64_t> huge_pages(Machine &machine, const std::string &pid)
{
  std::set<uint64_t> pages;
  std::istringstream said(machine.must("huge " + pid));
  for (std::string word; said >> word;)
    pages.insert(std::stoull(word, nullptr, 16));
  return pages;
}
