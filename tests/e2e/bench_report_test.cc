// SPDX-License-Identifier: BSD-3-Clause
// The page in a real browser, chromium: all charts are drawn, nothing is complained about, nothing
// is wider than the window, in light and dark, narrow and wide.
//
// The page shows itself in a frame of the width that is asked for, since browsers refuse narrow
// windows. A script put behind the page's own tells the frame's owner what it finds, and that logs
// it, between two marks: chromium writes its console to standard error.
#include <csignal>

#include <gtest/gtest.h>

#include "bench_made_up.h"
#include "json.h"
#include "process.h"
#include "scratch.h"

namespace
{

const char probe[] = R"(<script>
addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => {
  const found = { errors: window.errors, width: innerWidth, dark: false, charts: [] };
  found.dark = matchMedia('(prefers-color-scheme: dark)').matches;
  found.paper = getComputedStyle(document.body).backgroundColor;
  found.scroll = document.documentElement.scrollWidth;
  found.room = document.documentElement.clientWidth; // without the scroll bar
  found.broken = 'broken' in window;
  for (const canvas of document.querySelectorAll('canvas')) {
    const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set(), box = canvas.getBoundingClientRect();
    for (let at = 0; at < image.length; at += 4)
      if (image[at + 3] === 255) // what is not an edge
        colours.add(image[at] << 16 | image[at + 1] << 8 | image[at + 2]);
    found.charts.push({ colours: colours.size, left: box.left, right: box.right });
  }
  parent.postMessage(JSON.stringify(found), '*');
})));
</script>)";

// Before everything else in the page.
const char listener[] = R"(<script>
window.errors = [];
addEventListener('error', (event) => errors.push(String(event.message)));
addEventListener('securitypolicyviolation', (event) => errors.push(event.violatedDirective));
</script>)";

std::string replaced(std::string text, const std::string &part, const std::string &other)
{
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += other.size())
    text.replace(at, part.size(), other);
  return text;
}

void insert(std::string &page, const std::string &before, const std::string &what)
{
  size_t at = page.rfind(before);
  ASSERT_NE(at, std::string::npos) << before;
  page.insert(at, what);
}

const char mark[] = "#found#", end_mark[] = "#end#";

// The page is in the frame's attribute: no second file, and no process of its own.
std::string frame(const std::string &page, int width)
{
  return std::string("<!doctype html><meta charset=utf-8>"
                     "<meta name=color-scheme content='light dark'>"
                     "<script>addEventListener('message', (event) => console.log('") +
         mark + "' + event.data + '" + end_mark +
         "'));</script><iframe style='border:0;height:900px;width:" + std::to_string(width) +
         "px' srcdoc=\"" + replaced(replaced(page, "&", "&amp;"), "\"", "&quot;") +
         "\"></iframe>\n";
}

// What the browser logged between the marks; empty as long as it is not all there.
std::string logged(const std::string &log)
{
  size_t start = log.find(mark), end = log.find(end_mark);
  if (start == std::string::npos || end == std::string::npos)
    return "";
  start += strlen(mark);
  return log.substr(start, end - start);
}

unsigned lines_of(const std::string &log, const std::string &word)
{
  unsigned lines = 0;
  for (size_t at = 0; (at = log.find(word, at)) != std::string::npos; at += word.size())
    lines++;
  return lines;
}

class Browser : public testing::Test
{
protected:
  void write_page(const json_t *report)
  {
    char error[256] = "";
    ASSERT_EQ(report_write_html(report, (scratch / "r.html").c_str(), error, sizeof(error)), 0)
        << error;
    page = read_file(scratch / "r.html");
    insert(page, "<link rel", listener);
    insert(page, "</body>", probe);
  }

  Json open(int width, bool dark)
  {
    std::string outer = scratch.write("outer.html", frame(page, width));
    Process chromium({"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                      "--no-first-run", "--disable-background-networking",
                      "--disable-component-update", "--disable-sync",
                      "--user-data-dir=" + (scratch / "profile"), "--enable-logging=stderr",
                      "--remote-debugging-port=0", // stays until it is told to end
                      "--window-size=1500,1000",
                      std::string("--blink-settings=preferredColorScheme=") + (dark ? "0" : "1"),
                      "file://" + outer});
    std::string found;
    for (double late = monotonic() + 60; found.empty() && monotonic() < late; rest(0.02)) {
      found = logged(chromium.err());
      if (!chromium.running())
        break;
    }
    chromium.signal(SIGTERM);
    Ended ended = chromium.wait(20);
    EXPECT_EQ(lines_of(ended.err, "CONSOLE"), 1) << ended.err; // and no complaints
    return found.empty() ? Json() : Json::parse(found);
  }

  void expect_good(const Json &found, int width, bool dark, size_t charts)
  {
    ASSERT_TRUE(found) << "the page did not report";
    EXPECT_EQ(found["errors"].dump(), "[]");
    EXPECT_EQ(found["width"].number(), width);
    EXPECT_EQ(found["scroll"].number(), found["room"].number()) << "wider than its window";
    EXPECT_EQ(found["dark"].is_true(), dark);
    EXPECT_EQ(found["paper"].text(), dark ? "rgb(20, 23, 27)" : "rgb(251, 251, 250)");
    EXPECT_FALSE(found["broken"].is_true());
    ASSERT_EQ(found["charts"].size(), charts);
    for (size_t i = 0; i < charts; i++) {
      EXPECT_GT(found["charts"].at(i)["colours"].number(), 2) << "chart " << i << " is empty";
      EXPECT_GE(found["charts"].at(i)["left"].real(), 0) << i;
      EXPECT_LE(found["charts"].at(i)["right"].real(), width) << i;
    }
  }

  Scratch scratch;
  std::string page;
};

TEST_F(Browser, DrawsEverythingAtEveryWidthInLightAndDark)
{
  json_t *report = made_up_report();
  report_end(report);
  write_page(report);
  json_decref(report);
  for (int width : {360, 1400})
    for (bool dark : {false, true}) {
      SCOPED_TRACE(std::to_string(width) + (dark ? ", dark" : ", light"));
      expect_good(open(width, dark), width, dark, 4);
    }
}

// Charts of nothing, of one value, without any that is conclusive, of zeroes on a logarithmic axis;
// and texts that are no part of the page.
TEST_F(Browser, DrawsWhatIsOdd)
{
  json_t *report = report_new("made-up", hostile);
  report_warn(report, "%s", std::string(200, 'w').c_str());
  struct spread zero = spread_of({0, 0, 0}), wide = unsure(5), one = sure(5);
  for (const char *kind : {"line", "bar"})
    for (const struct spread &value : {zero, wide, one}) {
      json_t *chart = report_chart(report, kind, hostile, "x", hostile, true);
      report_label(chart, hostile);
      report_value(report_series(chart, hostile), &value);
    }
  report_chart(report, "line", "nothing at all", "x", "y", false);
  add_chart(report, "line", "many", "x", "y", true, {"1", "2", "3", "4"},
            {"a", "b", "c", "d", "e", "f", "g", "h", "i"}, 1e-6);
  write_page(report);
  json_decref(report);
  Json found = open(360, false);
  ASSERT_TRUE(found);
  EXPECT_EQ(found["errors"].dump(), "[]");
  EXPECT_EQ(found["scroll"].number(), found["room"].number());
  EXPECT_FALSE(found["broken"].is_true());
  EXPECT_EQ(found["charts"].size(), 8u);
}

} // namespace
