// SPDX-License-Identifier: BSD-3-Clause
// Any bytes give either a capture whose numbers agree with each other or one sentence.
#include "replay/capture.h"

#include <cstring>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "require.h"

namespace
{

// A file in memory that holds these bytes; its name in the file system.
std::string file_with(const uint8_t *data, size_t size)
{
  static int fd = memfd_create("capture", 0);
  require(fd >= 0 && ftruncate(fd, 0) == 0 &&
              pwrite(fd, data, size, 0) == static_cast<ssize_t>(size),
          "the bytes are in a file");
  return "/proc/self/fd/" + std::to_string(fd);
}

void check_sentence(const std::string &path, const char *error)
{
  require(strncmp(error, (path + ": ").c_str(), path.size() + 2) == 0, "an error names the file");
  require(error[path.size() + 2] != '\0', "an error says what is wrong");
  for (const char *c = error; *c != '\0'; c++)
    require(static_cast<unsigned char>(*c) >= 0x20 && *c != 0x7f, "no control bytes in an error");
}

void check_kinds(const struct capture &capture)
{
  require(capture.n_kinds >= 1 && capture.n_kinds <= CAPTURE_KINDS_MAX, "1 to 16 kinds");
  uint64_t frames = 0;
  for (unsigned i = 0; i < capture.n_kinds; i++) {
    const auto &kind = capture.kinds[i];
    frames += kind.frames;
    require(kind.name[0] != '\0' && memchr(kind.name, '\0', sizeof(kind.name)) != nullptr,
            "a kind has a name");
    require(kind.frames >= 1, "a kind has frames");
    bool other = strcmp(kind.name, "other") == 0;
    require(!other || i == CAPTURE_KINDS_MAX - 1, "other is the last of sixteen");
    require(i == 0 || other || kind.frames <= capture.kinds[i - 1].frames, "most frequent first");
  }
  require(frames == capture.frames, "each frame is of one kind");
}

void check_capture(const struct capture &capture, size_t size)
{
  require(capture.frames >= 1 && capture.shortened <= capture.frames, "there are frames");
  require(capture.shortest >= 1 && capture.shortest <= capture.longest &&
              capture.longest <= CAPTURE_FRAME_MAX,
          "frames of 1 to 9216 bytes");
  require(capture.bytes >= capture.frames * capture.shortest &&
              capture.bytes <= capture.frames * capture.longest,
          "the sum of the lengths is between the shortest and the longest");
  require(capture.packed || capture.bytes <= size, "no more bytes than the file has");
  require(capture.times.frames == capture.frames && capture.times.first <= capture.times.last &&
              capture.times.gap <= capture.times.last - capture.times.first,
          "time goes on");
  check_kinds(capture);
}

} // namespace

// On all terms, for whoever takes more must find no less.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  std::string path = file_with(data, size);
  char error[512] = "";
  struct capture capture;
  uint64_t strict = 0;
  for (unsigned i = 0; i < 4; i++) {
    struct capture_terms terms = {false, (i & 1) != 0, (i & 2) != 0, i == 3};
    int scanned = capture_scan(path.c_str(), &terms, &capture, error, sizeof(error));
    require(scanned <= 0, "0 or -errno");
    require(scanned == 0 || strict == 0, "what is taken whole is taken on any terms");
    if (scanned != 0) {
      check_sentence(path, error);
      continue;
    }
    check_capture(capture, size);
    if (i == 0)
      strict = capture.frames;
    require(strict == 0 || strict == capture.frames, "nothing is left out of what is taken whole");
  }

  uint64_t frames;
  int counted = capture_count(path.c_str(), &frames, error, sizeof(error));
  require(counted <= 0, "0 or -errno");
  if (counted != 0)
    check_sentence(path, error);
  require(strict == 0 || (counted == 0 && frames == strict),
          "what can be replayed can be counted, to the same number");
  return 0;
}
