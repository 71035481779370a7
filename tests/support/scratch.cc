// SPDX-License-Identifier: BSD-3-Clause
#include "scratch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

Scratch::Scratch()
{
  char name[] = "/tmp/e2e-XXXXXX";
  if (mkdtemp(name) == nullptr)
    throw std::runtime_error("cannot make a directory in /tmp");
  path_ = name;
  chmod(name, 01777);
}

Scratch::~Scratch()
{
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::write(const std::string &name, const std::string &bytes) const
{
  write_file(*this / name, bytes);
  return *this / name;
}

std::string read_file(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string &path, const std::string &bytes)
{
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  file.close();
  if (!file)
    throw std::runtime_error("cannot write " + path);
}

std::set<std::string> list_directory(const std::string &path)
{
  std::set<std::string> names;
  std::error_code none;
  for (const auto &entry : std::filesystem::directory_iterator(path, none))
    names.insert(entry.path().filename());
  return names;
}

std::set<std::string> sample_configurations()
{
  std::set<std::string> names;
  for (const std::string &name : list_directory(source_path("config")))
    if (std::filesystem::path(name).extension() == ".yaml")
      names.insert(name);
  return names;
}

std::string source_path(const std::string &relative)
{
  const char *root = getenv("PLATTER_SOURCE");
  return std::string(root != nullptr ? root : ".") + "/" + relative;
}

std::string unique_prefix(const std::string &word)
{
  static int number;
  return word + "_" + std::to_string(getpid()) + "_" + std::to_string(number++);
}
