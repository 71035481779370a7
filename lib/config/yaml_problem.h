// SPDX-License-Identifier: BSD-3-Clause
#ifndef CONFIG_YAML_PROBLEM_H
#define CONFIG_YAML_PROBLEM_H

#include <yaml.h>

#include "config/config.h"

// Adds the error that stopped libyaml's parser, in the words of somebody who writes a file, not of
// one who writes a parser. `text`: what it reads. Not for YAML_MEMORY_ERROR.
void yaml_problem_add(const yaml_parser_t *parser, const char *text, size_t length,
                      struct config_errors *errors);

#endif
