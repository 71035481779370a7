// SPDX-License-Identifier: BSD-3-Clause
// Any bytes give either a configuration that keeps its promises or at least one error, and nothing
// is leaked on the way.
#include "config/config.h"

#include <cstring>

#include "features/feature.h"

#include "require.h"

namespace
{

const struct config_kind kinds[] = {
    {"wire", 2, 2, feature_settings("wire")}, {"reflect", 1, 32}, {"sink", 1, 32}};

void check_errors(const struct config_errors &errors)
{
  for (size_t i = 0; i < errors.kept; i++) {
    const char *text = errors.error[i].text;
    require(text != nullptr && text[0] != '\0', "an error has a text");
    for (const char *c = text; *c != '\0'; c++)
      require(static_cast<unsigned char>(*c) >= 0x20 && *c != 0x7f, "no control bytes in an error");
    require(i == 0 || errors.error[i - 1].place.line <= errors.error[i].place.line,
            "errors are in the order of the file");
  }
}

void check_config(const struct config &config)
{
  require(config.n_ports >= 1 && config.n_ports <= CONFIG_PORTS_MAX, "1 to 32 ports");
  unsigned forwarded = 0;
  for (unsigned i = 0; i < config.n_forward; i++) {
    const struct config_forward &forward = config.forward[i];
    require(forward.kind != nullptr && forward.n_ports >= forward.kind->min_ports &&
                forward.n_ports <= forward.kind->max_ports,
            "an entry has as many ports as its kind takes");
    forwarded += forward.n_ports;
  }
  require(forwarded == config.n_ports, "each port is in one entry");
  for (unsigned i = 0; i < config.n_ports; i++) {
    const struct config_port &port = config.ports[i];
    require(port.name[0] != '\0' && port.device != nullptr, "a port has a name and a device");
    require(port.rx_queues >= 1 && port.rx_queues <= CONFIG_RX_QUEUES_MAX, "1 to 64 queues");
  }
  for (unsigned i = 0; i < config.n_assign; i++) {
    const struct config_assign &assign = config.assign[i];
    for (unsigned j = 0; j < assign.n_rx; j++)
      require(assign.rx[j].port < config.n_ports &&
                  assign.rx[j].queue < config.ports[assign.rx[j].port].rx_queues,
              "a polled queue exists");
  }
  require(config.n_assign == 0 || config.n_cores == 0, "cores or an assignment, not both");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct config_errors errors = {};
  struct config *config = config_parse("fuzz", reinterpret_cast<const char *>(data), size, kinds,
                                       sizeof(kinds) / sizeof(kinds[0]), &errors);
  require((config != nullptr) == (errors.count == 0), "a configuration or errors, never both");
  if (config != nullptr)
    check_config(*config);
  check_errors(errors);
  config_free(config);
  config_errors_free(&errors);
  return 0;
}
