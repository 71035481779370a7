// SPDX-License-Identifier: BSD-3-Clause
#include "config/rules_lint_vlan.h"

#include <ctype.h>
#include <pcap/pcap.h>
#include <string.h>

enum { DEPTH_MAX = 64, WORD_MAX = 32, FORM_SIZE = 512, ETHER_TYPE = 12 };

struct words {
  const char *rest;
  char word[WORD_MAX]; // "and", "(", "!"…; a longer one is cut
};

// The next word or sign; what stands in brackets (ether[14:2]) is passed over. False: the end.
static bool next(struct words *words)
{
  const char *at = words->rest + strspn(words->rest, " \t\r\n");
  size_t n = strcspn(at, " \t\r\n()!&|[");
  if (*at == '[') {
    words->rest = at + strcspn(at, "]");
    words->rest += *words->rest != '\0';
    return next(words);
  }
  if (n == 0 && *at != '\0')
    n = (at[0] == '&' || at[0] == '|') && at[1] == at[0] ? 2 : 1;
  words->rest = at + n;
  n = n < WORD_MAX ? n : WORD_MAX - 1;
  memcpy(words->word, at, n);
  words->word[n] = '\0';
  return n > 0;
}

static bool is(const struct words *words, const char *word)
{
  return strcmp(words->word, word) == 0;
}

static bool is_not(const struct words *words)
{
  return is(words, "not") || is(words, "!");
}

// Whether a word asks for something in a header, as "tcp" does, and "ether[12:2]", which stays
// where it is, does not.
static bool asks(const struct words *words)
{
  static const char *const others[] = {"and", "or", "&&", "||", "&", "|", "(",    ")",
                                       "not", "!",  "=",  "==", "<", ">", "ether"};
  for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
    if (is(words, others[i]))
      return false;
  return !isdigit((unsigned char)words->word[0]);
}

bool filter_has_vlan(const char *text)
{
  for (struct words words = {.rest = text}; next(&words);)
    if (is(&words, "vlan"))
      return true;
  return false;
}

struct doubts {
  bool behind_or;
  bool behind_not;
};

static struct doubts doubts_of(const char *text)
{
  struct doubts doubts = {0};
  bool has_vlan[DEPTH_MAX] = {false}; // in the parentheses of each depth
  bool negated = false, after_or = false, after_not = false;
  unsigned depth = 0;
  for (struct words words = {.rest = text}; next(&words);) {
    if (is(&words, "(") && depth + 1 < DEPTH_MAX) {
      has_vlan[++depth] = false;
    } else if (is(&words, ")") && depth > 0) {
      depth--;
      has_vlan[depth] |= has_vlan[depth + 1];
    } else if (is(&words, "or") || is(&words, "||")) {
      after_or |= has_vlan[depth];
    } else if (asks(&words)) {
      doubts.behind_or |= after_or;
      doubts.behind_not |= after_not && !is(&words, "vlan");
      after_or = false;
    }
    if (is(&words, "vlan")) {
      has_vlan[depth] = true;
      after_not |= negated;
    }
    negated = is_not(&words);
  }
  return doubts;
}

// Of "vlan 10 or vlan 20 …" and nothing else: how it has to be written. False: it is something
// else.
static bool one_of_several(const char *text, char *form, size_t size)
{
  struct words words = {.rest = text};
  size_t used = (size_t)snprintf(form, size, "vlan and (");
  for (unsigned i = 0;; i++) {
    if (!next(&words) || !is(&words, "vlan") || !next(&words) ||
        !isdigit((unsigned char)words.word[0]))
      return false;
    used += (size_t)snprintf(form + used, size - used, "%sether[14:2] & 0xfff = %s",
                             i > 0 ? " or " : "", words.word);
    if (used + WORD_MAX * 2 > size)
      return false;
    if (!next(&words))
      break;
    if (!is(&words, "or") && !is(&words, "||"))
      return false;
  }
  snprintf(form + used, size - used, ")");
  return true;
}

// Whether a filter's answer hangs on the EtherType where it stands without a tag.
static bool looks_at_type(const struct bpf_program *program)
{
  for (unsigned i = 0; program != NULL && i < program->bf_len; i++)
    if (program->bf_insns[i].code == (BPF_LD | BPF_H | BPF_ABS) &&
        program->bf_insns[i].k == ETHER_TYPE)
      return true;
  return false;
}

// The first of the rule's ports that is a trunk of a bridge; NULL: there is none.
static const char *trunk(const struct config *config, const struct config_rule *rule)
{
  for (unsigned f = 0; f < config->n_forward; f++) {
    const struct config_forward *entry = &config->forward[f];
    for (unsigned i = 0; entry->bridge != NULL && i < entry->n_ports; i++)
      if (entry->bridge->port[i].has_trunk && (rule->ports >> entry->ports[i] & 1) != 0)
        return config->ports[entry->ports[i]].name;
  }
  return NULL;
}

void rules_lint_vlan(const struct config *config, unsigned number, struct config_errors *findings)
{
  const struct config_rule *rule = &config->rules[number];
  struct doubts doubts = doubts_of(rule->match);
  char form[FORM_SIZE];
  const char *port = trunk(config, rule);

  if (doubts.behind_or && one_of_several(rule->match, form, sizeof(form)))
    config_error_add(
        findings, rule->match_place,
        "rules[%u].match: it asks for two tags, for behind 'vlan' libpcap looks behind "
        "the tag; one of these VLANs is '%s'",
        number, form);
  else if (doubts.behind_or)
    config_error_add(
        findings, rule->match_place,
        "rules[%u].match: behind 'vlan' libpcap looks behind the tag, also after 'or'; "
        "put what is about frames without a tag first, or leave 'vlan' out and say "
        "'any_vlan: true'",
        number);
  else if (doubts.behind_not)
    config_error_add(findings, rule->match_place,
                     "rules[%u].match: behind 'not vlan' libpcap looks behind a tag that is not "
                     "there; put 'not vlan' last",
                     number);
  else if (port != NULL && !rule->any_vlan && !filter_has_vlan(rule->match) &&
           looks_at_type(rule->filter))
    config_error_add(findings, rule->match_place,
                     "rules[%u].match: '%s' carries VLAN tags, and this filter is about frames "
                     "without one; 'any_vlan: true' looks behind tags",
                     number, port);
}
