// SPDX-License-Identifier: BSD-3-Clause
// The page is whole: the report can be taken out of it again, it asks nobody for anything, and no
// text in the report becomes a part of it.
#include <cerrno>

#include <gtest/gtest.h>

#include "bench_made_up.h"
#include "json.h"
#include "scratch.h"

namespace
{

std::string page_of(const json_t *report)
{
  Scratch scratch;
  char error[256] = "";
  EXPECT_EQ(report_write_html(report, (scratch / "r.html").c_str(), error, sizeof(error)), 0)
      << error;
  return read_file(scratch / "r.html");
}

size_t count(const std::string &text, const std::string &part)
{
  size_t n = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    n++;
  return n;
}

// As a program would: from the element's opening tag to the next closing one.
Json extracted(const std::string &page)
{
  const std::string open = "<script type=\"application/json\" id=\"report\">";
  size_t start = page.find(open) + open.size();
  return Json::parse(page.substr(start, page.find("</script>", start) - start));
}

TEST(Page, HoldsTheReport)
{
  json_t *report = made_up_report();
  report_end(report);
  Json inside = extracted(page_of(report));
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside.dump(), Json(json_incref(report)).dump());
  json_decref(report);
}

TEST(Page, SaysAllOfIt)
{
  json_t *report = made_up_report();
  report_warn(report, "A last warning.");
  std::string page = page_of(report);
  for (const char *part :
       {"<title>What zero copy is worth on this machine</title>", "What the figures say",
        "<li>By reference starts to win at 128 bytes.</li>", "id=\"chart-0\"", "id=\"chart-3\"",
        "<span>Mpps</span>", "too wide to tell", "Kernel arguments for speed",
        "<dt>repetitions</dt>", "name: left # &amp; &lt;right&gt;", "<li>A last warning.</li>",
        "Chart.js Contributors", "The above copyright notice and this permission notice"})
    EXPECT_GT(count(page, part), 0u) << part;
  EXPECT_EQ(count(page, "<canvas"), 4u);
  EXPECT_EQ(count(page, "The figures of this chart</summary>"), 4u);
  EXPECT_EQ(page.substr(0, 15), "<!doctype html>");
  EXPECT_EQ(page.substr(page.size() - 8), "</html>\n");
  EXPECT_EQ(count(page.substr(0, page.find("<script")), "{{"), 0u); // all of the template is filled
  json_decref(report);
}

TEST(Page, LeavesOutWhatThereIsNot)
{
  json_t *report = report_new("made-up", "Empty");
  std::string page = page_of(report);
  for (const char *part : {"<h2>Charts", "<h2>Tables", "<h2>Warnings", "<h2>Configuration",
                           "<h2>Captures", "<h2>Settings", "What the figures say"})
    EXPECT_EQ(count(page, part), 0u) << part;
  json_decref(report);
}

TEST(Page, FetchesNothing)
{
  json_t *report = made_up_report();
  std::string page = page_of(report);
  EXPECT_EQ(count(page, "default-src 'none'"), 1u);
  std::string markup = page.substr(0, page.find("<script"));
  EXPECT_EQ(count(markup, "href=\""), count(markup, "href=\"#") + count(markup, "href=\"data:,\""));
  EXPECT_EQ(count(markup, "src=") + count(markup, "url(") + count(markup, "@import"), 0u);
  EXPECT_EQ(count(page, "<link"), 1u); // the icon, empty: browsers ask for one otherwise
  EXPECT_EQ(count(page, "<img") + count(page, "<iframe") + count(page, "fetch(") +
                count(page, "XMLHttpRequest") + count(page, "script src"),
            0u);
  json_decref(report);
}

// In every place where a text may stand.
json_t *hostile_report()
{
  json_t *report = report_new(hostile, hostile);
  report_paragraph(report, "%s", hostile);
  report_warn(report, "%s", hostile);
  report_conclude(report, "%s", hostile);
  report_setting(report, hostile, json_string(hostile));
  report_configuration(report, hostile);
  report_capture(report, hostile, "/dev/null", 0);
  json_t *table = report_table(report, hostile, hostile);
  report_column(table, hostile, hostile);
  json_array_append_new(report_row(table), report_text(hostile));
  json_t *chart =
      add_chart(report, "bar", hostile, hostile, hostile, false, {hostile}, {hostile}, 1);
  report_chart_note(chart, hostile);
  json_object_set_new(json_object_get(report, "machine"), "cpu", json_string(hostile));
  report_point(report, json_pack("{s:s}", hostile, hostile));
  return report;
}

TEST(Page, NoTextBreaksOut)
{
  json_t *report = hostile_report();
  ASSERT_TRUE(report_whole(report));
  std::string page = page_of(report);
  EXPECT_EQ(count(page, "</script>"), 3u); // report, library, script
  EXPECT_EQ(count(page, "<script>window"), 0u);
  EXPECT_EQ(count(page, "<!--"), 1u); // the licence of the template
  EXPECT_EQ(count(page, "\"quoted\""), 0u);
  EXPECT_EQ(extracted(page).dump(), Json(json_incref(report)).dump());
  json_decref(report);
}

TEST(Page, IsNotWrittenInPart)
{
  json_t *report = made_up_report();
  char error[256] = "";
  EXPECT_EQ(report_write_html(report, "/dev/full", error, sizeof(error)), -ENOSPC);
  EXPECT_STREQ(error, "cannot write /dev/full: No space left on device");
  json_decref(report);
}

} // namespace
