// SPDX-License-Identifier: BSD-3-Clause
// Device strings of replay ports: whatever is accepted obeys the limits, says so in words, and
// means the same when it is read again; whatever is refused says why in one line.
#include "config/replay.h"

#include <cstdlib>
#include <cstring>
#include <string>

namespace
{
void require(bool condition)
{
  if (!condition)
    abort();
}

void check(const config_replay &r)
{
  char text[128];
  require(r.file[0] != '\0' && strlen(r.file) < REPLAY_PATH_MAX);
  require(strlen(r.out) < REPLAY_PATH_MAX);
  require(r.memory >= REPLAY_MEMORY_MIN);
  require(r.speed > 0 && (r.speed == 1 || r.rate == REPLAY_ORIGINAL));
  require((r.rate != REPLAY_BITS && r.rate != REPLAY_FRAMES) || r.per_second > 0);
  config_replay_describe(&r, text, sizeof(text));
  require(text[0] != '\0');
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  std::string device = "replay," + std::string(reinterpret_cast<const char *>(data), size);
  device.resize(strlen(device.c_str()));
  char error[512] = "";
  struct config_replay replay;
  require(replay_is(device.c_str()));
  if (config_replay_read(device.c_str(), &replay, error, sizeof(error)))
    check(replay);
  else
    require(error[0] != '\0' && strchr(error, '\n') == nullptr);
  return 0;
}
