// SPDX-License-Identifier: BSD-3-Clause
// Scans files in a directory of the test's own.
#ifndef TESTS_UNIT_CAPTURE_SCANNED_H
#define TESTS_UNIT_CAPTURE_SCANNED_H

#include "replay/capture.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "capture_file.h"

namespace fs = std::filesystem;

enum { ARP = 0x0806, LLDP = 0x88cc };
inline constexpr uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d;

struct Found : capture {
  std::string summary() const
  {
    return std::to_string(frames) + " frames, " + std::to_string(bytes) + " bytes, " +
           std::to_string(shortest) + " to " + std::to_string(longest) + ", " +
           std::to_string(shortened) + " shortened";
  }

  // The kinds as "NAME COUNT, NAME COUNT".
  std::string names() const
  {
    std::string text;
    for (unsigned i = 0; i < n_kinds; i++)
      text +=
          (i == 0 ? "" : ", ") + std::string(kinds[i].name) + " " + std::to_string(kinds[i].frames);
    return text;
  }
};

struct Scan {
  int code;
  Found capture;
  std::string error;
};

class CaptureFile : public testing::Test
{
protected:
  void SetUp() override
  {
    char name[] = "/tmp/platter-capture-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory = name;
    fs::permissions(directory, fs::perms(0755)); // for the test that gives up root
    path = directory / "x.pcap";
  }

  void TearDown() override
  {
    fs::remove_all(directory);
  }

  void write(const std::string &bytes)
  {
    fs::remove(path); // a file that is written over may have to reach the disk first
    std::ofstream(path, std::ios::binary) << bytes;
  }

  // The error without the directory.
  std::string plain(const std::string &error)
  {
    std::string prefix = directory.string() + "/";
    return error.rfind(prefix, 0) == 0 ? error.substr(prefix.size()) : "unnamed: " + error;
  }

  Scan scan()
  {
    char error[512] = "";
    Scan scan = {};
    scan.code = capture_scan(path.c_str(), &terms, &scan.capture, error, sizeof(error));
    scan.error = scan.code == 0 ? error : plain(error);
    EXPECT_LE(scan.code, 0);
    return scan;
  }

  Scan scan(const std::string &bytes)
  {
    write(bytes);
    return scan();
  }

  // What is in a file that must be accepted.
  Found read(const std::string &bytes)
  {
    Scan result = scan(bytes);
    EXPECT_EQ(result.error, "");
    return result.capture;
  }

  std::string refusal(const std::string &bytes)
  {
    Scan result = scan(bytes);
    return result.code < 0 ? result.error : "accepted";
  }

  static std::string left(const Found &found)
  {
    char text[512] = "";
    bool any = capture_left_describe(&found.left, text, sizeof(text));
    EXPECT_EQ(any, text[0] != '\0');
    return text;
  }

  // The count, or the error.
  std::string count(const std::string &bytes)
  {
    write(bytes);
    uint64_t frames = 99;
    char error[512] = "";
    int code = capture_count(path.c_str(), &frames, error, sizeof(error));
    return code == 0 ? std::to_string(frames) : plain(error);
  }

  fs::path directory, path;
  capture_terms terms = {};
};

#endif
