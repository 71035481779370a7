// SPDX-License-Identifier: BSD-3-Clause
// A machine that is made up, file by file, and what is said and warned of it.
#include <filesystem>

#include <gtest/gtest.h>

#include "json.h"
#include "machine/files.h"
#include "machine/machine.h"
#include "machine/words.h"
#include "scratch.h"

namespace
{

class Machine : public testing::Test
{
protected:
  void file(const std::string &path, const std::string &text)
  {
    std::filesystem::create_directories(std::filesystem::path(root.path() + path).parent_path());
    write_file(root.path() + path, text + "\n");
  }
  void cpu(int n, const std::string &path, const std::string &text)
  {
    file("/sys/devices/system/cpu/cpu" + std::to_string(n) + "/" + path, text);
  }
  void cache(int n, int index, const std::string &level, const std::string &type,
             const std::string &size, const std::string &shared)
  {
    std::string at = "cache/index" + std::to_string(index) + "/";
    cpu(n, at + "level", level);
    cpu(n, at + "type", type);
    cpu(n, at + "size", size);
    cpu(n, at + "shared_cpu_list", shared);
  }

  // Two cores of two threads each: 0 and 2, 1 and 3.
  void four_threads()
  {
    file("/sys/devices/system/cpu/online", "0-3");
    file("/sys/devices/system/cpu/isolated", "2-3");
    file("/sys/devices/system/node/online", "0-1");
    file("/sys/class/dmi/id/sys_vendor", "Maker");
    file("/sys/class/dmi/id/product_name", "Model 1");
    file("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A processor\nprocessor\t: 1");
    file("/proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB");
    file("/proc/loadavg", "1.25 0.5 0.2 1/100 4");
    file("/proc/cmdline", "root=/dev/x isolcpus=2-3 quiet nohz_full=2-3 -- idle=of-init");
    for (int n = 0; n < 4; n++) {
      std::string pair = n % 2 == 0 ? "0,2" : "1,3";
      cache(n, 0, "1", "Data", "32K", pair);
      cache(n, 1, "3", "Unified", "16M", "0-3");
      cpu(n, "topology/thread_siblings_list", pair);
      cpu(n, "cpufreq/scaling_governor", n == 3 ? "performance" : "powersave");
    }
    file("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "512");
    file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "500");
    file("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0");
    file("/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages", "0");
  }
  void stat(const std::string &ticks)
  {
    file("/proc/stat", "cpu  " + ticks + "\ncpu0 1 1 1 1");
  }
  Json read() const
  {
    return Json(machine_new(root.path().c_str()));
  }

