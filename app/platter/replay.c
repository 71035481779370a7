// SPDX-License-Identifier: BSD-3-Clause
// platter replay: the same configuration, with captures in place of devices.
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "replay.h"

// How often and how fast, as the device strings of replay ports say it.
static enum status_code set_pace(struct replay *r, const char *loop, const char *rate,
                                 const char *speed)
{
  if (speed != NULL && rate == NULL)
    rate = "original"; // nothing else has a speed
  const char *const values[] = {loop, rate, speed};
  static const char *const keys[] = {"loop", "rate", "speed"};
  char device[sizeof(r->pace_text) + 32], error[512];
  size_t used = 0;

  for (unsigned i = 0; i < 3; i++) {
    if (values[i] == NULL)
      continue;
    r->fast = true; // no other replay has a pace
    if (strchr(values[i], ',') != NULL || strlen(values[i]) > 40)
      return usage_error(r->command, "--%s: '%.40s' is no value for it", keys[i], values[i]);
    used +=
        snprintf(r->pace_text + used, sizeof(r->pace_text) - used, ",%s=%s", keys[i], values[i]);
  }
  snprintf(device, sizeof(device), "replay,file=-%s", r->pace_text);
  if (!config_replay_read(device, &r->pace, error, sizeof(error)))
    return usage_error(r->command, "%s", error);
  if (r->pace.loop == 0)
    return usage_error(r->command, "--loop 0 would never end; `platter run` is for that");
  return STATUS_OK;
}

static enum status_code parse(struct replay *r, int argc, char **argv, const char **config)
{
  static const struct option options[] = {{"out", required_argument, NULL, 'o'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"fast", no_argument, NULL, 'f'},
                                          {"loop", required_argument, NULL, 'l'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"speed", required_argument, NULL, 's'},
                                          {"sound-part", no_argument, NULL, 'p'},
                                          {"skip-long", no_argument, NULL, 'k'},
                                          {0}};
  const char *loop = NULL, *rate = NULL, *speed = NULL;
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
    switch (option) {
    case 'o':
      r->out = optarg;
      break;
    case 'j':
      r->json = true;
      break;
    case 'f':
      r->fast = true;
      break;
    case 'l':
      loop = optarg;
      break;
    case 'r':
      rate = optarg;
      break;
    case 's':
      speed = optarg;
      break;
    case 'p':
      r->terms.sound_part = true;
      break;
    case 'k':
      r->terms.skip_long = true;
      break;
    default:
      return option_error(r->command, option, argv);
    }
  if (argc - optind < 2)
    return usage_error(r->command, "it takes a configuration file and at least one PORT=FILE");
  *config = argv[optind];
  return set_pace(r, loop, rate, speed);
}

static enum status_code replay_command(const struct command *command, int argc, char **argv)
{
  static struct replay r;
  const char *path = NULL;

  r.command = command;
  r.terms.typed = true;
  for (unsigned i = 0; i < CONFIG_PORTS_MAX; i++)
    r.inputs.file[i].fd = -1;
  enum status_code status = parse(&r, argc, argv, &path);
  if (status != STATUS_OK)
    return status;
  r.config = load_config(path);
  if (r.config == NULL)
    return STATUS_USAGE;
  for (int i = optind + 1; i < argc && status == STATUS_OK; i++)
    status = inputs_take(&r.inputs, command, r.config, argv[i]);
  if (status == STATUS_OK)
    status = replay_run(&r);
  config_free(r.config);
  return status;
}

const struct command command_replay = {
    .name = "replay",
    .summary = "forward captures through a configuration, exactly",
    .help = "Usage: platter replay [OPTIONS] CONFIG PORT=FILE …\n"
            "\n"
            "Runs CONFIG with a capture in place of every port's device: what FILE holds\n"
            "comes in on PORT, what leaves by a port goes to DIR/PORT.pcap. Ends when every\n"
            "frame has come through and prints what was received, sent, dropped and copied,\n"
            "and whether the accounting closed. Nothing is lost, mirrors included, unless the\n"
            "configuration says `overload: drop`; whatever is missing from an output is said.\n"
            "Each port has one receive queue; cores that this machine lacks are replaced.\n"
            "\n"
            "FILE is pcap or pcapng with Ethernet frames of up to 9,216 bytes, as it is or\n"
            "packed by gzip, zstd, xz or lz4.\n"
            "\n"
            "  --out DIR     keep what leaves; files there are replaced only when all went\n"
            "                well\n"
            "  --json        the summary as JSON on standard output, and nothing else there\n"
            "  --sound-part  of a FILE that ends in the middle of a frame (its writer was\n"
            "                killed), take what is before; without this it is refused\n"
            "  --skip-long   leave frames of over 9,216 bytes out; without this FILE is\n"
            "                refused\n"
            "  --fast        load the files first and pass their frames by reference (replay\n"
            "                ports in place of net_pcap's receive side); what leaves is the\n"
            "                same\n"
            "  --loop N      each file N times; implies --fast, as the next two do\n"
            "  --rate R      line, original, or a rate like 2Mpps or 10Gbit\n"
            "  --speed X     X times as fast as the original; implies --rate original\n"
            "\n"
            "Exit status: 3 if an output lacks a frame, or a frame or an mbuf is unaccounted\n"
            "for.\n"
            "\n"
            "Example: platter replay config/wire.yaml left=pcaps/imix.pcap --out /tmp/out\n",
    .run = replay_command,
};
