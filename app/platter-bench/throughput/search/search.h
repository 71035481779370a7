// SPDX-License-Identifier: BSD-3-Clause
// The searches of `platter-bench throughput`: what a device carries, and how it loses. They are
// pure: they know no device, no packet and no clock, only "run a trial at this load for this long".
// So they are tested against simulated devices whose answer is known.
//
//  - A void trial (the generator fell short of what was asked) is never counted against the device.
//    It is repeated: once at a load beyond all that were sent so far, more often below, for there
//    the generator has shown that it can. If all of them are void, the search goes on at what was
//    sent at best of them (a curve: at its next load), and no load above is tried any more: it is
//    the instrument's limit.
//  - Time is what trials say that they took. A trial that could pass the limit is not begun.
//  - An interruption or a failure of a trial ends the search; what was measured is in the result.
//  - They return 0 when there is a result, also one that was cut short (see its `end`). Otherwise
//    -EINVAL or -ENOMEM and a sentence in `error`, and the result is all zero.
//
// Loads are packets per second of one direction (RFC 9971, "Trial Load"); ratios are 0 to 1.
#ifndef BENCH_THROUGHPUT_SEARCH_H
#define BENCH_THROUGHPUT_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct trial_wanted {
  double load;    // packets per second
  double seconds; // of sending
};

// What came of a trial. Counters are read after the drain.
struct trial_result {
  bool valid;     // false: void, the generator fell short; then only `offered` and `took` are read
  double offered; // packets per second that were really sent
  uint64_t sent, lost;
  double seconds; // of sending; for the report, the search counts with what it wanted
  double took;    // all in all, with waits and drain; 0: as long as was wanted
};

// Why a search ended.
enum search_end {
  SEARCH_FINISHED,    // it found what there is to find
  SEARCH_TIME_UP,     // the next trial could have passed the limit
  SEARCH_INTERRUPTED, // a trial returned -EINTR
  SEARCH_FAILED,      // a trial returned another error: see `status`
};

struct search_cost {
  enum search_end end;
  int status;      // what the last trial returned: 0, -EINTR or another -errno
  unsigned trials; // valid ones
  unsigned voids;
  double seconds; // that all of them took, void ones too
  double sent;    // the greatest load of a valid trial
  double reach;   // what the generator can do, where it fell short; 0: it did not
};

// For whoever shows how far it is: before each trial.
struct search_progress {
  const char *what; // "NDR": what the trial is for
  struct trial_wanted next;
  unsigned trials;     // done
  double seconds;      // spent
  double left;         // seconds, roughly; below 0: nobody knows
  double lower, upper; // bounds so far of what is looked for; 0: none
};

struct search {
  // Runs one trial: fills *result and returns 0; or -EINTR (interrupted) or another -errno, which
  // end the search. A trial that was interrupted is not counted.
  int (*trial)(void *arg, const struct trial_wanted *wanted, struct trial_result *result);
  void (*progress)(void *arg, const struct search_progress *progress); // may be NULL
  void *arg;
  double least,
      most;        // loads; 0 < least < most. `most`: the medium's, or the instrument's own limit
  double limit;    // seconds for all trials together; 0: none
  double overhead; // seconds that a trial takes beside its sending: waits and drain
};

enum { // trials at a load until one is valid
  SEARCH_TRIES_NEW = 2,
  SEARCH_TRIES = 4,
};

// ---- MLRsearch, RFC 9971: several goals in one search.

struct goal {
  const char *name;       // by which a report calls it: "NDR"
  double final_seconds;   // Goal Final Trial Duration
  double initial_seconds; // Goal Initial Trial Duration, at most the final one
  double sum_seconds;     // Goal Duration Sum
  double loss;            // Goal Loss Ratio
  double exceed;          // Goal Exceed Ratio, below 1
  double width;           // Goal Width: (upper - lower) / upper; at least the loss ratio
};

enum { GOALS_MAX = 8 };

extern const struct goal goal_ndr, goal_pdr; // as FD.io CSIT measures: 1 s trials, 21 s, 50%
extern const struct goal goal_rfc2544;       // unconditionally compliant: 60 s, no exceeding
extern const struct goal goal_tst009;        // ETSI GS NFV-TST 009, max(r) = 2: 60 s, 120 s, 50%

// Whether a result for this goal may be called RFC 2544 throughput: no loss, no exceeding, trials
// of 60 s or more.
bool goal_is_rfc2544(const struct goal *goal);

enum goal_outcome {
  GOAL_REGULAR,     // both bounds, no further apart than the width (RFC 9971, Regular Goal Result)
  GOAL_WIDE,        // both bounds, too far apart: cut short, or the generator does no load between
  GOAL_AT_MOST,     // the maximum load is a lower bound: the device may carry more
  GOAL_AT_REACH,    // so is what the generator can do (search_cost.reach): the same
  GOAL_BELOW_LEAST, // the minimum load is an upper bound: the device carries less, or nothing
  GOAL_UNKNOWN,     // cut short with one bound or none
};

struct goal_bound {
  double load;    // 0: there is none
  double offered; // that was really sent, on average: a valid trial may lack some
  double loss;    // of its full-length trials, at the exceed quantile
  unsigned trials;
  double seconds;
};

// All outcomes but GOAL_REGULAR are irregular: whoever shows their figures must say so.
struct goal_result {
  enum goal_outcome outcome;
  struct goal_bound lower, upper; // relevant bounds; without an upper one, the greatest lower
  double conditional; // Conditional Throughput, packets per second: of the lower bound, or what was
                      // really offered where that is less, times (1 - lower.loss)
};

struct mlrsearch_result {
  struct search_cost cost;
  struct goal_result goal[GOALS_MAX]; // in the order of the goals
};

// `warm_up`: seconds at the maximum load before, which count for nothing but time; 0: none.
int mlrsearch(const struct search *search, const struct goal *goals, unsigned n_goals,
              double warm_up, struct mlrsearch_result *result, char *error, size_t size);

// ---- The loss curve, RFC 2544, section 26.3: from the greatest load down in even steps, one trial
// each, until two in a row lost nothing.

enum { CURVE_MAX = 100 }; // steps

#define CURVE_STEP_MAX 0.1 // of the greatest load: what the RFC allows

struct curve_point { // loads that the generator fell short of have none
  double load, offered;
  double loss; // ratio
};

struct curve_result {
  struct search_cost cost;
  unsigned count;
  struct curve_point point[CURVE_MAX];
  bool whole; // it ended as it should; else it was cut short, or the least load still lost
};

// `seconds`: of a trial. `step`: of search->most.
int loss_curve(const struct search *search, double seconds, double step,
               struct curve_result *result, char *error, size_t size);

#ifdef __cplusplus
}
#endif
#endif
