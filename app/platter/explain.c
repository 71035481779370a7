// SPDX-License-Identifier: BSD-3-Clause
// platter check --explain: what libpcap makes of a filter, what runs in its place, and how long
// that takes on the frames of a capture.
#include "explain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>
#include <rte_bpf.h>
#include <rte_cycles.h>
#include <rte_mbuf.h>

#include "base/notes.h"
#include "config/filter.h"
#include "features/rules/filter_code.h"
#include "host/cpu.h"
#include "host/eal.h"
#include "replay/capture_reader.h"
#include "show.h"

enum {
  FRAMES_MAX = 65536, // of a capture: enough to tell how long a filter takes
  EAL_BYTES = 1 << 20,
};

static const double MEASURE_SECONDS = 0.1;

// Frames of a capture as packets: mbufs that no pool has, over bytes that stay where they are.
struct sample {
  unsigned n;
  struct rte_mbuf *packet;
};

static void print_program(const char *text, const struct bpf_program *program)
{
  show_text(stdout, "  ", "filter: %s", text);
  printf("libpcap and checks of its offsets make %u instructions of it:\n", program->bf_len);
  for (unsigned i = 0; i < program->bf_len; i++)
    printf("  %s\n", bpf_image(&program->bf_insns[i], (int)i));
}

static void print_code(const struct filter_code *code)
{
  if (code->native != NULL)
    printf("runs as: native code, %zu bytes\n", code->native_size);
  else
    printf("runs in: rte_bpf's interpreter, for there is no native code on this machine\n");
}

static bool sample_add(struct sample *sample, const struct capture_frame *frame)
{
  struct rte_mbuf *m = &sample->packet[sample->n];
  memset(m, 0, sizeof(*m));
  m->buf_addr = malloc(frame->length);
  if (m->buf_addr == NULL)
    return false;
  memcpy(m->buf_addr, frame->bytes, frame->length);
  m->buf_len = m->data_len = frame->length;
  m->pkt_len = frame->length;
  m->nb_segs = 1;
  sample->n++;
  return true;
}

static int sample_read(struct sample *sample, const char *path, char *error, size_t size)
{
  struct capture_reader *reader;
  struct capture_frame frame;
  sample->packet = aligned_alloc(RTE_CACHE_LINE_SIZE, FRAMES_MAX * sizeof(*sample->packet));
  if (sample->packet == NULL)
    return fail(error, size, -ENOMEM, "out of memory");
  const struct capture_terms terms = {.sound_part = true, .skip_long = true}; // a sample will do
  int status = capture_open(&reader, path, &terms, error, size);
  if (status != 0)
    return status;
  while (sample->n < FRAMES_MAX && (status = capture_next(reader, &frame)) > 0)
    if (!sample_add(sample, &frame)) {
      status = fail(error, size, -ENOMEM, "out of memory");
      break;
    }
  capture_close(reader);
  if (status >= 0 && sample->n == 0)
    return fail(error, size, -EINVAL, "%s: no frames", path);
  return status < 0 ? status : 0;
}

static void sample_free(struct sample *sample)
{
  for (unsigned i = 0; i < sample->n; i++)
    free(sample->packet[i].buf_addr);
  free(sample->packet);
}

// One pass over all frames. Returns how many match.
static unsigned pass(const struct filter_code *code, const struct sample *sample)
{
  unsigned matches = 0;
  for (unsigned i = 0; i < sample->n; i++)
    matches += code->native != NULL ? code->native(&sample->packet[i]) != 0
                                    : rte_bpf_exec(code->bpf, &sample->packet[i]) != 0;
  return matches;
}

static void measure(const struct filter_code *code, const struct sample *sample, const char *path)
{
  unsigned matches = pass(code, sample); // and warms up
  uint64_t start = rte_rdtsc(), end = start + MEASURE_SECONDS * rte_get_tsc_hz(), now;
  uint64_t frames = 0;
  do {
    pass(code, sample);
    frames += sample->n;
    now = rte_rdtsc();
  } while (now < end);
  double cycles = (double)(now - start) / frames;
  show_text(stdout, "  ", "%s: %u of %u frames match; %.1f cycles (%.1f ns) a frame", path, matches,
            sample->n, cycles, cycles * 1e9 / rte_get_tsc_hz());
}

// DPDK translates in memory of its own: EAL has to run, with as little as it can do with.
static int start_eal(char *error, size_t size)
{
  static char prefix[64];
  unsigned cpus[CPU_SET_MAX];
  struct notes warnings = {0};
  snprintf(prefix, sizeof(prefix), "platter_explain_%d", getpid());
  cpu_usable(cpus, CPU_SET_MAX);
  struct eal_request request = {
      .prefix = prefix,
      .n_cpus = 1,
      .cpus = cpus,
      .hugepages = CONFIG_HUGEPAGES_OFF,
      .ordinary_bytes = EAL_BYTES,
  };
  int status = eal_start(&request, &warnings, error, size);
  notes_free(&warnings);
  return status;
}

static int explain_code(const struct bpf_program *program, const struct sample *sample,
                        const char *path, char *error, size_t size)
{
  struct filter_code code;
  int status = start_eal(error, size);
  if (status != 0)
    return status;
  status = filter_code_make(&code, program, error, size);
  if (status == 0) {
    print_code(&code);
    if (path != NULL)
      measure(&code, sample, path);
    filter_code_free(&code);
  }
  eal_stop();
  return status;
}

enum status_code explain(const char *text, const char *path)
{
  char error[512];
  struct sample sample = {0};
  struct bpf_program *program = filter_compile(text, error, sizeof(error));
  if (program == NULL) {
    fprintf(stderr, "platter: '%s': %s\n", text, error);
    return STATUS_USAGE;
  }
  enum status_code result = STATUS_OK;
  if (path != NULL && sample_read(&sample, path, error, sizeof(error)) != 0) {
    fprintf(stderr, "platter: %s\n", error);
    result = STATUS_USAGE;
  } else {
    print_program(text, program);
    if (explain_code(program, &sample, path, error, sizeof(error)) != 0) {
      fprintf(stderr, "platter: %s\n", error);
      result = STATUS_FAILED;
    }
  }
  sample_free(&sample);
  filter_free(program);
  return result;
}