  Scratch root;
};

TEST(CpuList, InItsOrder)
{
  EXPECT_EQ(machine_count("0-3,8"), 5u);
  EXPECT_EQ(machine_count(""), 0u);
  EXPECT_EQ(machine_next("0-3,8", 3), 8);
  EXPECT_EQ(machine_next("0-3,8", 8), -1);
  EXPECT_EQ(machine_next("2,4", -1), 2);
}

TEST_F(Machine, IsReadFromItsFiles)
{
  four_threads();
  Json machine = read();
  EXPECT_EQ(machine["cpu"].text(), "A processor");
  EXPECT_EQ(machine["system"].text(), "Maker Model 1");
  EXPECT_EQ(machine["cores_online"].text(), "0-3");
  EXPECT_EQ(machine["cores_isolated"].text(), "2-3");
  EXPECT_EQ(machine["siblings"].dump(), "[\"0,2\", \"1,3\"]");
  EXPECT_EQ(machine["governor"].text(), "powersave, performance");
  EXPECT_EQ(machine["command_line"].text(), "isolcpus=2-3 nohz_full=2-3");
  EXPECT_EQ(machine["numa_nodes"].number(), 2);
  EXPECT_EQ(machine["memory_bytes"].number(), int64_t{16} << 30);
  EXPECT_EQ(machine["load"].real(), 1.25);
  EXPECT_EQ(machine["caches"].size(), 2u);
  EXPECT_EQ(machine["caches"].at(0)["bytes"].number(), 32768);
  EXPECT_EQ(machine["caches"].at(0)["instances"].number(), 2);
  EXPECT_EQ(machine["caches"].at(1)["bytes"].number(), 16 << 20);
  EXPECT_EQ(machine["caches"].at(1)["instances"].number(), 1);
  EXPECT_EQ(machine["hugepages"].at(0)["total"].number(), 512);
  EXPECT_EQ(machine["hugepages"].at(0)["free"].number(), 500);
}

TEST_F(Machine, ThatSaysNothing)
{
  Json machine = read();
  EXPECT_TRUE(machine["cpu"].is_null());
  EXPECT_TRUE(machine["memory_bytes"].is_null());
  EXPECT_EQ(machine["governor"].text(), "none to set");
  EXPECT_EQ(machine["caches"].size(), 0u);
  json_t *borrowed = json_loads(machine.dump().c_str(), 0, nullptr);
  machine_end(borrowed, root.path().c_str());
  Json ended(borrowed), words(machine_words(borrowed)), brief(machine_brief(borrowed));
  EXPECT_TRUE(ended["steal"].is_null());
  EXPECT_GT(words.size(), 10u);
  EXPECT_EQ(brief.size(), 2u);
}

TEST_F(Machine, SharesOfTheTimeMeanwhile)
{
  four_threads();
  stat("1000 0 1000 8000 0 0 0 0 0 0");
  json_t *machine = machine_new(root.path().c_str());
  stat("1600 0 1200 17000 0 0 0 200 0 0"); // 10,000 ticks: 800 ran, 200 stolen
  machine_end(machine, root.path().c_str());
  Json ended(machine);
  EXPECT_DOUBLE_EQ(ended["steal"].real(), 0.02);
  EXPECT_NEAR(ended["others"].real(), 0.08, 0.02); // but for what this test ran itself
  EXPECT_GT(ended["seconds"].real(), 0);
}

std::string warnings(json_t *machine)
{
  Json all(machine_warnings(machine));
  json_decref(machine);
  std::string text;
  for (size_t i = 0; i < all.size(); i++)
    text += all.at(i).text() + "\n";
  return text;
}

// What nothing can be said against.
json_t *ideal()
{
  return json_pack("{s:n, s:s, s:s, s:s, s:[], s:s, s:[{s:i}], s:f, s:f, s:f, s:f}", "virtual",
                   "cores_online", "0-3", "cores_usable", "0-3", "cores_isolated", "2-3",
                   "siblings", "governor", "performance", "hugepages", "total", 512, "load", 0.1,
                   "seconds", 60.0, "steal", 0.001, "others", 0.01);
}

std::string warnings_with(const char *key, json_t *value)
{
  json_t *machine = ideal();
  json_object_set_new(machine, key, value);
  return warnings(machine);
}

TEST(MachineWarnings, NoneOfAnIdealOne)
{
  EXPECT_EQ(warnings(ideal()), "");
  EXPECT_EQ(warnings_with("governor", json_string("none to set")), "");
  EXPECT_EQ(warnings_with("siblings", json_pack("[s]", "3,7")), ""); // 7 is not ours
}

TEST(MachineWarnings, OneForEachFlaw)
{
  auto warned = [](const char *key, json_t *value, const char *words) {
    std::string text = warnings_with(key, value);
    EXPECT_NE(text.find(words), std::string::npos) << key << ": " << text;
    EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  };
  warned("virtual", json_string("KVM"), "virtual machine (KVM)");
  warned("steal", json_real(0.025), "gave 2.5% of the cores' time to other machines");
  warned("others", json_real(0.3), "Other programs had 30.0%");
  warned("load", json_real(1.5), "its load was 1.50");
  warned("siblings", json_pack("[s, s]", "0,2", "1,3"), "(as 0,2 do)");
  warned("cores_isolated", json_string(""), "No core is isolated");
  warned("governor", json_string("powersave"), "governor is powersave");
  warned("hugepages", json_array(), "There are no hugepages");
}

TEST(MachineWarnings, NoSharesOfAMoment)
{
  json_t *machine = ideal();
  json_object_set_new(machine, "seconds", json_real(0.5));
  json_object_set_new(machine, "others", json_real(0.9));
  EXPECT_EQ(warnings(machine), "");
}

} // namespace
