// SPDX-License-Identifier: BSD-3-Clause
// The main function of every test in this directory: GoogleTest inside an EAL that needs neither
// devices nor hugepages nor privileges, and leaves nothing behind on the machine.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>
#include <rte_eal.h>
#include <rte_errno.h>

namespace
{

// A runtime directory of this process alone: EAL's own would stay behind under /var/run or the
// user's, and two processes of one prefix would meet there.
class RuntimeDirectory
{
public:
  RuntimeDirectory() : path(std::filesystem::temp_directory_path() / "platter_test_XXXXXX")
  {
    if (mkdtemp(path.data()) == nullptr) {
      perror(path.c_str());
      exit(EXIT_FAILURE);
    }
    setenv("RUNTIME_DIRECTORY", path.c_str(), 1);
  }
  ~RuntimeDirectory()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

private:
  std::string path;
};

bool eal_start(const char *program)
{
  std::vector<std::string> words = {
      program,
      "--no-huge",
      "--no-pci",
      "--no-shconf",
      "-m",
      "512",
      "--no-telemetry",
      "--log-level=error",
      "--file-prefix=platter_test_" + std::to_string(getpid()),
  };
  std::vector<char *> arguments; // EAL may reorder them, so they are not the words themselves
  for (std::string &word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return rte_eal_init(static_cast<int>(words.size()), arguments.data()) >= 0;
}

} // namespace

int main(int argc, char **argv)
{
  testing::InitGoogleTest(&argc, argv);
  RuntimeDirectory directory;
  if (!eal_start(argv[0])) {
    fprintf(stderr, "EAL does not start: %s\n", rte_strerror(rte_errno));
    return EXIT_FAILURE;
  }
  int result = RUN_ALL_TESTS();
  rte_eal_cleanup();
  return result;
}
