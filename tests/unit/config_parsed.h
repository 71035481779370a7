// SPDX-License-Identifier: BSD-3-Clause
// A configuration and its errors, released with the variable that holds them.
#ifndef TESTS_UNIT_CONFIG_PARSED_H
#define TESTS_UNIT_CONFIG_PARSED_H

#include "config/config.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "features/feature.h"

inline const struct config_kind config_kinds[] = {{"wire", 2, 2, feature_settings("wire")},
                                                  {"reflect", 1, 32},
                                                  {"sink", 1, 32},
                                                  {"bridge", 2, 32, feature_settings("bridge")}};

struct Parsed {
  struct config_errors errors = {};
  struct config *config = nullptr;

  // The first so many of config_kinds are known.
  explicit Parsed(const std::string &text, size_t n_kinds = 3)
  {
    config = config_parse("lab.yaml", text.data(), text.size(), config_kinds, n_kinds, &errors);
  }

  struct File {
    std::string path;
  };
  explicit Parsed(const File &file)
  {
    config = config_load(file.path.c_str(), config_kinds, 4, &errors);
  }

  Parsed(const Parsed &) = delete;
  Parsed &operator=(const Parsed &) = delete;

  ~Parsed()
  {
    config_free(config);
    config_errors_free(&errors);
  }

  // What a user reads: one line per error.
  std::string report(const char *file = "lab.yaml") const
  {
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    config_errors_print(&errors, file, out);
    fclose(out);
    std::string report(text, size);
    free(text);
    return report;
  }
};

// The report on a text that must not give a configuration.
inline std::string report_of(const std::string &text, size_t n_kinds = 3)
{
  Parsed parsed(text, n_kinds);
  return parsed.config == nullptr ? parsed.report() : "accepted";
}

// Two ports and their wire, to which a test adds what it is about.
inline const std::string pair = "ports: {left: {device: net_null0}, right: {device: net_null1}}\n"
                                "forward: [wire: [left, right]]\n";

#endif
