// SPDX-License-Identifier: BSD-3-Clause
// What a command line asks `platter-bench zero-copy` to measure.
#ifndef TESTS_UNIT_ZERO_COPY_PARSE_H
#define TESTS_UNIT_ZERO_COPY_PARSE_H

#include <string>
#include <vector>

#include <getopt.h>
#include <gtest/gtest.h>

#include "zero_copy/options.h"

// What `options` points to lives until the next call.
inline enum status_code parse(const std::vector<std::string> &line, zero_copy_options *options)
{
  static const command here = {"zero-copy", "", "", nullptr};
  static std::vector<std::string> words;
  words = line;
  std::vector<char *> argv = {const_cast<char *>("zero-copy")};
  for (std::string &word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  optind = 0; // getopt begins anew
  return zero_copy_options_parse(&here, argv.size() - 1, argv.data(), options);
}

inline zero_copy_options parsed(const std::vector<std::string> &words)
{
  zero_copy_options options;
  EXPECT_EQ(parse(words, &options), STATUS_OK);
  return options;
}

#endif
