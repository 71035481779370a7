// SPDX-License-Identifier: BSD-3-Clause
// What a test writes to disk: a directory of its own, gone at its end.
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <set>
#include <string>

class Scratch
{
public:
  Scratch(); // everybody may read it and write to it: some tests run platter as another user
  ~Scratch();
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  const std::string &path() const
  {
    return path_;
  }
  std::string operator/(const std::string &name) const
  {
    return path_ + "/" + name;
  }

  // Writes a file into it and returns its path.
  std::string write(const std::string &name, const std::string &bytes) const;

private:
  std::string path_;
};

std::string read_file(const std::string &path); // "" where there is none
void write_file(const std::string &path, const std::string &bytes);
std::set<std::string> list_directory(const std::string &path); // names; none where there is none
std::set<std::string> sample_configurations();                 // their names in config/

std::string source_path(const std::string &relative); // a file of the source tree

// A telemetry prefix that no other test process has: `word`, this process's id, a number.
std::string unique_prefix(const std::string &word);

#endif
