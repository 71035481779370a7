// SPDX-License-Identifier: BSD-3-Clause
// JSON as tests read it: a path of keys ends in a value or in nothing, and nothing compares unequal
// to what is expected.
#ifndef TESTS_SUPPORT_JSON_H
#define TESTS_SUPPORT_JSON_H

#include <cstdint>
#include <string>
#include <vector>

#include <jansson.h>

class Json
{
public:
  Json() = default;
  explicit Json(json_t *owned) : value_(owned) {}
  Json(const Json &other) : value_(json_incref(other.value_)) {}
  Json &operator=(Json other)
  {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Json()
  {
    json_decref(value_);
  }

  // All of the text has to be one JSON value; else the result is nothing.
  static Json parse(const std::string &text)
  {
    return Json(
        json_loadb(text.data(), text.size(), JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, nullptr));
  }

  explicit operator bool() const
  {
    return value_ != nullptr;
  }
  Json operator[](const std::string &key) const
  {
    return Json(json_incref(json_object_get(value_, key.c_str())));
  }
  Json at(size_t index) const
  {
    return Json(json_incref(json_array_get(value_, index)));
  }
  size_t size() const
  {
    return json_is_array(value_) ? json_array_size(value_) : json_object_size(value_);
  }
  bool is_object() const
  {
    return json_is_object(value_);
  }
  bool is_null() const
  {
    return json_is_null(value_);
  }
  bool is_number() const
  {
    return json_is_number(value_);
  }

  int64_t number() const
  {
    return json_is_integer(value_) ? json_integer_value(value_) : -1;
  }
  double real() const
  {
    return json_number_value(value_);
  }
  bool is_true() const
  {
    return json_is_true(value_);
  }
  std::string text() const
  {
    return json_is_string(value_) ? json_string_value(value_) : "(no text)";
  }

  std::vector<std::string> keys() const
  {
    std::vector<std::string> all;
    for (void *at = json_object_iter(value_); at != nullptr; at = json_object_iter_next(value_, at))
      all.push_back(json_object_iter_key(at));
    return all;
  }

  std::string dump() const
  {
    char *text = json_dumps(value_, JSON_ENCODE_ANY);
    std::string copy = text != nullptr ? text : "(nothing)";
    free(text);
    return copy;
  }

private:
  json_t *value_ = nullptr;
};

#endif
