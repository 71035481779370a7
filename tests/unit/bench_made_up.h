// SPDX-License-Identifier: BSD-3-Clause
// Reports with made-up figures, for tests of what is made out of them.
#ifndef TESTS_UNIT_BENCH_MADE_UP_H
#define TESTS_UNIT_BENCH_MADE_UP_H

#include <initializer_list>
#include <string>
#include <vector>

#include "report/report.h"

inline struct spread spread_of(std::initializer_list<double> values)
{
  samples samples = {};
  for (double value : values)
    samples_add(&samples, value);
  return samples_spread(&samples);
}

// So far apart that nothing can be told.
inline struct spread unsure(double middle)
{
  return spread_of({middle * 0.5, middle, middle * 1.5});
}

inline struct spread sure(double middle)
{
  return spread_of({middle * 0.97, middle, middle * 1.02, middle * 0.95, middle * 1.05});
}

// What may appear in a name of a file, a message or a configuration, and must not break anything.
static const char hostile[] = "</script><script>window.broken = 1</script><!-- & \"quoted\" 'so'";

inline json_t *add_chart(json_t *report, const char *kind, const char *title, const char *x,
                         const char *y, bool log, const std::vector<std::string> &labels,
                         const std::vector<std::string> &series, double least)
{
  json_t *chart = report_chart(report, kind, title, x, y, log);
  for (const std::string &label : labels)
    report_label(chart, label.c_str());
  for (size_t s = 0; s < series.size(); s++) {
    json_t *line = report_series(chart, series[s].c_str());
    for (size_t i = 0; i < labels.size(); i++) {
      double value = least * (i + 1) * (log ? 1 << (2 * i) : 1) * (s + 2) / 2;
      struct spread point = i == 2 && s == 1 ? unsure(value) : sure(value);
      report_value(line, &point);
    }
  }
  return chart;
}

inline void add_table(json_t *report, size_t rows)
{
  json_t *table = report_table(report, "Frames of 64 to 9000 bytes", "One core, pipeline.");
  report_column(table, "way", "");
  report_column(table, "size", "");
  for (const char *name : {"packets", "received", "sent", "taken", "handed over", "seen again"})
    report_column(table, name, "Mpps");
  report_column(table, "residence", "s");
  report_column(table, "copied", "bytes");
  for (size_t i = 0; i < rows; i++) {
    json_t *row = report_row(table);
    json_array_append_new(row,
                          report_text(i % 2 == 0 ? "by reference" : "MSG_ZEROCOPY, falls back"));
    json_array_append_new(row, report_text(i % 2 == 0 ? "64 bytes" : "1,518 bytes"));
    for (size_t c = 0; c < 6; c++) {
      struct spread cell = c == 4 ? unsure(10.0 + i) : sure(12.3456 * (i + 1));
      json_array_append_new(row, report_spread(&cell));
    }
    struct spread seconds = sure(0.0000123);
    json_array_append_new(row, report_spread(&seconds));
    json_array_append_new(row, json_integer(1234567 * i));
  }
}

// All kinds of everything. The caller releases it.
inline json_t *made_up_report()
{
  json_t *report = report_new("made-up", "What zero copy is worth on this machine");
  report_paragraph(report, "The same forwarder with 0, 1, 2 and 4 full copies for each packet in "
                           "its path, and nothing else different.");
  report_setting(report, "repetitions", json_integer(5));
  report_setting(report, "layout", json_string("pipeline"));
  report_setting(report, "quick", json_false());
  report_configuration(report, "ports:\n  - name: left # & <right>\n");
  add_chart(report, "line", "Throughput by frame size", "frame size, bytes", "Mpps", false,
            {"64", "128", "256", "512", "1024", "1518", "9000", "IMIX"},
            {"by reference", "1 copy", "2 copies", "4 copies"}, 3.1);
  add_chart(report, "line", "Cycles for each packet", "frame size, bytes", "cycles", true,
            {"64", "128", "256", "512", "1024", "1518", "9000"}, {"by reference", "4 copies"}, 31);
  add_chart(report, "bar", "CPU for each gigabyte, file to file", "", "CPU seconds per GB", false,
            {"read/write, 64 KiB", "sendfile", "splice", "mmap + write", "MSG_ZEROCOPY",
             "io_uring, fixed buffers"},
            {"user", "system"}, 0.21);
  add_chart(report, "bar", "CPU busy", "copies", "share of a core, %", false, {"0", "1", "2", "4"},
            {"64 bytes", "1,518 bytes", "9,000 bytes"}, 12);
  add_table(report, 6);
  report_conclude(report, "By reference starts to win at %d bytes.", 128);
  report_conclude(report, "Four copies at 1,518 bytes cost 5.2 times what one pass by reference "
                          "costs; at IMIX nothing can be told: the spreads overlap.");
  report_warn(report, "One core is shared with the receiver.");
  report_point(report, json_pack("{s:s, s:f}", "way", hostile, "Mpps", 12.345678));
  return report;
}

#endif
