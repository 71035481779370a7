// SPDX-License-Identifier: BSD-3-Clause
// Capture files: read whole through libpcap, and written from frames. Broken ones are built by hand
// with capture_file.h and written as bytes.
#ifndef TESTS_SUPPORT_PCAP_FILE_H
#define TESTS_SUPPORT_PCAP_FILE_H

#include <string>
#include <vector>

using Frames = std::vector<std::string>;

Frames read_frames(const std::string &path); // throws where the file is damaged

void write_frames(const std::string &path, const Frames &frames);

// Frames that all differ: `seed` and their number stand behind the EtherType, the rest is noise.
Frames numbered_frames(unsigned count, unsigned size = 60, unsigned seed = 0);

// The frame with its MAC addresses swapped.
std::string swapped(std::string frame);

// Every capture of the source tree's pcaps/.
std::vector<std::string> sample_captures();

#endif
